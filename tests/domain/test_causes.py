"""The catalogue of causes is whole: whatever a refusal table, an error or a rule can name is in it, and told fully."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

import app
from app.connectors.hikvision import catalogue as terminal_codes
from app.connectors.mysql import refusals as mysql
from app.connectors.supabase import refusals as supabase
from app.domain import directory_plans
from app.domain.causes import (
    ALL,
    CAUSES,
    Cause,
    cause_of_error,
    cause_of_outcome,
    device_code,
    record_code,
    remedy_of,
    row_code,
    webhook_code,
)
from app.domain.customers import DatabaseStatus
from app.domain.exchange.problems import Rule
from app.domain.onec_schedules import ShiftProblem
from app.domain.onec_shift_rows import ShiftRule
from app.domain.onec_worked import NOT_BEGUN, NOT_OVER
from app.domain.outcomes import Action, RunError, Status
from app.domain.supabase import RecordProblem
from app.domain.terminal_answers import AnswerClass
from app.domain.webhooks.error_codes import ErrorCode
from app.errors import ErrorKind, Held, MusterError, RefusedSignIn
from app.store import refusals as database
from tests.support.outcomes import failed, outcome, unchanged

ROOT = Path(app.__file__).parent


def error_classes() -> list[type[MusterError]]:
    """Every class of the family, wherever it is made."""
    for module in pkgutil.walk_packages(app.__path__, "app."):
        if not module.name.endswith("__main__") and ".demo" not in module.name:
            importlib.import_module(module.name)

    def below(kind: type[MusterError]) -> Iterator[type[MusterError]]:
        yield kind
        for child in kind.__subclasses__():
            yield from below(child)

    return list(below(MusterError))


def written_codes() -> Iterator[tuple[str, str]]:
    """Every code that the program's source gives to an error or an outcome as a word of its own, with its file."""
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and _made(node) in _MAKERS:
                for keyword in node.keywords:
                    if keyword.arg == "code" and isinstance(keyword.value, ast.Constant):
                        yield str(keyword.value.value), f"{path.name}:{node.lineno}"


_MAKERS = {"Outcome", "RunError", "Face"} | {kind.__name__ for kind in error_classes()}


def _made(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


class TestEveryCodeIsInTheCatalogue:
    @pytest.mark.parametrize("kind", error_classes(), ids=lambda kind: kind.__name__)
    def test_of_every_class_of_errors(self, kind: type[MusterError]) -> None:
        assert kind.code in CAUSES

    def test_of_every_code_that_the_source_gives_to_an_error_or_an_outcome(self) -> None:
        assert [(code, where) for code, where in written_codes() if code and code not in CAUSES] == []

    def test_of_every_kind_of_error_and_every_way_not_to_go_well(self) -> None:
        assert {kind.value for kind in ErrorKind} <= set(CAUSES)
        assert {status.value for status in Status if status is not Status.SUCCESS} <= set(CAUSES)

    def test_of_mysql_and_none_that_it_never_names(self) -> None:
        named = {f"mysql.{name}" for name, _kind in mysql._BY_NUMBER.values()}
        assert named == {code for code in CAUSES if code.startswith("mysql.")}

    def test_of_the_database_and_none_that_it_never_names(self) -> None:
        assert {f"database.{name}" for name in database._KINDS} == {c for c in CAUSES if c.startswith("database.")}

    def test_of_supabase_and_none_that_it_never_names(self) -> None:
        tables = (supabase._REST, supabase._SIGN_IN, supabase._STORAGE, supabase._GATEWAY)
        named = {rule.code for rule in chain.from_iterable(table.values() for table in tables)}
        named |= {kind.code for kind in error_classes() if kind.__module__ == supabase.__name__}
        assert named | {"supabase.no_key"} == {code for code in CAUSES if code.startswith("supabase.")}

    def test_of_1c_and_the_contact_centre(self) -> None:
        own = {kind.code for kind in error_classes() if kind.__module__.endswith(("onec.refusals", "center.refusals"))}
        assert own <= set(CAUSES)
        assert len([code for code in own if code.startswith("onec.")]) == 9
        assert {"cc.no_data", "cc.bad_parameter"} <= own

    def test_of_everything_a_terminal_says(self) -> None:
        entries = chain(terminal_codes.CATALOGUE.values(), terminal_codes._BY_STATUS_CODE.values())
        said = {entry.kind for entry in entries} | set(AnswerClass)
        assert {device_code(kind) for kind in said - {AnswerClass.OK}} <= set(CAUSES)

    def test_of_every_rule_of_rows_and_shifts(self) -> None:
        rules = {*Rule, *ShiftRule, *ShiftProblem, NOT_OVER, NOT_BEGUN}
        assert {row_code(rule) for rule in rules} <= set(CAUSES)

    def test_of_every_reason_for_which_records_are_left_out(self) -> None:
        reasons = {*RecordProblem, *directory_plans._LEFT_OUT, *(s.value for s in DatabaseStatus if s.failed)}
        assert {record_code(reason) for reason in reasons} <= set(CAUSES)
        assert record_code("missing_office:4711") in CAUSES

    def test_of_every_error_of_a_delivery(self) -> None:
        assert {webhook_code(code) for code in ErrorCode} == {code for code in CAUSES if code.startswith("webhook.")}


class TestEveryEntry:
    def test_is_there_once(self) -> None:
        assert len(ALL) == len(CAUSES)

    @pytest.mark.parametrize("cause", ALL, ids=lambda cause: cause.code)
    def test_tells_title_cause_effect_and_remedy(self, cause: Cause) -> None:
        assert cause.title
        assert not cause.title.endswith(".")
        for sentence in (cause.cause, cause.effect, cause.remedy):
            assert sentence[:1].isupper() or sentence[:1].isdigit()
            assert sentence.endswith(".")
            assert "{" not in sentence


class TestFindingACause:
    def test_of_an_outcome_by_its_code(self) -> None:
        assert cause_of_outcome(failed(code="device.capacity")) is CAUSES["device.capacity"]

    def test_of_one_that_names_none_by_how_it_went(self) -> None:
        assert cause_of_outcome(failed()) is CAUSES["fatal"]
        conflict = outcome(status=Status.SKIPPED, action=Action.CONFLICT)
        assert cause_of_outcome(conflict) is CAUSES["record.conflict"]

    def test_none_of_what_went_well(self) -> None:
        assert cause_of_outcome(outcome()) is None
        assert cause_of_outcome(unchanged()) is None

    def test_of_a_run_by_its_code_then_its_kind_then_as_a_fault(self) -> None:
        assert cause_of_error(RunError("unreachable", "x", code="circuit_open")) is CAUSES["circuit_open"]
        assert cause_of_error(RunError("held", "x")) is CAUSES["held"]
        assert cause_of_error(RunError("never heard of", "x")) is CAUSES["unexpected"]

    def test_there_is_always_a_remedy(self) -> None:
        assert remedy_of(Held("Too many left.", "Look at the list.")) == "Look at the list."
        assert remedy_of(Held("Too many left.")) == CAUSES["held"].remedy
        assert remedy_of(RunError("forbidden", "No.")) == CAUSES["forbidden"].remedy

    def test_an_error_keeps_its_code_when_its_part_is_named(self) -> None:
        assert RefusedSignIn("No.", code="supabase.user_banned").within("Photos:").code == "supabase.user_banned"
        assert Held("No.").code == "held"
