"""The command `muster`: reads the arguments and hands over to one module per command.

Everything slow to import is imported by the command that needs it, so that every command starts at once.
"""

from __future__ import annotations

import argparse
import gc
import io
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from app import __version__
from app.cli.history_arguments import add_history, add_run_filters
from app.cli.webhook_arguments import add_webhooks
from app.errors import ExitCode, MusterError

if TYPE_CHECKING:
    from app.places import Home

Handler = Callable[[argparse.Namespace], int]


def command() -> int:
    """The command `muster` as installed: `main` without the collector, which only costs a process that ends soon."""
    gc.set_threshold(1_000_000, 50, 50)
    code = main()
    gc.freeze()  # the interpreter would look through everything once more before it ends
    return code


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    _speak_utf8()
    args = _parser().parse_args(arguments)
    from app.i18n import Language, use_language
    from app.places import Home

    use_language(Language.ENGLISH)  # scripts read this; the window speaks the person's language
    try:
        handler: Handler = args.handler
        if args.needs_home:
            args.home = _chosen_home(Home.find(args.home), getattr(args, "organization", None))
            if handler is not _gui:  # the window starts it, after its first frame
                from app.logs import start_logging

                start_logging(args.home)
        return handler(args)
    except MusterError as error:
        from app.cli.output import print_error

        print_error(error, as_json=getattr(args, "json", False))
        return error.exit_code
    except OSError as error:
        print(f"muster: {error}", file=sys.stderr)
        return ExitCode.UNEXPECTED
    except KeyboardInterrupt:
        return ExitCode.CANCELLED


def _chosen_home(home: Home, organization: str | None) -> Home:
    if not organization:
        return home
    from app.workspace import Workspace

    return Workspace.home_of(home, organization)


