"""The kinds of remote systems, each with its fields declared once; form, command line, check and `.env` import are
made from these declarations (command-line.md "Connection kinds and their keys").

To add a kind: name it in `ConnectionKind`, declare it in a module of its own, list it in `KINDS`.
"""

from app.domain.kinds.cetec import CETEC
from app.domain.kinds.contact_center import CONTACT_CENTER
from app.domain.kinds.mysql import MYSQL
from app.domain.kinds.onec import ONEC
from app.domain.kinds.spec import ConnectionKind, FieldSpec, FieldType, KindSpec
from app.domain.kinds.supabase import SUPABASE
from app.domain.kinds.vitec import VITEC

KINDS: dict[ConnectionKind, KindSpec] = {
    spec.kind: spec for spec in (VITEC, SUPABASE, CETEC, MYSQL, ONEC, CONTACT_CENTER)
}

__all__ = [
    "CETEC",
    "CONTACT_CENTER",
    "KINDS",
    "MYSQL",
    "ONEC",
    "SUPABASE",
    "VITEC",
    "ConnectionKind",
    "FieldSpec",
    "FieldType",
    "KindSpec",
]
