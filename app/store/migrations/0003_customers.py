"""Customers, what is known of their backup databases, and pulls of them."""

# ruff: noqa: D101 - the tables are described in `models.py`

from typing import Any

from peewee import AutoField, BooleanField, CharField, DoubleField, Model, TextField


class CustomerRow(Model):
    key = CharField(primary_key=True)
    id = CharField()
    connection = CharField(index=True)
    name = TextField()
    domain = TextField(null=True)
    ok_to_bill = BooleanField()
    priority_support = CharField(null=True)
    resident_hosting = BooleanField()
    test_environment = TextField(null=True)
    itar_hosting = BooleanField()
    itar_text = TextField()
    num_prod_users = DoubleField()
    num_full_users = DoubleField()
    external_key = TextField(null=True)
    status = CharField()
    database_status = CharField(null=True)
    database_detail = TextField()
    checked_at = CharField(null=True)
    good_status = CharField(null=True)
    good_at = CharField(null=True)
    missing_since = CharField(null=True)
    created_at = CharField()
    updated_at = CharField()

    class Meta:
        legacy_table_names = False
        table_name = "customer"


class PullRow(Model):
    id = AutoField()
    customer = CharField(index=True)
    pulled_at = CharField()
    user = TextField()
    result = TextField()

    class Meta:
        legacy_table_names = False
        table_name = "pull"


TABLES = [CustomerRow, PullRow]


def up(_migrator: Any, db: Any) -> None:
    """Create the tables."""
    with db.bind_ctx(TABLES):
        db.create_tables(TABLES)
