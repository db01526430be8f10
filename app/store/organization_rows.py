"""The table that says whose data a database holds."""

from __future__ import annotations

from peewee import CharField

from app.store.base import BaseModel


class OrganizationRow(BaseModel):
    """The one organisation of this database; `key` names its place, empty for the first one."""

    key = CharField(primary_key=True)
    name = CharField(max_length=255)

    class Meta:
        table_name = "organization"


ORGANIZATION_TABLES = (OrganizationRow,)
