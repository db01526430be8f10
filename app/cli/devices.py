"""`muster devices`: face terminals; each verb is an operation of the registry (command-line.md, Commands)."""

from __future__ import annotations

import argparse
import sys
from typing import Any

import msgspec

from app.cli.output import print_error, print_json, print_report, print_run, print_table, tested_document
from app.cli.secret_input import read_secrets
from app.cli.session import follow, with_workspace
from app.i18n import _
from app.operations.runner import Report, Request
from app.redaction import redact
from app.workspace import Workspace

_LISTED = ("name", "site", "host", "port", "status", "source", "model", "people", "free_places", "test_message")
_FOUND = ("name", "host", "port", "serial", "firmware", "activated", "known_name", "moved")


def devices_command(args: argparse.Namespace) -> int:
    """Do what the verb says."""
    request = _request(args)

    async def work(workspace: Workspace) -> Report:
        return await follow(workspace, await workspace.runner.start(request), quiet=args.json)

    report = with_workspace(args.home, work)
    result = report.run.result or {}
    if report.error is not None and not (args.verb == "test" and result):
        print_error(report.error, as_json=args.json)
    elif args.verb == "import":
        print_run(report) if args.json else print_report(report)
    else:
        for warning in report.run.warnings:
            print(redact(f"! {warning}"), file=sys.stderr)
        if args.json and args.verb == "test" and "stages" in result:
            print_json(tested_document(result))
        elif args.json:
            print_json(result["devices"] if args.verb in {"list", "discover"} else result)
        else:
            _print(args.verb, result)
    return report.exit_code


def _request(args: argparse.Namespace) -> Request:
    match args.verb:
        case "list":
            return Request("devices.list")
        case "add":
            params = {key: getattr(args, key) for key in ("name", "host", "https", "username", "site", "fingerprint")}
            return Request("devices.add", params={**params, "port": args.port or 0}, secrets=read_secrets(args.secret))
        case "edit":
            given = {key: getattr(args, key) for key in ("host", "port", "https", "username", "site")}
            params = {"device": args.name, "name": args.new_name, "unpin": args.unpin, **given}
            return Request("devices.edit", params=params, secrets=read_secrets(args.secret))
        case "import":
            return Request("devices.import", params={"file": args.file}, dry_run=args.dry_run)
        case "discover":
            given = {"addresses": args.address, "port": args.port, "listen_s": args.seconds}
            return Request("devices.discover", params={k: v for k, v in given.items() if v is not None})
        case "test":
            given = {key: getattr(args, key) for key in ("accept_serial", "sign_in_anyway")}
            return Request("devices.test", params={"device": args.name, **given})
        case "trust":
            return Request("devices.trust", params={"device": args.name, "fingerprint": args.fingerprint})
        case _:
            return Request(f"devices.{args.verb}", params={"device": args.name})


def _print(verb: str, result: dict[str, Any]) -> None:
    if verb in {"list", "discover"}:
        columns = _LISTED if verb == "list" else _FOUND
        print_table(_("Devices"), columns, [[row[c] for c in columns] for row in result["devices"]])
    elif verb == "test":
        rows = [["✓" if s["ok"] else "✗", s["name"], s["message"], f"{s['duration_ms']} ms"] for s in result["stages"]]
        print_table(result["message"], ["", "stage", "message", "time"], rows)
        print(redact(_(result["remedy"])))
    elif result:
        print(redact(msgspec.json.format(msgspec.json.encode(result), indent=2).decode()))
