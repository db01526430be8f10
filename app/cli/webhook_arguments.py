"""The arguments of `muster webhooks`; what they do is in `webhooks`, which is slower to import."""

from __future__ import annotations

import argparse
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.cli.parser import Commands, Parser

VERBS = {
    "list": "all webhooks and how their receivers are doing",
    "create": "tell another system what happens here",
    "show": "one webhook with all its settings",
    "update": "change what is given",
    "delete": "remove one; what waits is cancelled, its log stays",
    "pause": "send it nothing for now",
    "resume": "send to it again, if wanted also what it missed",
    "rotate": "give it a new secret; the old one signs on for a while",
    "test": "send it an event integration.test and show the answer",
    "deliveries": "what was sent, the newest first",
    "delivery": "one delivery with every try",
    "retry": "send one again, or all that failed",
    "event-types": "what can happen, with samples",
    "stats": "counts and durations of some days",
    "deliver": "send what waits, without a window",
    "inbox": "a receiver on this computer that verifies what arrives",
}
_ONE = frozenset({"show", "update", "delete", "pause", "resume", "rotate", "test"})


def add_webhooks(commands: Commands, common: list[Parser]) -> None:
    """Add `muster webhooks`."""
    commands.add_parser("webhooks", help="tell other systems what happens").fill = partial(_add_verbs, common)


def _add_verbs(common: list[Parser], webhooks: Parser) -> None:
    verbs = webhooks.add_subparsers(required=True, metavar="VERB")
    for verb, told in VERBS.items():
        parser = verbs.add_parser(verb, parents=common, help=told)
        parser.set_defaults(handler=_webhooks, verb=verb, needs_home=True)
        _add_arguments(verb, parser)


def _add_arguments(verb: str, parser: Parser) -> None:
    if verb in _ONE:
        parser.add_argument("id", metavar="ID", help="id or name of the webhook")
    if verb in {"create", "update"}:
        _add_fields(verb, parser)
    if verb in {"list", "deliveries", "stats", "rotate", "resume", "retry"}:
        parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", dest="sets")
    if verb in {"deliveries", "retry"}:
        parser.add_argument("--id", default="", help="id or name of the webhook; without it all")
    if verb in {"delivery", "retry"}:
        parser.add_argument("delivery", metavar="DELIVERY", nargs="?" if verb == "retry" else None, default="")
    if verb in {"retry", "resume", "test"}:
        parser.add_argument("--dry-run", action="store_true", help="say what would be sent")
    if verb == "test":
        parser.add_argument("--payload", metavar="JSON", help="an object to send in place of the usual one")
    if verb == "deliver":
        parser.add_argument("--wait", type=float, default=0.0, metavar="SECONDS", help="wait so long for retries")
    if verb == "inbox":
        parser.add_argument("--answer", default="ok", choices=["ok", "500", "410", "slow"], help="how it answers")


def _add_fields(verb: str, parser: Parser) -> None:
    if verb == "create":
        parser.add_argument("name", metavar="NAME")
    else:
        parser.add_argument("--name", default="", dest="new_name", help="new name")
    parser.add_argument("--url", required=verb == "create")
    parser.add_argument("--events", required=verb == "create", help="event types, comma-separated; * for all")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", dest="sets")
    parser.add_argument(
        "--secret", action="append", default=[], metavar="KEY[=-]", help="KEY asks; KEY=- reads one line"
    )


def _webhooks(args: argparse.Namespace) -> int:
    from app.cli.webhooks import webhooks_command

    return webhooks_command(args)
