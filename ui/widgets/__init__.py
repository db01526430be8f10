"""Small parts of the window that know no operation: each is named for assistive tools and reachable by keyboard."""
