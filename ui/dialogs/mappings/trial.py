"""What a mapping would do to the last records: a table of changes, and what speaks against keeping it."""

from __future__ import annotations

from app.domain.mappings import Trial
from app.i18n import _, ngettext
from app.operations.mapping_rows import EntityView
from ui.dialogs.mappings.rows import TRIAL_COLUMNS, TrialLine, trial_lines
from ui.layouts import Layouts
from ui.tables import TablePane, format_value
from ui.theme import Icon


class TrialPane(TablePane[TrialLine]):
    """The lower half of the dialog."""

    def __init__(self, layouts: Layouts) -> None:
        super().__init__(
            name=_("What would change"), page="mappings.trial", columns=TRIAL_COLUMNS, key=lambda line: line.number,
            heading=_("What would change"), store=layouts,
        )  # fmt: skip

    def forget(self) -> None:
        """Nothing is tried yet."""
        self.set_rows([])
        self.show_empty(
            _("Not tried yet"), _("Change how a field is filled, then try it on the last records."), drawing=Icon.PLAY
        )

    def show_trial(self, trial: Trial, view: EntityView) -> None:
        """What was found."""
        self.set_rows(trial_lines(view.entity, trial))
        if not trial.changes and not trial.problems:
            self.show_empty(_("Nothing would change"), _("The last records stay as they are."))


def trial_words(trial: Trial) -> str:
    """How many of the records would change, and how many could not be taken."""
    text = ngettext(
        "{changed} of the last {count} record would change.",
        "{changed} of the last {count} records would change.",
        trial.records,
    ).format(changed=format_value(trial.changed), count=format_value(trial.records))
    if not trial.refused:
        return text
    refused = ngettext("{count} could not be taken.", "{count} could not be taken.", trial.refused)
    return f"{text} {refused.format(count=format_value(trial.refused))}"


def records_in_words(count: int) -> str:
    """How many records a trial can be made on."""
    if not count:
        return _("Nothing has come yet.")
    return ngettext("{count} record to try on", "{count} records to try on", count).format(count=format_value(count))
