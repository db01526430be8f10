"""The demo MySQL server: the backup databases of CETEC's customers, asked over MySQL's own protocol.

Only `session` and `catalogue` load mysql-mimic and sqlglot, when the server is opened: they take a third of a second.
"""
