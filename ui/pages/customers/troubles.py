"""What a sync or check of customers leaves to be told: the step that failed with its cause, warnings, failed checks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from app.domain.causes import remedy_of
from app.domain.connections import Connection
from app.domain.customer_texts import answer_remedy
from app.domain.customers import Customer, DatabaseAnswer
from app.domain.outcomes import Run, RunState
from app.errors import ErrorKind
from app.i18n import N_, _, ngettext
from app.operations.runner import Request
from ui.desk import Desk
from ui.pages.customers.actions import SYNC
from ui.theme import Icon, Tone
from ui.widgets import Action

STEPS = {
    "api_fetch": N_("Fetching from CETEC (api_fetch)"),
    "billing_filter": N_("Filtering and storing (billing_filter)"),
    "mysql_enrichment": N_("Checking databases (mysql_enrichment)"),
}
"""The steps of a run (cetec-mysql.md §3, §8)."""
SERVER, WARNINGS = "customers.mysql", "customers.warnings"


def failed_step(run: Run, *, checking: bool) -> str:
    """Which step a run failed in; `checking` says that it had begun to check databases."""
    if checking:
        return "mysql_enrichment"
    error = run.error
    local = error is not None and (error.of_store or error.kind in {ErrorKind.UNEXPECTED, ErrorKind.HELD})
    return "billing_filter" if local else "api_fetch"


def tell_error(desk: Desk, run: Run, *, checking: bool) -> None:
    """Replace the window's banner of a failed sync by one that names the step."""
    if run.error is None or run.state is RunState.CANCELLED:
        return
    step = _(STEPS[failed_step(run, checking=checking)])
    text = _("{step}: {cause}").format(step=step, cause=_(run.error.message))
    again = Action(_("Retry"), lambda: desk.run(Request(run.operation, run.connection, run.params)), icon=Icon.REFRESH)
    desk.voice.banner(f"run {run.operation} {run.connection}", Tone.DANGER, text, remedy_of(run.error), [again])


def tell_warnings(desk: Desk, run: Run) -> None:
    """What a sync that came through wants known; the next one replaces it."""
    if run.operation != SYNC or run.dry_run or run.state is not RunState.FINISHED:
        return
    if run.warnings:
        first, *rest = map(_, run.warnings)
        desk.voice.banner(WARNINGS, Tone.WARNING, first, " ".join(rest))
    else:
        desk.voice.clear_banner(WARNINGS)


def some_failed(run: Run) -> bool:
    """Whether checks of databases failed in this run."""
    return bool(run.summary.get("mysql_errors", 0) + run.summary.get("batch_timeouts", 0))


def tell_failed_checks(
    desk: Desk, customers: Iterable[Customer], connection: Connection, again: Callable[[], object]
) -> None:
    """Say how many checks failed and the most frequent cause, with Retry and the way to the server's connection."""
    failed = [c for c in customers if c.database_status is not None and c.database_status.failed]
    if not failed:
        return
    causes = Counter((c.database_status, c.database_detail) for c in failed if c.database_status is not None)
    (status, cause), _times = causes.most_common(1)[0]
    count = ngettext("{count} database could not be checked", "{count} databases could not be checked", len(failed))
    step = _("{step}: {cause}").format(step=_(STEPS["mysql_enrichment"]), cause=count.format(count=len(failed)))
    server = str(connection.setting("backups") or "")
    actions = [Action(_("Retry"), again, icon=Icon.REFRESH, object_name="customers.check_failed_again")]
    if server:
        to_server = Action(
            _("Open the MySQL connection"), lambda: desk.voice.open_page("connections", server), icon=Icon.PLUG,
            object_name="customers.open_mysql",
        )  # fmt: skip
        actions.append(to_server)
    remedy = answer_remedy(DatabaseAnswer(status, cause))
    desk.voice.banner(SERVER, Tone.WARNING, step, " ".join(filter(None, (cause, remedy))), actions)