def _speak_utf8() -> None:
    """Programs read UTF-8 from us whatever the system's own encoding; a terminal without a letter shows a stand-in."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="replace")


def _parser() -> argparse.ArgumentParser:
    home = argparse.ArgumentParser(add_help=False)
    home.add_argument("--home", default=argparse.SUPPRESS, metavar="DIR", help="folder of database, settings and logs")
    home.add_argument("--organization", default=argparse.SUPPRESS, metavar="NAME", help="work on its data this once")
    json_too = argparse.ArgumentParser(add_help=False)
    json_too.add_argument("--json", action="store_true", help="print one JSON document on standard output")
    parser = argparse.ArgumentParser(prog="muster", description="Keeps offices and employees in step.")
    parser.add_argument("--home", metavar="DIR", help="folder of database, settings and logs")
    parser.add_argument("--organization", metavar="NAME", help="work on its data this once")
    parser.add_argument("--version", action="version", version=f"muster {__version__}")
    parser.set_defaults(handler=_gui, needs_home=True)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    _add_window_commands(commands, home, json_too)
    _add_run_commands(commands, [home, json_too])
    _add_connections(commands, [home, json_too])
    _add_devices(commands, [home, json_too])
    _add_list(commands, [home, json_too])
    add_history(commands, [home, json_too])
    _add_schedules(commands, [home, json_too])
    _add_roles(commands, [home, json_too])
    _add_settings(commands, [home, json_too])
    _add_organizations(commands, [home, json_too])
    _add_webhooks(commands, [home, json_too])
    return parser


def _add_window_commands(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    home: argparse.ArgumentParser,
    json_too: argparse.ArgumentParser,
) -> None:
    gui = commands.add_parser("gui", parents=[home], help="open the window")
    gui.set_defaults(handler=_gui, needs_home=True)
    demo = commands.add_parser("demo", help="open the window on the demo world")
    demo.add_argument("--headless", action="store_true", help="run the main job in the terminal instead")
    demo.set_defaults(handler=_demo, needs_home=False)
    simulate = commands.add_parser("simulate", parents=[json_too], help="serve the demo world only")
    simulate.add_argument("--people", type=int, default=340, help="how many employees")
    simulate.add_argument("--offices", type=int, default=14, help="how many offices")
    simulate.add_argument("--terminals", type=int, default=9, help="how many face terminals")
    simulate.add_argument("--workers", type=int, default=60, help="how many employees in Supabase")
    simulate.add_argument("--customers", type=int, default=344, help="how many customers that CETEC bills")
    simulate.add_argument("--agents", type=int, default=60, help="how many people in 1C and the contact centre")
    simulate.set_defaults(handler=_simulate, needs_home=False)


def _add_run_commands(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], common: list[argparse.ArgumentParser]
) -> None:
    listing = commands.add_parser("operations", parents=common, help="list every operation")
    listing.set_defaults(handler=_operations, needs_home=False)
    run = commands.add_parser("run", parents=common, help="run one operation")
    run.add_argument("operation", metavar="ID")
    run.add_argument("--connection", default="", metavar="NAME")
    run.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", dest="sets")
    run.add_argument("--dry-run", action="store_true", help="show what would happen, write nothing")
    run.set_defaults(handler=_run, needs_home=True)
    history = commands.add_parser("runs", help="history of runs")
    verbs = history.add_subparsers(required=True, metavar="VERB")
    listed = verbs.add_parser("list", parents=common)
    add_run_filters(listed)
    listed.set_defaults(handler=_runs, verb="list", needs_home=True)
    for verb in ("show", "resume", "export"):
        parser = verbs.add_parser(verb, parents=common)
        parser.add_argument("run_id", metavar="ID")
        if verb == "resume":
            parser.add_argument(
                "--without", action="append", default=[], metavar="DEVICE", help="go on without this device"
            )
        if verb == "export":
            parser.add_argument("file", metavar="FILE", help="name ending in .csv, .xlsx or .json")
        parser.set_defaults(handler=_runs, verb=verb, needs_home=True)


def _add_connections(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], common: list[argparse.ArgumentParser]
) -> None:
    connections = commands.add_parser("connections", help="manage connections")
    verbs = connections.add_subparsers(required=True, metavar="VERB")
    for verb in ("list", "health", "add", "edit", "remove", "test", "status", "import-env"):
        parser = verbs.add_parser(verb, parents=common)
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
        if verb == "edit":
            parser.add_argument("--name", default="", dest="new_name", help="new name")
            pause = parser.add_mutually_exclusive_group()
            pause.add_argument("--pause", action="store_true", default=None, dest="paused")
            pause.add_argument("--resume", action="store_false", default=None, dest="paused")


def _add_devices(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], common: list[argparse.ArgumentParser]
) -> None:
    devices = commands.add_parser("devices", help="manage face terminals")
    verbs = devices.add_subparsers(required=True, metavar="VERB")
    for verb in ("list", "add", "edit", "remove", "pause", "resume", "test", "trust", "import", "discover"):
        parser = verbs.add_parser(verb, parents=common)
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


def _add_device_fields(parser: argparse.ArgumentParser, *, unchanged: str | None) -> None:
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


def _add_webhooks(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], common: list[argparse.ArgumentParser]
) -> None:
    for parser in add_webhooks(commands, common):
        parser.set_defaults(handler=_webhooks)


def _add_list(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], common: list[argparse.ArgumentParser]
) -> None:
    listing = commands.add_parser("list", parents=common, help="read the local store")
    listing.add_argument("table", choices=["offices", "employees", "devices", "customers", "connections", "runs"])
    listing.add_argument("--where", action="append", default=[], metavar="KEY=VALUE")
    listing.add_argument("--csv", metavar="FILE")
    listing.add_argument("--xlsx", metavar="FILE")
    listing.set_defaults(handler=_list, needs_home=True)


def _add_schedules(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], common: list[argparse.ArgumentParser]
) -> None:
    schedules = commands.add_parser("schedule", help="operations that run by themselves")
    verbs = schedules.add_subparsers(required=True, metavar="VERB")
    for verb in ("list", "add", "edit", "remove", "show", "pause", "resume", "run-now", "run"):
        parser = verbs.add_parser(verb, parents=common)
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


def _add_roles(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], common: list[argparse.ArgumentParser]
) -> None:
    roles = commands.add_parser("roles", help="who may do what here")
    verbs = roles.add_subparsers(required=True, metavar="VERB")
    for verb in ("show", "set-profile", "set-passcode"):
        parser = verbs.add_parser(verb, parents=common)
        parser.set_defaults(handler=_roles, verb=verb, needs_home=True)
    verbs.choices["set-profile"].add_argument("role", metavar="ROLE")
    verbs.choices["set-passcode"].add_argument("--remove", action="store_true", help="have no passcode any more")


def _add_settings(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], common: list[argparse.ArgumentParser]
) -> None:
    settings = commands.add_parser("settings", help="what holds for all connections")
    verbs = settings.add_subparsers(required=True, metavar="VERB")
    for verb in ("show", "set"):
        parser = verbs.add_parser(verb, parents=common)
        parser.set_defaults(handler=_settings, verb=verb, needs_home=True)
    verbs.choices["set"].add_argument("sets", nargs="+", metavar="KEY=VALUE")


def _add_organizations(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], common: list[argparse.ArgumentParser]
) -> None:
    organizations = commands.add_parser("organizations", help="whose data this is")
    verbs = organizations.add_subparsers(required=True, metavar="VERB")
    for verb in ("list", "add", "rename", "switch"):
        parser = verbs.add_parser(verb, parents=common)
        parser.set_defaults(handler=_organizations, verb=verb, needs_home=True)
        if verb != "list":
            parser.add_argument("name", metavar="NAME")


def _add_timing(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--name", help="name of the schedule")
    parser.add_argument("--every", type=int, metavar="SECONDS", help="60 to 86400; without it the connection's own")
    parser.add_argument("--cron", metavar="EXPRESSION", help='five fields, like "0 3 * * *"')
    parser.add_argument("--zone", metavar="ZONE", help="time zone, like Europe/Moscow")
    parser.add_argument("--quiet", metavar="HOURS", help="nothing starts then, like 22:00-06:00")
    parser.add_argument("--jitter", type=int, metavar="PERCENT", help="how far start times are spread: 10")
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", dest="sets", help="a parameter of the operation"
    )


def _gui(args: argparse.Namespace) -> int:
    from app.cli.window import open_window

    return open_window(args.home)


def _demo(args: argparse.Namespace) -> int:
    from app.cli.demo import demo

    return demo(headless=args.headless)


def _simulate(args: argparse.Namespace) -> int:
    from app.cli.demo import simulate

    world = {name: getattr(args, name) for name in ("people", "offices", "terminals", "workers", "customers", "agents")}
    return simulate(world, as_json=args.json)


def _operations(args: argparse.Namespace) -> int:
    from app.cli.run import list_operations

    return list_operations(as_json=args.json)


def _run(args: argparse.Namespace) -> int:
    from app.cli.run import run_operation

    return run_operation(args)


def _runs(args: argparse.Namespace) -> int:
    from app.cli.runs import runs_command

    return runs_command(args)


def _connections(args: argparse.Namespace) -> int:
    from app.cli.connections import connections_command

    return connections_command(args)


def _devices(args: argparse.Namespace) -> int:
    from app.cli.devices import devices_command

    return devices_command(args)


def _schedule(args: argparse.Namespace) -> int:
    from app.cli.schedules import schedule_command

    return schedule_command(args)


def _roles(args: argparse.Namespace) -> int:
    from app.cli.roles import roles_command

    return roles_command(args)


def _settings(args: argparse.Namespace) -> int:
    from app.cli.settings import settings_command

    return settings_command(args)


def _organizations(args: argparse.Namespace) -> int:
    from app.cli.organizations import organizations_command

    return organizations_command(args)


def _webhooks(args: argparse.Namespace) -> int:
    from app.cli.webhooks import webhooks_command

    return webhooks_command(args)


def _list(args: argparse.Namespace) -> int:
    from app.cli.lists import list_table

    return list_table(args)
