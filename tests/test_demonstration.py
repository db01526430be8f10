"""What the window of the demo world is filled with, so that nobody has to press anything to look around."""

from __future__ import annotations

from app.demo.world import DemoWorld
from app.demonstration import HISTORY, connect_demo, fetch_demo_workforce
from app.domain.outcomes import RunState
from app.store import onec, runs
from app.workspace import Workspace


async def test_the_workforce_is_fetched_planned_and_looked_back_at(
    workspace: Workspace, small_world: DemoWorld
) -> None:
    systems = small_world.describe()
    await connect_demo(workspace, {kind: systems[kind] for kind in ("onec", "contact_center")})
    await fetch_demo_workforce(workspace)
    ended = {run.operation: run.state for run in await workspace.store.read(runs.runs)}
    wanted = {"onec.sync_personnel", "onec.plan_shifts", "onec.norm_hours", "onec.timetype_info", "cc.personnel"}
    wanted |= {f"cc.{name}" for name in HISTORY}
    assert {operation for operation, state in ended.items() if state is RunState.FINISHED} >= wanted
    assert await workspace.store.read(onec.people)
