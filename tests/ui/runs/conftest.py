"""A run panel below a page, as in the window."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSplitter

from ui.desk import Desk
from ui.runs import RunPanel


@dataclass
class Place:
    """The lower part of a window."""

    split: QSplitter
    panel: RunPanel


def place_panel(desk: Desk) -> Place:
    """A panel in a window of usual size; the page above it stays empty."""
    split = QSplitter(Qt.Orientation.Vertical, childrenCollapsible=False)
    panel = RunPanel(desk)
    split.addWidget(QLabel("page"))
    split.addWidget(panel)
    split.setStretchFactor(0, 1)
    split.resize(1200, 800)
    split.show()
    return Place(split, panel)


@pytest.fixture
async def place(desk: Desk) -> Place:
    """A panel over an empty workspace."""
    return place_panel(desk)


@pytest.fixture
async def demo_place(demo_desk: Desk) -> Place:
    """A panel over a workspace that is connected to the demo world."""
    return place_panel(demo_desk)
