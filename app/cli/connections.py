"""`muster connections`: each verb is an operation of the registry with its secrets read from outside the arguments."""

from __future__ import annotations

import argparse
from typing import Any

import msgspec

from app.cli.output import print_error, print_json, print_table, read_pairs, tested_document
from app.cli.secret_input import read_secrets
from app.cli.session import follow, with_workspace
from app.domain.kinds import KINDS, ConnectionKind
from app.errors import UsageError
from app.i18n import _
from app.operations.runner import Report, Request
from app.redaction import redact
from app.workspace import Workspace


def connections_command(args: argparse.Namespace) -> int:
    """Do what the verb says."""
    request = _request(args)

    async def work(workspace: Workspace) -> Report:
        return await follow(workspace, await workspace.runner.start(request), quiet=True)

    report = with_workspace(args.home, work)
    result = report.run.result or {}
    if report.error is not None and args.verb != "test":
        print_error(report.error, as_json=args.json)
    elif args.json and args.verb == "test" and "stages" in result:
        print_json(tested_document(result))
    elif args.json:
        print_json(result["connections"] if args.verb in {"list", "import-env"} else result)
    else:
        _print(args.verb, result)
        for text in report.run.warnings if args.verb == "remove" else ():
            print(redact(text))
    return report.exit_code


def _request(args: argparse.Namespace) -> Request:
    match args.verb:
        case "list" | "health":
            return Request(f"connections.{args.verb}")
        case "add":
            if args.kind not in set(ConnectionKind):
                raise UsageError(
                    _("There is no kind {kind}.").format(kind=args.kind),
                    _("Kinds: {names}.").format(names=", ".join(KINDS)),
                )
            params = {"name": args.name, "kind": args.kind, "settings": read_pairs(args.sets)} | (
                {"schedule": True} if args.schedule else {}
            )
            return Request("connections.create", params=params, secrets=read_secrets(args.secret))
        case "edit":
            params = {"settings": read_pairs(args.sets), "name": args.new_name, "paused": args.paused}
            return Request("connections.update", args.name, params, secrets=read_secrets(args.secret))
        case "remove":
            return Request("connections.delete", args.name, {"purge": args.purge, "confirm": args.confirm})
        case "import-env":
            return Request("connections.import_env", params={"file": args.file})
        case _:
            return Request(f"connections.{args.verb}", args.name)


def _print(verb: str, result: dict[str, Any]) -> None:
    if verb in {"list", "import-env"}:
        columns = ["name", "kind", "status", "last_sync", "last_error"]
        print_table(_("Connections"), columns, [[row[c] for c in columns] for row in result["connections"]])
    elif verb == "test":
        rows = [["✓" if s["ok"] else "✗", s["name"], s["message"], f"{s['duration_ms']} ms"] for s in result["stages"]]
        print_table(result["message"], ["", "stage", "message", "time"], rows)
        for text in (*result["warnings"], result["remedy"]):
            print(redact(text))
    elif result and verb != "remove":
        print(redact(msgspec.json.format(msgspec.json.encode(result), indent=2).decode()))
