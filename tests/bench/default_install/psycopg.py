"""Stands before the real psycopg while a benchmark runs: the default installation has none, and peewee would load it."""

raise ImportError("not part of the default installation")
