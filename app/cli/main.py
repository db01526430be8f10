"""The command `muster`: reads the arguments and hands over to one module per command.

Everything slow to import is imported by the command that needs it, so that every command starts at once.
"""

from __future__ import annotations

import argparse
import gc
import io
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from app import __version__
from app.cli.connection_arguments import add_connections, add_devices
from app.cli.history_arguments import add_history, add_run_filters
from app.cli.parser import Parser
from app.cli.schedule_arguments import add_schedules
from app.cli.webhook_arguments import add_webhooks
from app.errors import ExitCode, FileForbidden, MusterError, StoreError

if TYPE_CHECKING:
    from app.cli.parser import Commands
    from app.places import Home

Handler = Callable[[argparse.Namespace], int]


def command() -> int:
    """The command `muster` as installed: `main` without what only costs a process that ends soon.

    That is the collector, and the interpreter's taking down of everything that was loaded: when `main` is over, all is
    closed and stored. Qt ends its own threads, so after a window the interpreter ends as usual.
    """
    gc.set_threshold(1_000_000, 50, 50)
    code = main()
    if "PySide6" not in sys.modules:
        os._exit(code)
    return code


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    _speak_utf8()
    as_json = "--json" in (sys.argv[1:] if arguments is None else arguments)
    from app.i18n import Language, use_language
    from app.places import Home

    use_language(Language.ENGLISH)  # scripts read this; the window speaks the person's language
    try:
        args = _parser().parse_args(arguments)
        handler: Handler = args.handler
        if args.needs_home:
            args.home = _chosen_home(Home.find(args.home), getattr(args, "organization", None))
            if handler is not _gui:  # the window starts it, after its first frame
                from app.logs import start_logging

                start_logging(args.home)
        code = handler(args)
        print(end="", flush=True)  # here, where it is known what to do when it fails; also without any output
    except MusterError as error:
        from app.cli.output import print_error

        print_error(error, as_json=as_json)
        return error.exit_code
    except BrokenPipeError:  # whoever reads has read enough; nothing more may be written when Python ends
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.DONE
    except OSError as error:
        from app.cli.output import print_error

        about = f"{error.filename}: {error.strerror}" if error.filename else str(error)
        kind = FileForbidden if isinstance(error, PermissionError) else StoreError
        print_error(kind(about, "Check that it can be written to, or name another folder."), as_json=as_json)
        return kind.exit_code
    except KeyboardInterrupt:
        return ExitCode.CANCELLED
    else:
        return code


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


def _parser() -> Parser:
    home = Parser(add_help=False)
    home.add_argument("--home", default=argparse.SUPPRESS, metavar="DIR", help="folder of database, settings and logs")
    home.add_argument("--organization", default=argparse.SUPPRESS, metavar="NAME", help="work on its data this once")
    json_too = Parser(add_help=False)
    json_too.add_argument("--json", action="store_true", help="print one JSON document on standard output")
    parser = Parser(
        prog="muster",
        description="Keeps offices, employees, devices and customers in step across the systems that own them.",
    )
    parser.add_argument("--home", metavar="DIR", help="folder of database, settings and logs")
    parser.add_argument("--organization", metavar="NAME", help="work on its data this once")
    parser.add_argument("--version", action="version", version=f"muster {__version__}")
    parser.set_defaults(handler=_gui, needs_home=True)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    _add_window_commands(commands, home, json_too)
    _add_run_commands(commands, [home, json_too])
    add_connections(commands, [home, json_too])
    add_devices(commands, [home, json_too])
    _add_list(commands, [home, json_too])
    add_history(commands, [home, json_too])
    add_schedules(commands, [home, json_too])
    _add_roles(commands, [home, json_too])
    _add_settings(commands, [home, json_too])
    _add_organizations(commands, [home, json_too])
    add_webhooks(commands, [home, json_too])
    return parser


def _add_window_commands(commands: Commands, home: Parser, json_too: Parser) -> None:
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


def _add_run_commands(commands: Commands, common: list[Parser]) -> None:
    listing = commands.add_parser("operations", parents=common, help="list every operation")
    listing.set_defaults(handler=_operations, needs_home=False)
    run = commands.add_parser("run", parents=common, help="run one operation")
    run.add_argument("operation", metavar="ID")
    run.add_argument("--connection", default="", metavar="NAME")
    run.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", dest="sets")
    run.add_argument("--dry-run", action="store_true", help="show what would happen, write nothing")
    run.set_defaults(handler=_run, needs_home=True)
    commands.add_parser("runs", help="history of runs").fill = partial(_add_history_verbs, common)


