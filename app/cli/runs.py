"""`muster runs`: list, show, resume and export history."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.cli.lists import run_row
from app.cli.output import print_json, print_table, read_moment, read_word
from app.cli.run import show
from app.cli.session import follow, with_workspace
from app.domain.outcomes import Outcome, Run, RunState, Trigger
from app.errors import UsageError
from app.i18n import _
from app.operations.runner import Report
from app.store import run_digests, runs
from app.store.run_search import RunFilter, find_runs
from app.workspace import Workspace

OUTCOME_COLUMNS = ("subject", "subject_id", "target", "target_id", "status", "step", "message", "action", "remedy")


def runs_command(args: argparse.Namespace) -> int:
    """Do what the verb says."""
    return {"list": _list, "show": _show, "resume": _resume, "export": _export}[args.verb](args)


def _list(args: argparse.Namespace) -> int:
    wanted = _filter(args)

    async def work(workspace: Workspace) -> list[Run]:
        await workspace.store.write(workspace.event_log.mark_interrupted)
        while await workspace.store.write(run_digests.catch_up):
            pass
        return await workspace.store.read(find_runs, wanted, limit=args.limit)

    rows = [run_row(run) for run in with_workspace(args.home, work)]
    if args.json:
        print_json(rows)
    else:
        columns = ["run_id", "operation", "connection", "state", "started_at", "duration_ms"]
        print_table(_("Runs"), columns, [[row[c] for c in columns] for row in rows])
    return 0


def _filter(args: argparse.Namespace) -> RunFilter:
    """Raises `UsageError` for a word that is none."""
    return RunFilter(
        states=tuple(read_word(RunState, "state", text) for text in args.state),
        operation=args.operation,
        connection=args.connection,
        actor=args.actor,
        trigger=read_word(Trigger, "trigger", args.trigger) if args.trigger else None,
        since=read_moment("since", args.since) if args.since else None,
        until=read_moment("until", args.until) if args.until else None,
        troubled=args.troubled,
        text=args.text,
    )


def _show(args: argparse.Namespace) -> int:
    async def work(workspace: Workspace) -> Report:
        await workspace.store.write(workspace.event_log.mark_interrupted)
        run = await workspace.store.read(runs.find_run, args.run_id)
        if run is None:
            raise UsageError(_("There is no run {id}.").format(id=args.run_id), _("See them with: muster runs list"))
        return Report(run, tuple(await workspace.store.read(runs.outcomes, args.run_id)))

    show(with_workspace(args.home, work), as_json=args.json)
    return 0


def _resume(args: argparse.Namespace) -> int:
    async def work(workspace: Workspace) -> Report:
        handle = await workspace.runner.resume(args.run_id, args.without)
        return await follow(workspace, handle, quiet=args.json)

    report = with_workspace(args.home, work)
    show(report, as_json=args.json)
    return report.exit_code


def _export(args: argparse.Namespace) -> int:
    from app.exports import export_rows, of_organization

    async def work(workspace: Workspace) -> tuple[list[Outcome], str]:
        if await workspace.store.read(runs.find_run, args.run_id) is None:
            raise UsageError(_("There is no run {id}.").format(id=args.run_id), _("See them with: muster runs list"))
        return await workspace.store.read(runs.outcomes, args.run_id), workspace.organization.owner

    found, owner = with_workspace(args.home, work)
    rows = ([getattr(o, c) for c in OUTCOME_COLUMNS] for o in found)
    export_rows(Path(args.file), *of_organization(owner, OUTCOME_COLUMNS, rows))
    return 0
