"""Personnel: people of 1C as stored, whom they are here, how to bring both in step (onec-zup.md §5.1, §6.1)."""

from ui.pages.workforce.personnel.page import PersonnelPage

__all__ = ["PersonnelPage"]
