"""The tables of the project with their columns, relations, grants and policies (supabase.md sections 2.3, 3.3, 4)."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from enum import StrEnum

from app.demo.listing import Record
from app.demo.supabase.gateway import Caller, Role
from app.demo.supabase.refusals import table_refusal


class TableName(StrEnum):
    """The tables of section 4."""

    EMPLOYEES = "angajati"
    BIOMETRICS = "angajati_biometrie"
    DEVICES = "dispozitive_pontaj"
    PLACEMENTS = "angajati_biometrie_dispozitive"


class ColumnType(StrEnum):
    """Types of PostgreSQL."""

    UUID = "uuid"
    TEXT = "text"
    INTEGER = "integer"
    TIMESTAMP = "timestamp with time zone"


class Relation(StrEnum):
    """How `angajati_biometrie` hangs on `angajati`, as far as the project knows (section 3.3)."""

    MANY = "many"
    """Embedded as an array."""
    ONE = "one"
    """The foreign key is unique: an object or null."""
    UNKNOWN = "unknown"
    """No foreign key: PGRST200."""
    AMBIGUOUS = "ambiguous"
    """Two foreign keys: PGRST201."""


@dataclass(frozen=True)
class ForeignKey:
    """`child.column` holds the id of a row of `parent`."""

    name: str
    child: str
    column: str
    parent: str
    unique: bool = False


@dataclass
class Table:
    """`columns` and `rows` may be changed while serving; `granted` are the roles that may select."""

    name: str
    columns: dict[str, ColumnType]
    rows: list[Record] = field(default_factory=list)
    granted: set[str] = field(default_factory=lambda: {Role.AUTHENTICATED, Role.SERVICE})
    policy: bool = True
    """Whether the policy of section 2.3 exists; without it all but the service role see no row."""

    def visible(self, caller: Caller) -> list[Record]:
        """The rows this one sees. Raises Refusal without a grant."""
        if caller.role not in self.granted:
            status = 401 if caller.role == Role.ANON else 403
            raise table_refusal(status, "42501", f"permission denied for table {self.name}")
        seen = caller.role == Role.SERVICE or (self.policy and caller.admin)
        return self.rows if seen else []

    def type_of(self, column: str, shown_as: str = "") -> ColumnType:
        """The type of a column. Raises Refusal for one that is not there."""
        if column not in self.columns:
            near = difflib.get_close_matches(column, self.columns, 1)
            shown = shown_as or self.name
            hint = f'Perhaps you meant to reference the column "{shown}.{near[0]}".' if near else None
            raise table_refusal(400, "42703", f"column {shown}.{column} does not exist", None, hint)
        return self.columns[column]


class Database:
    """All tables. `relation` may be changed while serving."""

    def __init__(self) -> None:
        uuid, text, integer, moment = ColumnType.UUID, ColumnType.TEXT, ColumnType.INTEGER, ColumnType.TIMESTAMP
        columns: dict[str, dict[str, ColumnType]] = {
            TableName.EMPLOYEES: {"id": uuid, "nume": text, "prenume": text, "nume_complet": text, "status": text},
            TableName.BIOMETRICS: {
                "id": uuid, "angajat_id": uuid, "employee_no": integer, "foto_fata_url": text,
                "hikvision_employee_no": text,
            },
            TableName.DEVICES: {
                "id": uuid, "ip_address": text, "port": integer, "username": text, "password_encrypted": text,
                "status": text, "santier_id": uuid, "ultima_sincronizare": moment,
            },
            TableName.PLACEMENTS: {
                "angajat_biometrie_id": uuid, "dispozitiv_id": uuid, "status_sincronizare": text,
                "sincronizat_la": moment, "eroare_detalii": text,
            },
        }  # fmt: skip
        self.tables = {name: Table(name, kinds) for name, kinds in columns.items()}
        self.relation = Relation.MANY

    def table(self, name: str) -> Table:
        """The table of this name. Raises Refusal when there is none."""
        if name not in self.tables:
            near = difflib.get_close_matches(name, self.tables, 1)
            hint = f"Perhaps you meant the table 'public.{near[0]}'" if near else None
            message = f"Could not find the table 'public.{name}' in the schema cache"
            raise table_refusal(404, "PGRST205", message, None, hint)
        return self.tables[name]

    def foreign_key(self, origin: str, target: str, hint: str) -> ForeignKey:
        """The one relation between two tables, narrowed by `hint`. Raises Refusal for none or several."""
        found = [
            key
            for key in self._foreign_keys()
            if {key.child, key.parent} == {origin, target} and hint in ("", key.name, key.column)
        ]
        if len(found) == 1:
            return found[0]
        if not found:
            using = f" using the hint '{hint}'" if hint else ""
            raise table_refusal(
                400,
                "PGRST200",
                f"Could not find a relationship between '{origin}' and '{target}' in the schema cache",
                f"Searched for a foreign key relationship between '{origin}' and '{target}'{using} in the schema "
                "'public', but no matches were found.",
            )
        ways = ", ".join(f"'{target}!{key.name}'" for key in found)
        raise table_refusal(
            300,
            "PGRST201",
            f"Could not embed because more than one relationship was found for '{origin}' and '{target}'",
            [{"cardinality": "one-to-many", "embedding": f"{origin} with {target}",
              "relationship": f"{key.name} using {origin}(id) and {target}({key.column})"} for key in found],
            f"Try changing '{target}' to one of the following: {ways}. "
            "Find the desired relationship in the 'details' key.",
        )  # fmt: skip

    def _foreign_keys(self) -> list[ForeignKey]:
        names = TableName
        keys = [
            ForeignKey("abd_biometrie_fkey", names.PLACEMENTS, "angajat_biometrie_id", names.BIOMETRICS),
            ForeignKey("abd_dispozitiv_fkey", names.PLACEMENTS, "dispozitiv_id", names.DEVICES),
        ]
        if self.relation is not Relation.UNKNOWN:
            name, unique = "angajati_biometrie_angajat_id_fkey", self.relation is Relation.ONE
            keys.append(ForeignKey(name, names.BIOMETRICS, "angajat_id", names.EMPLOYEES, unique))
        if self.relation is Relation.AMBIGUOUS:
            keys.append(ForeignKey("angajati_biometrie_vechi_fkey", names.BIOMETRICS, "angajat_id", names.EMPLOYEES))
        return keys
