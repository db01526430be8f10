"""`muster roles`: the profile of rights here and the administrator's passcode, typed or piped, never an argument."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import os
import sys
from typing import Any

from app.access import GRANTS, Role
from app.cli.output import print_error, print_json, print_table
from app.cli.secret_input import read_line
from app.cli.session import follow, with_workspace
from app.errors import UsageError
from app.i18n import _
from app.operations.roles import NEW_PASSCODE, PASSCODE
from app.operations.runner import Report, Request
from app.redaction import redact
from app.vault import environment_name
from app.workspace import Workspace


def roles_command(args: argparse.Namespace) -> int:
    """Do what the verb says."""
    if args.verb == "set-profile" and args.role not in set(Role):
        raise UsageError(
            _("There is no profile {name}.").format(name=args.role),
            _("Profiles: {names}.").format(names=", ".join(Role)),
        )

    async def work(workspace: Workspace) -> Report:
        request = await _request(workspace, args)
        return await follow(workspace, await workspace.runner.start(request), quiet=True)

    report = with_workspace(args.home, work)
    result = report.run.result or {}
    if report.error is not None:
        print_error(report.error, as_json=args.json)
    elif args.json:
        print_json(result)
    else:
        _print(result, report.run.warnings)
    return report.exit_code


async def _request(workspace: Workspace, args: argparse.Namespace) -> Request:
    await workspace.profile.load()
    guarded = workspace.profile.guarded
    if args.verb == "show":
        return Request("roles.show")
    if args.verb == "set-profile":
        upwards = not GRANTS[Role(args.role)] <= GRANTS[workspace.role]
        secrets = {PASSCODE: await _asked(PASSCODE, _("Passcode"))} if guarded and upwards else {}
        return Request("roles.set_profile", params={"role": args.role}, secrets=secrets)
    secrets = {PASSCODE: await _asked(PASSCODE, _("Passcode"))} if guarded else {}
    if not args.remove:
        secrets[NEW_PASSCODE] = await _asked(NEW_PASSCODE, _("New passcode"))
    return Request("roles.set_passcode", params={"remove": args.remove}, secrets=secrets)


async def _asked(key: str, words: str) -> str:
    """A passcode, typed without echo or the next line of standard input; blank where the environment has it."""
    if os.environ.get(environment_name("administrator", key)):
        return ""
    if sys.stdin is not None and sys.stdin.isatty():
        return await asyncio.to_thread(getpass.getpass, f"{words}: ")
    return await asyncio.to_thread(read_line)


def _print(result: dict[str, Any], warnings: tuple[str, ...]) -> None:
    rows = [
        ["→" if p["role"] == result["role"] else "", p["role"], ", ".join(p["permissions"])] for p in result["profiles"]
    ]
    print_table(_("Profiles"), ["", "role", "permissions"], rows)
    for text in (result["problem"], *warnings):
        if text:
            print(redact(text))
