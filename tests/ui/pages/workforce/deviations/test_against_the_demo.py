"""The Deviations tab over the demo 1C and its contact centre: fetched, compared, each gap with a cause."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from app.demo.world import DemoWorld
from app.demonstration import connect_demo
from tests.support.payroll import done
from tests.support.window import click, eventually, part, words
from ui.desk import Desk
from ui.pages.workforce.deviations import DeviationsPage
from ui.pages.workforce.deviations.causes import Cause
from ui.widgets import Button
from ui.widgets.period import QuickPick, days_of, local_today


@pytest.fixture
def firm() -> Iterator[DemoWorld]:
    with DemoWorld(people=3, offices=1, terminals=1, workers=1, customers=1, agents=60) as world:
        yield world


async def test_what_1c_and_the_contact_centre_say_is_compared(desk: Desk, firm: DemoWorld) -> None:
    systems = firm.describe()
    await connect_demo(desk.workspace, {key: systems[key] for key in ("onec", "contact_center")})
    await done(desk, "onec.sync_personnel")
    first, last = days_of(QuickPick.LAST_14_DAYS, local_today())
    page = DeviationsPage(desk)
    page.period.set_period(first, last)
    page.resize(1280, 760)
    page.show()
    await eventually(lambda: "No timesheet of these days yet" in words(page))
    click(page, "deviations.sync")
    await eventually(lambda: page.pane.rows.total > 0)
    await eventually(part(page, Button, "deviations.sync").isEnabled)
    lines = page.pane.rows.all_rows()
    assert all(first <= line.found.day < _today_of(page) for line in lines)
    assert all(line.cause is not Cause.NONE for line in lines)
    await done(desk, "cc.personnel")
    await done(desk, "cc.link_accounts")
    await done(desk, "cc.agent_login_data", start_date=first.isoformat(), end_date=last.isoformat())
    await eventually(lambda: any(line.found.present_hours for line in page.pane.rows.all_rows()))
    assert {line.cause for line in page.pane.rows.all_rows()} >= {Cause.NOT_SENT}


def _today_of(page: DeviationsPage) -> date:
    from app.operations.onec.asking import today

    assert page.connection is not None
    return today(page.connection)
