"""Data of contact centres from and to files: checked, imported, taken back, exported (contact-center.md §7.1-7.3)."""
