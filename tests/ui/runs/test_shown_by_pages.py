"""What a page shows itself does not rise in the run panel as well; the history opens it all the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.operations.runner import Request
from tests.support.exchange import NAME, as_csv, connect_centre, interval, write
from tests.support.window import eventually
from tests.ui.runs.conftest import Place
from ui.desk import Desk


@pytest.mark.parametrize(("operation", "dry_run"), [("cc.validate_data", False), ("cc.bulk_import", True)])
async def test_a_check_and_a_preview_of_an_import_do_not_rise(
    place: Place, desk: Desk, tmp_path: Path, operation: str, dry_run: bool
) -> None:
    await connect_centre(desk.workspace)
    params = {"data_type": "service_group_metrics", "file": write(tmp_path, as_csv([interval(0, aht="soon")]))}
    report = await desk.report_of(Request(operation, NAME, params, dry_run=dry_run))
    assert report is not None
    assert report.outcomes
    assert not place.panel.isVisible()


async def test_what_a_dialog_asks_before_it_saves_a_webhook_does_not_rise(place: Place, desk: Desk) -> None:
    params = {"name": "Trying", "url": "http://example.com/hooks", "event_types": "integration.*"}
    report = await desk.report_of(Request("webhooks.create", params=params, dry_run=True))
    assert report is not None
    assert not place.panel.isVisible()


async def test_the_history_opens_a_check(place: Place, desk: Desk, tmp_path: Path) -> None:
    await connect_centre(desk.workspace)
    params = {"data_type": "service_group_metrics", "file": write(tmp_path, as_csv([interval(0, aht="soon")]))}
    report = await desk.report_of(Request("cc.validate_data", NAME, params))
    assert report is not None
    place.panel.show_run(report.run.run_id)
    await eventually(place.panel.isVisible)
    await eventually(lambda: [r.outcome.subject for r in place.panel.view.pane.rows.shown_rows()] == ["Row 2"])
