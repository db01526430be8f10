"""`muster webhooks inbox`: serves the built-in inbox until Ctrl-C and prints what arrives."""

from __future__ import annotations

import argparse
import asyncio
import sys

from app.cli.output import print_json
from app.cli.session import with_workspace
from app.events import InboxReceived
from app.i18n import _
from app.operations.webhooks.inbox import Inbox, InboxAnswer, Received
from app.redaction import redact
from app.workspace import Workspace


def serve_inbox(args: argparse.Namespace) -> int:
    """Print the address, then a line per request on standard error; ends with Ctrl-C."""

    async def work(workspace: Workspace) -> int:
        inbox = workspace.inbox
        inbox.answer = InboxAnswer(args.answer)
        url = await inbox.open()
        end = workspace.events.subscribe(InboxReceived, lambda _event: _print(inbox))
        if args.json:
            print_json({"url": url})
        else:
            print(_("Serving until Ctrl-C: {url}").format(url=url), flush=True)
        try:
            await asyncio.Event().wait()
        finally:
            end()
            await inbox.close()
        return 0

    return with_workspace(args.home, work)


def _print(inbox: Inbox) -> None:
    print(redact(_line(inbox.received[-1])), file=sys.stderr, flush=True)


def _line(one: Received) -> str:
    mark = f"✓ {one.webhook}" if one.verified else f"✗ {one.problem}"
    return f"{one.at.isoformat(timespec='seconds')} {one.method} {one.path} {mark}\n{one.body}"
