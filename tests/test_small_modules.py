"""Redaction, logs, settings, places, events, tasks, access: the small rooms."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from pathlib import Path

import pytest

from app.access import GRANTS, Permission, Role, demand
from app.errors import ErrorKind, ExitCode, Forbidden, MusterError
from app.events import EventBus
from app.logs import start_logging
from app.places import Home, resource
from app.redaction import MASK, RedactingFormatter, redact, register_basic, register_secret
from app.settings import Settings, SettingsFile, Theme
from app.tasks import Tasks


class TestErrors:
    def family(self, kind: type[MusterError] = MusterError) -> list[type[MusterError]]:
        return [kind, *(found for sub in kind.__subclasses__() for found in self.family(sub))]

    def test_every_kind_of_the_contract_is_an_error_of_the_family(self) -> None:
        assert {error.kind for error in self.family()} == set(ErrorKind)

    def test_every_exit_code_of_a_refusal_is_used(self) -> None:
        used = {error.exit_code for error in self.family()}
        assert used == set(ExitCode) - {ExitCode.DONE, ExitCode.INCOMPLETE}

    def test_within_names_the_part_and_keeps_everything_else(self) -> None:
        for kind in self.family():
            if kind.__name__ == "TerminalRefusal":  # made of a terminal's reply, never of a sentence alone
                continue
            error = kind("It broke.", "Mend it.", retry_after=3.0)
            inside = error.within("The offices:")
            assert (type(inside), inside.message, inside.remedy) == (kind, "The offices: It broke.", "Mend it.")
            assert (inside.retry_after, inside.exit_code) == (3.0, error.exit_code)

    @pytest.mark.parametrize(
        ("given", "shown"),
        [
            ("1C refuses what was sent: ", "1C refuses what was sent."),
            ("The token is not valid: .", "The token is not valid."),
            ("Supabase verbietet es :", "Supabase verbietet es."),
            ("1C failed: 500 ", "1C failed: 500"),
            ("1C error 409: no", "1C error 409: no"),
            ("Away.", "Away."),
            ("", ""),
        ],
    )
    def test_a_sentence_that_nothing_follows_ends(self, given: str, shown: str) -> None:
        error = MusterError(given)
        assert (error.message, str(error), error.within("a").message) == (shown, shown, f"a {shown}".rstrip())


class TestRedaction:
    def test_a_secret_is_masked_wherever_it_stands(self) -> None:
        register_secret("planted-one")
        assert redact("a planted-one, planted-one.") == f"a {MASK}, {MASK}."

    def test_the_longer_of_two_wins(self) -> None:
        register_secret("planted-two", "planted-two-and-more")
        assert redact("planted-two-and-more") == MASK

    def test_what_a_header_a_url_and_json_make_of_it_is_masked_too(self) -> None:
        register_basic("me", 'pl+nt"ed/ø')
        assert redact("Basic bWU6cGwrbnQiZWQvw7g=") == f"Basic {MASK}"
        assert redact("?key=pl%2Bnt%22ed%2F%C3%B8&x") == f"?key={MASK}&x"
        assert redact(json.dumps({"key": 'pl+nt"ed/ø'})) == '{"key": "' + MASK + '"}'

    def test_very_short_values_would_garble_everything(self) -> None:
        register_secret("", "a", "abc")
        assert redact("a abc abcd") == "a abc abcd"

    def test_a_traceback_is_masked(self) -> None:
        register_secret("planted-in-traceback")
        try:
            raise ValueError("planted-in-traceback")  # noqa: TRY301
        except ValueError:
            record = logging.LogRecord("x", logging.ERROR, "f", 1, "failed", None, sys.exc_info())
        assert "planted-in-traceback" not in RedactingFormatter().format(record)
        assert "ValueError" in RedactingFormatter().format(record)


@pytest.fixture
def root_logger() -> object:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    levels = {name: logging.getLogger(name).level for name in ("httpx", "httpcore")}
    yield root
    for handler in root.handlers[:]:
        if handler not in before:
            root.removeHandler(handler)
            handler.close()
    root.setLevel(level)
    for name, value in levels.items():
        logging.getLogger(name).setLevel(value)


class TestLogs:
    def log(self, home: Home) -> str:
        return (home.logs / "muster.log").read_text("utf-8")

    def test_information_and_above_goes_to_a_file_redacted(self, home: Home, root_logger: logging.Logger) -> None:
        register_secret("planted-in-log")
        start_logging(home)
        logging.getLogger("app.x").info("with planted-in-log")
        logging.getLogger("app.x").debug("not this")
        assert f"INFO app.x: with {MASK}" in self.log(home)
        assert "not this" not in self.log(home)

    @pytest.mark.parametrize(("level", "told"), [("DEBUG", True), ("debug", True), ("ERROR", False), ("loud", False)])
    def test_the_level_can_be_set_and_a_wrong_one_does_no_harm(
        self, home: Home, root_logger: logging.Logger, monkeypatch: pytest.MonkeyPatch, level: str, told: bool
    ) -> None:
        monkeypatch.setenv("LOG_LEVEL", level)
        start_logging(home)
        logging.getLogger("app.x").debug("a detail")
        assert ("a detail" in self.log(home)) is told

    def test_the_http_libraries_never_log_addresses(
        self, home: Home, root_logger: logging.Logger, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("LOG_LEVEL", "DEBUG")
        start_logging(home)
        logging.getLogger("httpx").info("GET https://hub?token=planted-token")
        logging.getLogger("httpcore.http11").debug("send planted-token")
        assert "planted-token" not in self.log(home)

    def test_a_folder_that_cannot_be_written_costs_the_log_not_the_program(
        self, home: Home, root_logger: logging.Logger, capsys: pytest.CaptureFixture[str]
    ) -> None:
        home.logs.write_text("in the way")
        start_logging(home)
        logging.getLogger("app.x").info("quiet")
        assert capsys.readouterr().err == ""


class TestSettings:
    def test_without_a_file_the_defaults_hold(self, home: Home) -> None:
        assert (SettingsFile(home.settings).values, home.settings.exists()) == (Settings(), False)

    def test_changes_are_kept(self, home: Home) -> None:
        SettingsFile(home.settings).change(theme=Theme.DARK, missing_limit_percent=20)
        again = SettingsFile(home.settings).values
        assert (again.theme, again.missing_limit_percent) == (Theme.DARK, 20)

    def test_unknown_keys_are_kept(self, home: Home) -> None:
        home.settings.write_text('{"theme": "dark", "from_the_future": {"a": 1}}')
        SettingsFile(home.settings).change(theme=Theme.LIGHT)
        assert json.loads(home.settings.read_text())["from_the_future"] == {"a": 1}

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"{",
            b"[]",
            b"null",
            b"\xff\xfe",
            b'{"theme": "purple"}',
            b'{"missing_limit_percent": "x"}',
            b'{"a":' + b"[" * 99_999,
        ],
    )
    def test_an_unreadable_file_is_put_aside_and_the_defaults_hold(self, home: Home, content: bytes) -> None:
        home.settings.write_bytes(content)
        file = SettingsFile(home.settings)
        assert file.values == Settings()
        assert file.problem.startswith("The settings file could not be read, so the defaults are in use: ")
        assert not home.settings.exists()
        assert home.settings.with_suffix(".unreadable.json").read_bytes() == content
        file.change(theme=Theme.DARK)
        assert SettingsFile(home.settings).problem == ""

    def test_a_folder_in_its_place_is_no_crash(self, home: Home) -> None:
        home.settings.mkdir()
        assert SettingsFile(home.settings).problem

    def test_a_crash_in_the_middle_leaves_the_old_file_whole(self, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
        file = SettingsFile(home.settings)
        file.change(theme=Theme.DARK)

        def crash(_source: object, _target: object) -> None:
            raise OSError("power cut")

        monkeypatch.setattr(Path, "replace", crash)
        with pytest.raises(OSError, match="power cut"):
            file.change(theme=Theme.LIGHT)
        assert SettingsFile(home.settings).values.theme is Theme.DARK
        assert file.values.theme is Theme.LIGHT


class TestPlaces:
    def test_home_is_the_argument_else_the_variable_else_the_platforms(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("MUSTER_HOME", str(tmp_path / "variable"))
        assert Home.find(str(tmp_path / "argument")).path == tmp_path / "argument"
        assert Home.find().path == tmp_path / "variable"
        monkeypatch.delenv("MUSTER_HOME")
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
        if sys.platform == "linux":
            assert Home.find().path == tmp_path / "data" / "Muster"

    @pytest.mark.skipif(sys.platform == "win32", reason="no such bits there")
    def test_a_new_home_is_its_owners_alone(self, tmp_path: Path) -> None:
        assert Home.find(str(tmp_path / "new" / "home")).path.stat().st_mode & 0o077 == 0

    def test_resources_are_found(self) -> None:
        assert resource("translations").name == "translations"


class TestAccess:
    def test_admin_includes_all_write_and_sync_include_read(self) -> None:
        assert GRANTS[Role.ADMINISTRATOR] == set(Permission)
        for grants in GRANTS.values():
            assert Permission.READ in grants

    def test_a_refusal_names_the_missing_permission(self) -> None:
        demand(Role.OPERATOR, Permission.WRITE)
        with pytest.raises(Forbidden, match=r"Your role \(viewer\) lacks the permission integrations.sync."):
            demand(Role.VIEWER, Permission.SYNC)


class TestEvents:
    def test_everybody_hears_events_of_the_subscribed_type_until_they_leave(self) -> None:
        bus, heard = EventBus(), list[object]()
        leave = bus.subscribe(str, heard.append)
        bus.publish("one")
        bus.publish(2)
        leave()
        bus.publish("three")
        assert heard == ["one"]

    def test_one_that_fails_does_not_keep_the_event_from_the_others(self, caplog: pytest.LogCaptureFixture) -> None:
        bus, heard = EventBus(), list[object]()

        def fail(_event: str) -> None:
            raise ValueError("deaf")

        bus.subscribe(str, fail)
        bus.subscribe(str, heard.append)
        bus.publish("one")
        assert heard == ["one"]
        assert "deaf" in caplog.text


class TestTasks:
    async def test_a_failure_nobody_waits_for_is_logged(self, caplog: pytest.LogCaptureFixture) -> None:
        async def fail() -> None:
            raise ValueError("unseen")

        tasks = Tasks()
        tasks.start("doomed", fail())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert "Task doomed failed" in caplog.text
        await tasks.close()

    async def test_closing_cancels_what_runs(self) -> None:
        tasks = Tasks()
        task = tasks.start("forever", asyncio.Event().wait())
        await tasks.close()
        assert task.cancelled()
