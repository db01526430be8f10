"""Stands before the real psycopg in a benchmark: the default installation has none, and peewee would load it."""

raise ImportError("not part of the default installation")
