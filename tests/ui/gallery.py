"""Draws every part of the kit with invented rows and writes a PNG per theme: for eyes, not for the test run.

QT_SCALE_FACTOR=1.5 xvfb-run -a -s "-screen 0 2600x2000x24" python tests/ui/gallery.py FOLDER
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QRadioButton,
    QSpinBox,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from tests.support.people import COLUMNS, Person
from ui.tables import TablePane
from ui.theme import GRID, Icon, ThemeChoice, Tone, apply_theme
from ui.widgets import (
    Action,
    BannerArea,
    Button,
    ConfirmDialog,
    DetailsPane,
    EmptyState,
    FilterChip,
    IconButton,
    Look,
    MenuButton,
    ProgressLine,
    StatusChip,
    Toast,
)

FIRST = ("Åse", "Ana", "Knut", "Ingrid", "Kari", "Bjørn", "Ola", "Andreea", "Øyvind", "Ștefan", "Hanne")
LAST = ("Kristiansen", "Stan", "Hansen", "Ionescu", "Dumitru", "Bakke", "Lie", "Berg", "Nordmann")
OFFICES = ("Sentrum", "Majorstuen", "Bergen Vest", "Stavanger", "Trondheim")


def people() -> list[Person]:
    """Forty invented people."""
    seen = datetime(2026, 3, 1, 14, 2, tzinfo=UTC)
    return [
        Person(n, f"{FIRST[n % 11]} {LAST[n * 7 % 9]}", OFFICES[n % 5], 1040 + n if n % 9 else None, seen, n % 6 > 0)
        for n in range(40)
    ]


def nothing() -> None:
    """What the buttons of the gallery do."""


def table(*, ticks: bool = False) -> TablePane[Person]:
    """A table with filters, sorting and a selected row."""
    pane: TablePane[Person] = TablePane(
        name="People",
        page="people",
        columns=COLUMNS,
        key=lambda person: person.id,
        search_hint="Search people",
        count_text=lambda count: f"{count} people",
        checkable=(lambda person: person.active) if ticks else None,
    )
    pane.set_filters(
        [
            FilterChip("active", "Active", lambda p: p.active, "state"),
            FilterChip("inactive", "Inactive", lambda p: not p.active, "state"),
            FilterChip("none", "No number", lambda p: p.number is None, icon=Icon.WARNING, tone=Tone.WARNING),
        ]
    )
    pane.set_rows(people())
    pane.table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    pane.table.select_place(3)
    if ticks:
        pane.rows.set_checked(range(0, 40, 2), on=True)
    else:
        pane.chips.choose(["active"])
    return pane


def details() -> DetailsPane:
    """A person with awkwardly long fields."""
    pane = DetailsPane()
    pane.setFixedWidth(300)
    pane.set_heading("Ingrid Ionescu", "Estate agent · Stavanger", chip=("Active", Tone.SUCCESS))
    pane.clear_rows()
    pane.add_row(
        "E-mail", "ingrid.maria.ionescu-kristiansen@fjordheim-eiendom.example", badge="Vitec", when="2 min ago"
    )
    pane.add_row("Phone", "900 00 041", badge="Vitec")
    pane.add_row("Terminal no.", "1043", badge="Supabase")
    pane.add_row("Devices", "Gate 3: face refused", tone=Tone.DANGER)
    pane.add_section("History")
    pane.add_row("14:02", "Face refused at Gate 3: no face found in the picture")
    pane.add_row("Mon", "Title changed:\nfullmektig → eiendomsmegler")
    return pane


def banners() -> BannerArea:
    """One of each tone."""
    area = BannerArea()
    retry = Action("Retry", nothing, icon=Icon.REFRESH)
    area.show_banner("info", Tone.INFO, "Demo data", "Everything here is invented and gone when the window closes.")
    area.show_banner(
        "run", Tone.WARNING, "“Sync offices” was interrupted.", "Nothing was lost.", [Action("Resume", nothing)]
    )
    area.show_banner("key", Tone.DANGER, "Vitec Hub unauthorized.", "Enter a new key under Connections.", [retry])
    return area


def row(*widgets: QWidget) -> QHBoxLayout:
    """Widgets beside each other."""
    line = QHBoxLayout()
    line.setSpacing(2 * GRID)
    line.setContentsMargins(4 * GRID, GRID, 4 * GRID, GRID)
    for widget in widgets:
        line.addWidget(widget)
    line.addStretch()
    return line


def controls() -> list[QHBoxLayout]:
    """Chips, buttons and fields."""
    chips = []
    for tone, word in zip(Tone, ("Connected", "Not configured", "Refused", "Paused", "Running"), strict=True):
        chip = StatusChip()
        chip.set_status(word, tone)
        chips.append(chip)
    refused = Button("Not now", icon=Icon.REFRESH)
    refused.refuse("Add a connection first.")
    menu = QMenu(refused)
    buttons = [Button(look.value.capitalize(), look=look, icon=Icon.REFRESH) for look in Look]
    field, wrong, off = QLineEdit("Fjordheim"), QLineEdit("no address"), QLineEdit("cannot be changed")
    wrong.setProperty("wrong", True)
    off.setEnabled(False)
    choice, number = QComboBox(), QSpinBox()
    choice.addItems(["Gentle", "Balanced", "Fast"])
    number.setValue(30)
    ticked, unticked, radio, other = QCheckBox("Ticked"), QCheckBox("Not"), QRadioButton("Chosen"), QRadioButton("Not")
    ticked.setChecked(True)
    radio.setChecked(True)
    menus = [
        MenuButton("Push to devices", menu),
        MenuButton("", menu, name="More"),
        IconButton(Icon.COLUMNS, "Columns"),
    ]
    fields = (field, wrong, off, choice, number, ticked, unticked, radio, other)
    return [row(*chips), row(*buttons, refused, *menus), row(*fields)]


def page() -> QWidget:
    """Everything in one window."""
    window = QWidget()
    window.resize(1360, 1180)
    column = QVBoxLayout(window)
    column.setContentsMargins(0, 0, 0, 4 * GRID)
    column.setSpacing(2 * GRID)
    tabs = QTabWidget()
    tabs.setDocumentMode(True)
    for title in ("Offices", "Employees", "Connections (1)", "Activity"):
        tabs.addTab(QWidget(), title)
    tabs.setCurrentIndex(1)
    tabs.setFixedHeight(44)
    column.addWidget(tabs)
    column.addWidget(banners())
    for line in controls():
        column.addLayout(line)
    progress = ProgressLine(name="Push")
    progress.show_progress(128, 340, per_second=4.1, left_s=52)
    progress.setContentsMargins(4 * GRID, 0, 4 * GRID, 0)
    column.addWidget(progress)
    middle = QHBoxLayout()
    middle.addWidget(table(), 1)
    middle.addWidget(details())
    column.addLayout(middle, 3)
    lower = QHBoxLayout()
    lower.addWidget(table(ticks=True), 1)
    empty = EmptyState()
    add = Action("Add connection", nothing, Look.PRIMARY, Icon.PLUS)
    empty.show_message(
        Icon.BUILDING,
        "No offices yet",
        "Add a Vitec connection or explore with demo data.",
        [add, Action("Demo", nothing)],
    )
    lower.addWidget(empty, 1)
    column.addLayout(lower, 2)
    return window


def main(folder: Path) -> None:
    """One picture per theme."""
    app = QApplication(sys.argv[:1])
    folder.mkdir(parents=True, exist_ok=True)
    for choice in (ThemeChoice.LIGHT, ThemeChoice.DARK, ThemeChoice.HIGH_CONTRAST):
        apply_theme(app, choice)
        window = page()
        window.show()
        window.activateWindow()
        tables = window.findChildren(TablePane)
        tables[0].table.setFocus()
        Toast.show_in(window, "Updated 5 of 5 offices")
        question = ConfirmDialog(
            window,
            "Deactivate people",
            "They stay in the list under Inactive and can be activated again. Their devices are not touched.",
            "Deactivate 14 people",
            danger=True,
        )
        question.show()
        for _ in range(5):
            app.processEvents()
        window.grab().save(str(folder / f"kit-{choice.value}.png"))
        question.grab().save(str(folder / f"question-{choice.value}.png"))
        question.close()
        window.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
