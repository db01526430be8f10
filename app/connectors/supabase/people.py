"""Reads active employees with their biometric data, by one embedded query or, where that is not possible, by two.

Some projects lack an optional column or the relation between the tables; what was found out is remembered for as long
as the connection is open (supabase.md §4.4, §5.2, §5.3).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from app.connectors.supabase.employees import (
    BIOMETRICS,
    doubled_warnings,
    embed_form,
    in_order,
    joined,
    read_employee,
    unreadable_warnings,
)
from app.connectors.supabase.paging import Ask, Query, Row, Table, read_rows, read_table
from app.connectors.supabase.refusals import ColumnUnknown, EmbedUnknown
from app.domain.mappings import Mapper, Problem
from app.domain.snapshots import Snapshot
from app.domain.supabase import ACTIVE, SupabaseEmployee
from app.errors import BadData, RemoteError
from app.i18n import N_, _

EMPLOYEES = "angajati"
COLUMNS = ("id", "nume", "prenume", "nume_complet", "status")
BIOMETRIC_COLUMNS = ("id", "employee_no", "foto_fata_url", "hikvision_employee_no")
_OPTIONAL = frozenset({"nume_complet", "hikvision_employee_no"})


class People:
    """The employees of one project."""

    def __init__(self, ask: Ask, page_size: int, mapper: Callable[[], Mapper]) -> None:
        self._ask = ask
        self._mapper = mapper
        self._page_size = page_size
        self._embeds = True
        self._left_out: frozenset[str] = frozenset()

    async def active(self) -> Snapshot[SupabaseEmployee]:
        """All active employees, sorted by name."""
        table = await self._read((("status", f"eq.{ACTIVE}"),))
        # Thousands of names take longer than the loop may wait.
        return await asyncio.to_thread(_snapshot, table, self._mapper())

    async def one(self, employee_id: str) -> SupabaseEmployee:
        """One employee, whatever the status; `problem` says when it is not active.

        Raises `RemoteError` when there is none of that id.
        """
        table = await self._read((("id", f"eq.{employee_id}"),), employee_id)
        if not table.rows:
            raise RemoteError(
                _("Supabase has no employee with the id {id}, or this account may not see it.").format(id=employee_id),
                N_("Run a sync, then try again."),
            )
        mapped = _mapped(table, self._mapper())
        if not mapped.rows:
            raise BadData(
                _("The mapping of this connection cannot take the employee with the id {id}.").format(id=employee_id)
            )
        return read_employee(mapped.rows[0])

    async def form(self) -> str:
        """How biometric data comes: `array`, `object`, `null` (no row shows it) or `separate` (no relation)."""
        query = Query(EMPLOYEES, self._select(), (("status", f"eq.{ACTIVE}"),))
        try:
            rows = await read_rows(await self._ask(EMPLOYEES, query.text(page_size=1), False))
        except EmbedUnknown:
            return "separate"
        except ColumnUnknown as error:
            self._leave_out(error)
            return await self.form()
        return embed_form(rows[0]) if rows and isinstance(rows[0], dict) else "null"

    async def _read(self, filters: tuple[tuple[str, str], ...], only: str = "") -> Table:
        """The rows of a filter with their biometric data; asked again without what the project does not have."""
        try:
            if self._embeds:
                return await self._table(EMPLOYEES, self._select(), filters)
            return await self._separately(filters, only)
        except EmbedUnknown:
            if not self._embeds:
                raise
            self._embeds = False
        except ColumnUnknown as error:
            self._leave_out(error)
        return await self._read(filters, only)

    async def _separately(self, filters: tuple[tuple[str, str], ...], only: str) -> Table:
        people = await self._table(EMPLOYEES, self._employee_columns, filters)
        columns = f"angajat_id,{self._biometric_columns}"
        biometrics = await self._table(BIOMETRICS, columns, (("angajat_id", f"eq.{only}"),) if only else ())
        whole = people.counted if biometrics.complete else len(people.rows) + 1
        return Table(joined(people.rows, biometrics.rows), people.unreadable, whole)

    async def _table(self, table: str, columns: str, filters: tuple[tuple[str, str], ...]) -> Table:
        return await read_table(self._ask, Query(table, columns, filters, self._page_size))

    def _select(self) -> str:
        return f"{self._employee_columns},{BIOMETRICS}({self._biometric_columns})"

    @property
    def _employee_columns(self) -> str:
        return self._columns("employee", COLUMNS)

    @property
    def _biometric_columns(self) -> str:
        return self._columns("biometrics", BIOMETRIC_COLUMNS)

    def _columns(self, entity: str, names: tuple[str, ...]) -> str:
        """The columns that the mapping reads, and the id that pages go by."""
        wanted = self._mapper().columns(entity, [name for name in names if name not in self._left_out])
        return ",".join(dict.fromkeys(("id", *wanted)))

    def _leave_out(self, error: ColumnUnknown) -> None:
        """Go on without the optional columns, once (§4.4); anything else missing is an error."""
        if self._left_out or not any(name in error.message for name in _OPTIONAL):
            raise error
        self._left_out = _OPTIONAL


def _mapped(table: Table, mapper: Mapper) -> Table:
    """The rows and the biometric rows in them; a person whose biometric data cannot be taken is refused with them."""
    mapped = table.mapped("employee", mapper)
    kept: list[Row] = []
    refused = list(mapped.refused)
    for row in mapped.rows:
        biometrics = mapper.take("biometrics", row.get(BIOMETRICS))
        listed = biometrics if isinstance(biometrics, list) else ()
        problem = next((one for one in listed if isinstance(one, Problem)), None)
        if problem is None:
            kept.append({**row, BIOMETRICS: biometrics})
        else:
            refused.append(problem)
    return replace(mapped, rows=kept, refused=tuple(refused))


def _snapshot(table: Table, mapper: Mapper) -> Snapshot[SupabaseEmployee]:
    table = _mapped(table, mapper)
    return Snapshot(
        in_order(read_employee(row) for row in table.rows),
        unreadable=table.unreadable,
        refused=table.refused,
        warnings=(*table.warnings, *unreadable_warnings(table.unreadable), *doubled_warnings(table.rows)),
        complete=table.complete,
    )
