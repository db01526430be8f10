"""The demo MySQL server: the backup databases of CETEC's customers, asked over MySQL's own protocol.

Only `session` and `catalogue` load mysql-mimic and sqlglot, with the first connection: they take a third of a second.
"""
