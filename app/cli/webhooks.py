"""`muster webhooks`: each verb is an operation of the registry; `inbox` serves the built-in inbox (webhooks.md §1)."""

from __future__ import annotations

import argparse
import sys
from typing import Any

import msgspec

from app.cli.output import print_error, print_json, print_table, read_pairs
from app.cli.secret_input import read_secrets
from app.cli.session import follow, with_workspace
from app.errors import UsageError
from app.i18n import _
from app.operations.runner import Report, Request
from app.redaction import redact
from app.workspace import Workspace

_TABLES = {
    "list": ("id", "name", "url", "is_active", "success_count", "failure_count", "notice"),
    "deliveries": ("id", "event_type", "delivery_status", "http_status", "error_code", "attempts", "created_at"),
    "event-types": ("category", "event_type", "description"),
}


def webhooks_command(args: argparse.Namespace) -> int:
    """Do what the verb says."""
    if args.verb == "inbox":
        from app.cli.inbox import serve_inbox

        return serve_inbox(args)
    request = _request(args)

    async def work(workspace: Workspace) -> Report:
        return await follow(workspace, await workspace.runner.start(request), quiet=args.json)

    report = with_workspace(args.home, work)
    for warning in report.run.warnings:
        print(redact(f"! {warning}"), file=sys.stderr)
    if report.error is not None:
        print_error(report.error, as_json=args.json)
    elif args.json:
        print_json(_document(report))
    else:
        _print(args.verb, report)
    return report.exit_code


def _document(report: Report) -> Any:
    """The result, and of an operation that has none its summary."""
    return report.run.summary if report.run.result is None else report.run.result


def _request(args: argparse.Namespace) -> Request:
    operation = f"webhooks.{args.verb.replace('-', '_')}"
    params: dict[str, Any] = dict(read_pairs(getattr(args, "sets", [])))
    for name in ("id", "delivery", "url"):
        if given := getattr(args, name, None):
            params[name] = given
    if events := getattr(args, "events", None):
        params["event_types"] = events
    if args.verb == "create":
        params["name"] = args.name
    elif name := getattr(args, "new_name", ""):
        params["name"] = name
    if args.verb == "deliver":
        params["wait"] = args.wait
    if payload := getattr(args, "payload", None):
        params["payload"] = _object(payload)
    secrets = read_secrets(getattr(args, "secret", []))
    return Request(operation, params=params, dry_run=getattr(args, "dry_run", False), secrets=secrets)


def _object(text: str) -> dict[str, Any]:
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except (msgspec.MsgspecError, RecursionError) as error:
        raise UsageError(_("Not readable as JSON: {value}").format(value=text[:200])) from error


def _print(verb: str, report: Report) -> None:
    result = _document(report)
    if verb in _TABLES:
        columns = _TABLES[verb]
        print_table(_("Webhooks"), columns, [[row[c] for c in columns] for row in result])
        return
    secret = result.pop("secret", "") if isinstance(result, dict) else ""
    print(redact(msgspec.json.format(msgspec.json.encode(result), indent=2).decode()))
    if secret:
        print(_("The signing secret, shown this once: {secret}").format(secret=secret))
