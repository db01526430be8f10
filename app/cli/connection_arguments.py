"""The arguments of `muster connections` and `muster devices`; what they do is imported when it is done."""

from __future__ import annotations

import argparse
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.cli.parser import Commands, Parser


def add_connections(commands: Commands, common: list[Parser]) -> None:
    """Add `muster connections`."""
    commands.add_parser("connections", help="manage connections").fill = partial(_add_connection_verbs, common)


def _add_connection_verbs(common: list[Parser], connections: Parser) -> None:
    verbs = connections.add_subparsers(required=True, metavar="VERB")
    told = {
        "list": "all connections and how they are doing",
        "health": "how everything is doing, in one word and figures",
        "add": "connect a system",
        "edit": "change settings, replace secrets, pause and resume",
        "remove": "remove one with its secrets; one with a history is deactivated instead",
        "test": "try it in stages; the first that fails is named",
        "status": "how one is doing, without asking its system",
        "import-env": "take over the settings of a .env file",
    }
    for verb, what in told.items():
        parser = verbs.add_parser(verb, parents=common, help=what)
        parser.set_defaults(handler=_connections, verb=verb, needs_home=True)
        if verb == "import-env":
            parser.add_argument("file", metavar="FILE")
        elif verb not in {"list", "health"}:
            parser.add_argument("name", metavar="NAME")
        if verb == "add":
            parser.add_argument("--kind", required=True)
            parser.add_argument("--schedule", action="store_true", help="and sync it by itself, at its sync_interval")
        if verb in {"add", "edit"}:
            parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", dest="sets")
            parser.add_argument(
                "--secret", action="append", default=[], metavar="KEY[=-]", help="KEY asks; KEY=- reads one line"
            )
        if verb == "remove":
            parser.add_argument("--purge", action="store_true", help="with its history, and all it fetched and sent")
            parser.add_argument("--confirm", action="store_true", help="without it, --purge only says how much goes")
        if verb == "edit":
            parser.add_argument("--name", default="", dest="new_name", help="new name")
            pause = parser.add_mutually_exclusive_group()
            pause.add_argument("--pause", action="store_true", default=None, dest="paused")
            pause.add_argument("--resume", action="store_false", default=None, dest="paused")


def add_devices(commands: Commands, common: list[Parser]) -> None:
    """Add `muster devices`."""
    commands.add_parser("devices", help="manage face terminals").fill = partial(_add_device_verbs, common)


def _add_device_verbs(common: list[Parser], devices: Parser) -> None:
    verbs = devices.add_subparsers(required=True, metavar="VERB")
    told = {
        "list": "all terminals",
        "add": "add one",
        "edit": "change one",
        "remove": "remove one with its password; the people on it stay there",
        "pause": "leave one out of every run",
        "resume": "take one back in",
        "test": "sign in and read what it is",
        "trust": "pin its certificate",
        "import": "add all of a CSV file",
        "discover": "look for terminals in the local network",
    }
    for verb, what in told.items():
        parser = verbs.add_parser(verb, parents=common, help=what)
        parser.set_defaults(handler=_devices, verb=verb, needs_home=True)
        if verb == "import":
            parser.add_argument("file", metavar="FILE", help="CSV: name, host, port, https, username, password, site")
            parser.add_argument("--dry-run", action="store_true", help="show what would happen, write nothing")
        elif verb == "discover":
            parser.add_argument("--address", action="append", metavar="IPV4", help="ask this address, not the subnet")
            parser.add_argument("--port", type=int, help="UDP port of the devices")
            parser.add_argument("--seconds", type=float, help="how long to listen")
        elif verb != "list":
            parser.add_argument("name", metavar="NAME")
        if verb in {"add", "edit"}:
            _add_device_fields(parser, unchanged="" if verb == "add" else None)
        if verb in {"add", "trust"}:
            parser.add_argument("--fingerprint", default="", help="SHA-256 of the certificate to trust")
        if verb == "test":
            parser.add_argument("--accept-serial", action="store_true", help="the device was exchanged for another")
            parser.add_argument("--sign-in-anyway", action="store_true", help="although few tries are left")


def _add_device_fields(parser: Parser, *, unchanged: str | None) -> None:
    adding = unchanged is not None
    parser.add_argument("--host", required=adding, help="IP address or host name")
    parser.add_argument("--port", type=int, help="80, with https 443")
    if adding:
        parser.add_argument("--https", action="store_true")
    else:
        parser.add_argument("--name", dest="new_name", help="new name")
        parser.add_argument("--https", action=argparse.BooleanOptionalAction, default=None)
        parser.add_argument(
            "--unpin", action="append", default=[], metavar="FIELD", help="let Supabase decide it again"
        )
    parser.add_argument("--username", default=unchanged)
    parser.add_argument("--site", default=unchanged)
    parser.add_argument(
        "--secret", action="append", default=[], metavar="password[=-]", help="password asks; password=- reads one line"
    )


def _connections(args: argparse.Namespace) -> int:
    from app.cli.connections import connections_command

    return connections_command(args)


def _devices(args: argparse.Namespace) -> int:
    from app.cli.devices import devices_command

    return devices_command(args)
