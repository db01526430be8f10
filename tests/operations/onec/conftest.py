from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.domain.kinds import ConnectionKind
from app.operations import links
from app.operations.onec import asking
from app.workspace import Workspace
from tests.support.fake_onec import FakeOneC
from tests.support.running import run

NOON = datetime(2026, 3, 10, 9, tzinfo=UTC)


@pytest.fixture
def onec(monkeypatch: pytest.MonkeyPatch) -> FakeOneC:
    """A 1C of our own, on 10 March 2026 at noon in Moscow."""
    fake = FakeOneC()
    monkeypatch.setitem(links._MAKERS, ConnectionKind.ONEC, lambda *_given: fake)
    monkeypatch.setattr(asking, "now", lambda: NOON)
    return fake


@pytest.fixture
async def payroll(workspace: Workspace, onec: FakeOneC) -> Workspace:
    """A workspace connected to it, that knows nobody yet."""
    settings = {"endpoint_url": "https://1c.example/zup/hs/wfm", "username": "wfm"}
    params = {"name": "1c", "kind": "onec", "settings": settings}
    report = await run(workspace, "connections.create", params=params, secrets={"password": "x"})
    assert report.error is None
    return workspace


@pytest.fixture
async def synced(payroll: Workspace) -> Workspace:
    """The same after a first sync."""
    report = await run(payroll, "onec.sync_personnel")
    assert report.error is None
    return payroll
