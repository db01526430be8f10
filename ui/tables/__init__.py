"""The one table of the program: rows of one type, described by columns, with search, filters, copy, export, keyboard.

    from ui.tables import Column, Kind, TablePane

    COLUMNS = (
        Column("name", N_("Name"), lambda office: office.name, width=220),
        Column("people", N_("Employees"), lambda office: office.people, kind=Kind.NUMBER, width=90),
        Column("status", N_("Status"), lambda office: office.active, kind=Kind.CHIP,
               text=lambda office: _("Active") if office.active else _("Inactive"),
               tone=lambda office: Tone.SUCCESS if office.active else Tone.NEUTRAL),
    )
    pane = TablePane(name=_("Offices"), page="offices", columns=COLUMNS, key=lambda office: office.id)
    pane.set_rows(offices)             # again after each change: selection and scroll stay
    pane.update_rows(changed)          # live: insert or replace by key
    pane.table.details_requested.connect(show_details)

`TableModel` and `TableView` can be used without the pane (run panel, preview dialog). Knows nothing of operations.
"""

from ui.tables.columns import Align, Column, Kind, format_value
from ui.tables.copying import VisibleTable
from ui.tables.layout import LayoutStore
from ui.tables.model import Role, TableModel
from ui.tables.pane import TablePane
from ui.tables.view import TableView
from ui.tables.with_details import Beside, WithDetails

__all__ = [
    "Align",
    "Beside",
    "Column",
    "Kind",
    "LayoutStore",
    "Role",
    "TableModel",
    "TablePane",
    "TableView",
    "VisibleTable",
    "WithDetails",
    "format_value",
]
