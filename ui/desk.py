"""The desk: what pages and dialogs work with. One open workspace, one way to start things, one way to say things.

A page asks the desk to run an operation and hears of the end through the workspace's events; what has to be told to
the person goes through `toast` (good news, gone by itself) or `banner` (stays until dismissed).
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from app.access import missing_permission
from app.domain.causes import remedy_of
from app.errors import MusterError
from app.operations.registry import find_operation
from app.operations.runner import Report, Request, RunHandle
from ui.layouts import Layouts
from ui.theme import Tone
from ui.widgets.buttons import Action

if TYPE_CHECKING:
    from app.workspace import Workspace

E = TypeVar("E")


class Voice(Protocol):
    """How the window speaks to the person."""

    def toast(self, text: str, action: Action | None = None) -> None:
        """Good news that goes by itself; `action` is what can be done about it meanwhile, such as Undo."""

    def banner(self, key: str, tone: Tone, text: str, remedy: str = "", actions: Sequence[Action] = ()) -> None:
        """Something that stays until dismissed; the same key replaces what stood there."""

    def clear_banner(self, key: str) -> None:
        """Take a banner away that no longer holds."""

    def open_page(self, name: str, record: str = "") -> None:
        """Bring a page to the front, and a record of it into view."""


class Desk:
    """An open workspace with the window around it."""

    def __init__(self, workspace: Workspace, voice: Voice, layouts: Layouts) -> None:
        self.workspace = workspace
        self.voice = voice
        self.layouts = layouts

    def start(self, name: str, work: Coroutine[Any, Any, Any]) -> None:
        """Start background work that belongs to the window; it is cancelled when the window closes.

        Qt still delivers what waits, such as a timer, when the loop has already ended: that starts nothing any more.
        """
        if self.workspace.tasks.accepting:
            self.workspace.tasks.start(name, work)
        else:
            work.close()

    def on(self, kind: type[E], handler: Callable[[E], None]) -> None:
        """Hear of an event for as long as the window lives."""
        self.workspace.events.subscribe(kind, handler)

    def run(self, request: Request, then: Callable[[Report], None] | None = None) -> None:
        """Start an operation from a button; `then` is called with its report."""
        self.start(f"start {request.operation}", self._run(request, then))

    async def _run(self, request: Request, then: Callable[[Report], None] | None) -> None:
        report = await self.report_of(request)
        if report is not None and then is not None:
            then(report)

    async def report_of(self, request: Request) -> Report | None:
        """Run an operation to its end; None when it could not even start, which a banner then says."""
        handle = await self.handle_of(request)
        return await handle.report() if handle is not None else None

    async def handle_of(self, request: Request) -> RunHandle | None:
        """Start an operation; None when it could not start, which a banner then says."""
        key = f"start {request.operation}"
        try:
            handle = await self.workspace.runner.start(request)
        except MusterError as error:
            self.voice.banner(key, Tone.DANGER, error.message, remedy_of(error))
            return None
        self.voice.clear_banner(key)
        return handle

    def resume(self, run_id: str, without: Sequence[str] = ()) -> None:
        """Take up an interrupted, stopped or cancelled run; `without` are devices to go on without."""
        self.start("resume", self._resume(run_id, without))

    async def _resume(self, run_id: str, without: Sequence[str]) -> None:
        try:
            await self.workspace.runner.resume(run_id, without)
        except MusterError as error:
            self.voice.banner("resume", Tone.DANGER, error.message, remedy_of(error))

    def refusal(self, operation_id: str) -> str:
        """Why the signed-in role may not start this operation, for a disabled button's tooltip; empty when it may."""
        return missing_permission(self.workspace.role, find_operation(operation_id).permission)
