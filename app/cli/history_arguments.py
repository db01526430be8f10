"""Arguments of the commands about what happened: `muster audit`, `muster timeline`, filters of `muster runs list`."""

from __future__ import annotations

import argparse
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.cli.parser import Commands, Parser

DEFAULT_ROWS = 1000
_MOST_ROWS = 1_000_000


def add_history(commands: Commands, common: list[Parser]) -> None:
    """The commands and their verbs."""
    commands.add_parser("audit", help="who did what, when and from where").fill = partial(_add_audit_verbs, common)
    line = commands.add_parser("timeline", parents=common, help="what happened to one record in all systems")
    line.add_argument("subject", choices=["person", "device", "customer"])
    line.add_argument("record_id", metavar="ID")
    line.add_argument("--before", metavar="MOMENT", help="only what is older")
    line.add_argument("--limit", type=_count, default=100, help="about how many entries")
    line.set_defaults(handler=_timeline, needs_home=True)


def _add_audit_verbs(common: list[Parser], audit: Parser) -> None:
    verbs = audit.add_subparsers(required=True, metavar="VERB")
    listing = verbs.add_parser("list", parents=common, help="the newest entries first")
    listing.add_argument(
        "--where", action="append", default=[], metavar="KEY=VALUE",
        help="kind, actor, via, operation, object_id, run_id, since, until, text",
    )  # fmt: skip
    listing.add_argument("--limit", type=_count, default=DEFAULT_ROWS, help="how many at most")
    listing.add_argument("--csv", metavar="FILE")
    listing.add_argument("--xlsx", metavar="FILE")
    listing.set_defaults(handler=_audit, verb="list", needs_home=True)
    verify = verbs.add_parser("verify", parents=common, help="find the first altered entry; exit code 4 when there is")
    verify.set_defaults(handler=_audit, verb="verify", needs_home=True)


def add_run_filters(listing: Parser) -> None:
    """Which runs `muster runs list` lists."""
    for name, metavar in (("operation", "ID"), ("connection", "NAME"), ("actor", "NAME"), ("trigger", "WORD")):
        listing.add_argument(f"--{name}", default="", metavar=metavar)
    listing.add_argument("--state", action="append", default=[], metavar="WORD", help="may be given several times")
    listing.add_argument("--since", default="", metavar="MOMENT")
    listing.add_argument("--until", default="", metavar="MOMENT")
    listing.add_argument("--text", default="", help="in the operation, connection, actor, error or a name in it")
    listing.add_argument("--troubled", action="store_true", help="with records that need a look")
    listing.add_argument("--limit", type=_count, default=DEFAULT_ROWS, help="how many at most")


def _count(text: str) -> int:
    count = int(text)
    if not 1 <= count <= _MOST_ROWS:
        raise argparse.ArgumentTypeError(f"must be between 1 and {_MOST_ROWS}: {text}")
    return count


def _audit(args: argparse.Namespace) -> int:
    from app.cli.audit import audit_command

    return audit_command(args)


def _timeline(args: argparse.Namespace) -> int:
    from app.cli.audit import timeline_command

    return timeline_command(args)