def _add_history_verbs(common: list[Parser], history: Parser) -> None:
    verbs = history.add_subparsers(required=True, metavar="VERB")
    listed = verbs.add_parser("list", parents=common, help="the newest first")
    add_run_filters(listed)
    listed.set_defaults(handler=_runs, verb="list", needs_home=True)
    told = {
        "show": "one run with the result of every item",
        "resume": "go on where it stopped, or with what it left open",
        "export": "write its results to a file",
    }
    for verb, what in told.items():
        parser = verbs.add_parser(verb, parents=common, help=what)
        parser.add_argument("run_id", metavar="ID")
        if verb == "resume":
            parser.add_argument(
                "--without", action="append", default=[], metavar="DEVICE", help="go on without this device"
            )
        if verb == "export":
            parser.add_argument("file", metavar="FILE", help="name ending in .csv, .xlsx or .json")
        parser.set_defaults(handler=_runs, verb=verb, needs_home=True)


def _add_list(commands: Commands, common: list[Parser]) -> None:
    listing = commands.add_parser("list", parents=common, help="read the local store")
    listing.add_argument("table", choices=["offices", "employees", "devices", "customers", "connections", "runs"])
    listing.add_argument("--where", action="append", default=[], metavar="KEY=VALUE")
    listing.add_argument("--csv", metavar="FILE")
    listing.add_argument("--xlsx", metavar="FILE")
    listing.set_defaults(handler=_list, needs_home=True)


def _add_roles(commands: Commands, common: list[Parser]) -> None:
    commands.add_parser("roles", help="who may do what here").fill = partial(_add_role_verbs, common)


def _add_role_verbs(common: list[Parser], roles: Parser) -> None:
    verbs = roles.add_subparsers(required=True, metavar="VERB")
    told = {
        "show": "the profile in force and what it may do",
        "set-profile": "take on another profile",
        "set-passcode": "guard the way to a higher profile",
    }
    for verb, what in told.items():
        parser = verbs.add_parser(verb, parents=common, help=what)
        parser.set_defaults(handler=_roles, verb=verb, needs_home=True)
    verbs.choices["set-profile"].add_argument("role", metavar="ROLE")
    verbs.choices["set-passcode"].add_argument("--remove", action="store_true", help="have no passcode any more")


def _add_settings(commands: Commands, common: list[Parser]) -> None:
    commands.add_parser("settings", help="what holds for all connections").fill = partial(_add_setting_verbs, common)


def _add_setting_verbs(common: list[Parser], settings: Parser) -> None:
    verbs = settings.add_subparsers(required=True, metavar="VERB")
    for verb, what in {"show": "all settings", "set": "change some"}.items():
        parser = verbs.add_parser(verb, parents=common, help=what)
        parser.set_defaults(handler=_settings, verb=verb, needs_home=True)
    verbs.choices["set"].add_argument("sets", nargs="+", metavar="KEY=VALUE")


def _add_organizations(commands: Commands, common: list[Parser]) -> None:
    commands.add_parser("organizations", help="whose data this is").fill = partial(_add_organization_verbs, common)


def _add_organization_verbs(common: list[Parser], organizations: Parser) -> None:
    verbs = organizations.add_subparsers(required=True, metavar="VERB")
    told = {
        "list": "all that have data here",
        "add": "begin another one, with a database of its own",
        "rename": "give the open one another name",
        "switch": "open another one from now on",
    }
    for verb, what in told.items():
        parser = verbs.add_parser(verb, parents=common, help=what)
        parser.set_defaults(handler=_organizations, verb=verb, needs_home=True)
        if verb != "list":
            parser.add_argument("name", metavar="NAME")


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


def _roles(args: argparse.Namespace) -> int:
    from app.cli.roles import roles_command

    return roles_command(args)


def _settings(args: argparse.Namespace) -> int:
    from app.cli.settings import settings_command

    return settings_command(args)


def _organizations(args: argparse.Namespace) -> int:
    from app.cli.organizations import organizations_command

    return organizations_command(args)


def _list(args: argparse.Namespace) -> int:
    from app.cli.lists import list_table

    return list_table(args)
