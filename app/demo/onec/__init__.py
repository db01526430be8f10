"""The demo 1C:ZUP: its people, its calendar, its documents, and the HTTP service in front of them."""
