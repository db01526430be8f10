"""Why plan, fact and 1C differ: one cause for each combination of what is known (onec-zup.md §5.5, §6.2)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from app.domain.deviations import Deviation, DeviationType
from app.domain.onec_receipts import SentStatus
from ui.pages.workforce.deviations.causes import CAUSE_REMEDIES, CAUSE_TEXTS, CAUSE_WORDS, Cause, cause_of

T, S = DeviationType, SentStatus


def gap(
    kind: DeviationType, planned: int, in_onec: int | None, present: int | None = None, sent: SentStatus | None = None
) -> Deviation:
    def hours(value: int | None) -> Decimal | None:
        return Decimal(value) if value is not None else None

    actual = hours(in_onec if in_onec != planned else present)
    return Deviation(
        "p", date(2026, 3, 3), Decimal(planned), actual, hours(in_onec), hours(present), kind, "", sent is None, sent
    )


@pytest.mark.parametrize(
    ("found", "codes", "schedule_sent", "kept", "cause"),
    [
        (gap(T.DOCUMENTED, 8, 0), {"Б"}, False, False, Cause.DOCUMENT),
        (gap(T.OVERTIME, 8, 10), {"Я", "С"}, True, False, Cause.CONFIRMED),
        (gap(T.ABSENCE, 8, 0), {"HH"}, True, False, Cause.CONFIRMED),  # Latin letters that look like НН
        (gap(T.OVERTIME, 8, 11), {"Я"}, False, False, Cause.NOT_PLANNED_IN_1C),
        (gap(T.OVERTIME, 8, 11), {"Я"}, True, False, Cause.OTHER_PLAN_IN_1C),
        (gap(T.DAY_OFF_WORK, 0, 8), {"Я"}, False, False, Cause.OTHER_PLAN_IN_1C),  # nothing here that could be sent
        (gap(T.OVERTIME, 8, 8, 10), {"Я"}, True, False, Cause.NOT_SENT),
        (gap(T.OVERTIME, 8, 8, 10), {"Я"}, True, True, Cause.KEPT),
        (gap(T.OVERTIME, 8, 8, 10, S.REFUSED), {"Я"}, True, False, Cause.REFUSED),
        (gap(T.OVERTIME, 8, 8, 10, S.SENT), {"Я"}, True, False, Cause.SENT),
        (gap(T.OVERTIME, 8, 8, 10, S.UNKNOWN), {"Я"}, True, False, Cause.UNKNOWN),
        (gap(T.NONE, 8, 8, None, S.SENDING), {"Я"}, True, False, Cause.UNKNOWN),
        (gap(T.OVERTIME, 8, None, 10), set(), True, False, Cause.NOT_SENT),
        (gap(T.NONE, 8, None), set(), True, False, Cause.NO_TIMESHEET),
        (gap(T.NONE, 8, 8), {"Я"}, True, False, Cause.NONE),
    ],
)
def test_each_combination_has_its_cause(
    found: Deviation, codes: set[str], schedule_sent: bool, kept: bool, cause: Cause
) -> None:
    assert cause_of(found, codes, schedule_sent=schedule_sent, kept=kept) is cause


def test_every_cause_has_a_word_a_sentence_and_what_to_do_where_there_is_something() -> None:
    assert set(CAUSE_WORDS) == set(CAUSE_TEXTS) == set(CAUSE_REMEDIES) == set(Cause)
    assert all(CAUSE_WORDS[cause] and CAUSE_TEXTS[cause].endswith(".") for cause in Cause)
