"""The arguments of `muster schedule`; what it does is imported when it is done."""

from __future__ import annotations

import argparse
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.cli.parser import Commands, Parser


def add_schedules(commands: Commands, common: list[Parser]) -> None:
    """Add `muster schedule`."""
    commands.add_parser("schedule", help="operations that run by themselves").fill = partial(_add_verbs, common)


def _add_verbs(common: list[Parser], schedules: Parser) -> None:
    verbs = schedules.add_subparsers(required=True, metavar="VERB")
    told = {
        "list": "all schedules and when they are due",
        "add": "let an operation run by itself",
        "edit": "change when and with what it runs",
        "remove": "remove one",
        "show": "one schedule and its next times",
        "pause": "let it rest",
        "resume": "let it run again",
        "run-now": "run it once now",
        "run": "run what falls due, for as long as this command runs",
    }
    for verb, what in told.items():
        parser = verbs.add_parser(verb, parents=common, help=what)
        parser.set_defaults(handler=_schedule, verb=verb, needs_home=True)
        if verb == "add":
            parser.add_argument("operation", metavar="OPERATION")
            parser.add_argument("--connection", default="", metavar="NAME")
        elif verb not in {"list", "run"}:
            parser.add_argument("schedule", metavar="NAME")
        if verb in {"add", "edit"}:
            _add_timing(parser)
    length = verbs.choices["run"].add_mutually_exclusive_group()
    length.add_argument("--once", action="store_true", help="run what is due now and end")
    length.add_argument("--for", type=float, dest="seconds", metavar="SECONDS", help="end after so many seconds")


def _add_timing(parser: Parser) -> None:
    parser.add_argument("--name", help="name of the schedule")
    parser.add_argument("--every", type=int, metavar="SECONDS", help="60 to 86400; without it the connection's own")
    parser.add_argument("--cron", metavar="EXPRESSION", help='five fields, like "0 3 * * *"')
    parser.add_argument("--zone", metavar="ZONE", help="time zone, like Europe/Moscow")
    parser.add_argument("--quiet", metavar="HOURS", help="nothing starts then, like 22:00-06:00")
    parser.add_argument("--jitter", type=int, metavar="PERCENT", help="how far start times are spread: 10")
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", dest="sets", help="a parameter of the operation"
    )


def _schedule(args: argparse.Namespace) -> int:
    from app.cli.schedules import schedule_command

    return schedule_command(args)
