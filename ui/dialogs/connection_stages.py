"""What is known of a connection test, while it runs and afterwards, as lines for the list of steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from app.domain.health import Stage, TestReport
from app.events import StageReached
from app.i18n import _
from app.operations.connection_test import STAGE_TITLES
from ui.widgets.stages import StageLine, StageState


@dataclass(frozen=True)
class StagesSeen:
    """Stages that ended, the one under way, and whether the test is over; `titles` are all there are, in order."""

    ended: tuple[Stage, ...] = ()
    running: str = ""
    over: bool = False
    titles: Mapping[str, str] = field(default_factory=lambda: STAGE_TITLES)

    @classmethod
    def of(cls, report: TestReport, titles: Mapping[str, str] = STAGE_TITLES) -> StagesSeen:
        """A test that is over."""
        return cls(report.stages, over=True, titles=titles)

    def reached(self, event: StageReached) -> StagesSeen:
        """The same after a stage began or ended."""
        if event.stage is None:
            return replace(self, running=event.name)
        return StagesSeen((*self.ended, event.stage), titles=self.titles)

    def lines(self) -> list[StageLine]:
        """One line per stage, in order; a stage that was passed over (encryption over plain http) has none."""
        ended = {stage.name: stage for stage in self.ended}
        begun = [at for at, name in enumerate(self.titles) if name in ended or name == self.running]
        lines: list[StageLine] = []
        for at, (name, title) in enumerate(self.titles.items()):
            if name in ended:
                lines.append(_ended_line(_(title), ended[name], explains=self.over))
            elif name == self.running:
                lines.append(StageLine(_(title), StageState.RUNNING))
            elif (state := self._untouched(at < max(begun, default=-1))) is not None:
                lines.append(StageLine(_(title), state))
        return lines

    def _untouched(self, passed_over: bool) -> StageState | None:
        """The state of a stage that never began."""
        failed = any(not stage.ok for stage in self.ended)
        if passed_over or (self.over and not failed):
            return None
        return StageState.NOT_REACHED if failed else StageState.WAITING


def _ended_line(title: str, stage: Stage, *, explains: bool) -> StageLine:
    state = StageState.PASSED if stage.ok else StageState.FAILED
    return StageLine(title, state, stage.message, stage.duration_ms, explains and not stage.ok)
