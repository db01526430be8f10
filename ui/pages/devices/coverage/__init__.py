"""Coverage: who is on which device, as a matrix of people and devices that stays fluent with 2,000 × 100 cells.

    pane = CoveragePane(desk)
    pane.chosen.connect(story.show)     # a cell, a person or a device was chosen

`grid` holds the states (one byte per cell), `model` and `view` show them, `pane` adds search and filters, `story` tells
what is behind a cell. Reads the store; starts nothing.
"""

from ui.pages.devices.coverage.grid import CoverageGrid, Person
from ui.pages.devices.coverage.pane import CoveragePane

__all__ = ["CoverageGrid", "CoveragePane", "Person"]
