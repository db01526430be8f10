"""Customers from a CETEC that really answers, checked on a MySQL server that really answers (cetec-mysql.md §3-§9)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from app.demo.faults import Fault, FaultPlan
from app.demo.mysql.faults import MysqlFault, MysqlFaultPlan
from app.demo.world import DemoWorld
from app.demonstration import connect_demo
from app.domain.customers import COUNTERS, Customer, CustomerStatus, DatabaseStatus
from app.domain.outcomes import Action, RunState, Status
from app.errors import ErrorKind, ExitCode
from app.events import CustomersChanged, RunProgress
from app.operations.runner import Report, Request
from app.store import customers as stored
from app.store.attempts import attempts_of
from app.workspace import Workspace
from tests.support.customers import customer, customers_world, serve
from tests.support.running import dump, run

HOLDING = {"usage_stats", "others"}
S = DatabaseStatus


@pytest.fixture
def firm() -> Iterator[DemoWorld]:
    """Six customers of every sort; the first has its database."""
    world = customers_world()
    serve(
        world,
        [
            customer(1, "acme"),
            customer(2, "Missing_one"),
            customer(3, "resident.example", resident_hosting=1),
            customer(4, "secret-itar", itar_hosting_bc="ITAR - GovCloud"),
            customer(5, "undefined"),
            customer(6, "tableless"),
            customer(7, "unbilled", ok_to_bill=0),
        ],
        {"acme": HOLDING, "tableless": {"others"}, "secret-itar": HOLDING, "missingXone": HOLDING},
    )
    with world:
        yield world


@pytest.fixture
async def linked(workspace: Workspace, firm: DemoWorld) -> Workspace:
    await connect_demo(workspace, {k: v for k, v in firm.describe().items() if k in {"cetec", "mysql"}})
    return workspace


async def sync(workspace: Workspace, *, dry_run: bool = False, **params: Any) -> Report:
    return await run(workspace, "customers.sync", params=params, dry_run=dry_run)


async def change(workspace: Workspace, connection: str, **settings: Any) -> None:
    report = await run(workspace, "connections.update", connection, params={"settings": settings})
    assert report.error is None, report.error


async def everybody(workspace: Workspace) -> dict[str, Customer]:
    return {c.id: c for c in await workspace.store.read(stored.customers)}


class TestSync:
    async def test_every_billed_customer_arrives_with_its_answer(self, linked: Workspace) -> None:
        report = await sync(linked)
        here = await everybody(linked)
        assert {c.id: c.database_status for c in here.values()} == {
            "1": S.EXISTS, "2": S.NO_DATABASE, "3": S.RESIDENT_HOSTING, "4": S.ITAR_HOSTING, "5": S.INVALID_DOMAIN,
            "6": S.NO_DATABASE,
        }  # fmt: skip
        assert here["2"].database_detail == "database_missing"
        assert here["6"].database_detail == "table_missing"
        assert report.exit_code is ExitCode.DONE
        assert len(report.outcomes) == 6

    async def test_the_result_is_the_object_that_its_users_know(self, linked: Workspace) -> None:
        result = (await sync(linked)).run.result
        first = result["customers"][0]
        assert first["id"] == 1
        assert (first["domain"], first["database_exists"], first["ok_to_bill"]) == ("acme", True, 1)
        assert (first["itar_hosting_bc"], first["num_prod_users"], first["lastPulled"]) == (False, 10, None)
        assert "techx_password" not in first
        about = result["metadata"]
        assert (about["total_customers"], about["mysql_status"], about["mysql_enabled"]) == (6, "completed", True)
        assert about["processing_steps"] == {
            "api_fetch": "completed", "billing_filter": "completed", "mysql_enrichment": "completed",
        }  # fmt: skip
        summary = dict(about["summary"])
        assert summary.pop("total_customers") == sum(summary.values()) == 6
        assert summary.keys() == COUNTERS.keys()
        assert about["timestamp"].endswith("Z")

    async def test_an_itar_customer_is_never_named_in_a_question(self, linked: Workspace, firm: DemoWorld) -> None:
        await sync(linked)
        assert not [q for q in firm.mysql.questions if "secret-itar" in q.sql]

    async def test_a_wildcard_in_a_name_is_a_letter(self, linked: Workspace) -> None:
        await sync(linked)
        assert (await everybody(linked))["2"].database_status is S.NO_DATABASE

    async def test_customers_are_there_before_their_statuses_are(self, linked: Workspace, firm: DemoWorld) -> None:
        seen: list[set[DatabaseStatus | None]] = []
        tasks: list[asyncio.Task[None]] = []

        async def look() -> None:
            seen.append({c.database_status for c in await linked.store.read(stored.customers)})

        firm.mysql.fault = MysqlFaultPlan(MysqlFault.SLOW, seconds=0.3)
        linked.events.subscribe(CustomersChanged, lambda _e: tasks.append(linked.tasks.start("look", look())))
        await sync(linked)
        await asyncio.gather(*tasks)
        assert seen[0] == {None}
        assert len(seen) >= 3

    async def test_progress_counts_customers(self, linked: Workspace) -> None:
        steps: list[tuple[int, int]] = []
        linked.events.subscribe(RunProgress, lambda e: steps.append((e.done, e.total)))
        await sync(linked)
        assert steps[-1] == (6, 6)

    async def test_a_dry_run_asks_and_stores_nothing(self, linked: Workspace) -> None:
        report = await sync(linked, dry_run=True)
        assert await everybody(linked) == {}
        assert [o.action for o in report.outcomes] == [Action.CREATE] * 6
        assert report.run.summary["existing_databases"] == 1

    async def test_a_second_sync_changes_nothing(self, linked: Workspace) -> None:
        await sync(linked)
        report = await sync(linked)
        assert {(o.status, o.action) for o in report.outcomes} == {(Status.SKIPPED, Action.UNCHANGED)}
        assert report.exit_code is ExitCode.DONE

    async def test_a_database_that_disappeared_is_news(self, linked: Workspace, firm: DemoWorld) -> None:
        await sync(linked)
        del firm.mysql.databases["acme"]
        report = await sync(linked)
        assert "The backup database of Customer 1 disappeared." in report.run.warnings
        (changed,) = [o for o in report.outcomes if o.action is Action.UPDATE]
        assert [(c.field, c.before, c.after) for c in changed.changes] == [("database_status", S.EXISTS, S.NO_DATABASE)]


class TestNarrowed:
    async def test_by_name(self, linked: Workspace) -> None:
        result = (await sync(linked, name="Customer 2")).run.result
        assert [c["name"] for c in result["customers"]] == ["Customer 2"]

    async def test_by_id_leaves_the_others_alone(self, linked: Workspace) -> None:
        await sync(linked)
        report = await sync(linked, id="1")
        assert report.run.summary["total_customers"] == 1
        assert all(c.missing_since is None for c in (await everybody(linked)).values())

    async def test_chosen_columns_bring_those_and_the_needed_ones_and_erase_nothing(self, linked: Workspace) -> None:
        await sync(linked)
        report = await sync(linked, columns="id,name,domain,priority_support")
        assert set(report.run.result["customers"][0]) == {
            "id", "name", "domain", "priority_support", "ok_to_bill", "resident_hosting", "itar_hosting_bc",
            "database_exists", "database_detail", "lastPulled",
        }  # fmt: skip
        assert (await everybody(linked))["1"].num_prod_users == 10
        assert report.run.summary["total_customers"] == 6


class TestBadDays:
    async def test_a_server_that_refuses_fails_checks_and_shows_customers(
        self, linked: Workspace, firm: DemoWorld
    ) -> None:
        await sync(linked)
        firm.mysql.fault = MysqlFaultPlan(MysqlFault.REFUSED)
        await linked.links.close()  # so that it has to sign in again
        report = await sync(linked)
        first = (await everybody(linked))["1"]
        assert (first.database_status, first.good_status) == (S.MYSQL_ERROR, S.EXISTS)
        assert first.good_at is not None
        assert report.run.result["metadata"]["mysql_status"] == "failed"
        assert report.exit_code is ExitCode.INCOMPLETE
        assert report.run.state is RunState.FINISHED
        assert not [w for w in report.run.warnings if "disappeared" in w]
        assert "look;only" not in repr(report)

    async def test_a_failed_check_never_looks_like_no_database(self, linked: Workspace, firm: DemoWorld) -> None:
        firm.mysql.fault = MysqlFaultPlan(MysqlFault.REFUSED)
        summary = (await sync(linked)).run.summary
        assert (summary["no_database"], summary["mysql_errors"]) == (0, 3)

    async def test_a_server_that_never_answers_is_given_up_and_others_are_told(
        self, linked: Workspace, firm: DemoWorld
    ) -> None:
        await change(linked, "mysql", query_timeout_s=0.3, batch_timeout_s=0.5, connect_timeout_s=1)
        firm.mysql.fault = MysqlFaultPlan(MysqlFault.HANG, containing="information_schema")
        async with asyncio.timeout(20):
            summary = (await sync(linked)).run.summary
        assert summary["batch_timeouts"] + summary["mysql_errors"] == 3
        assert summary["itar_hosting"] == 1

    async def test_without_a_mysql_connection_nothing_is_checked(self, linked: Workspace) -> None:
        await change(linked, "cetec", backups="")
        report = await sync(linked)
        assert (report.run.result["metadata"]["mysql_status"], report.exit_code) == ("disabled", ExitCode.DONE)
        assert report.run.summary["not_checked"] == 3

    @pytest.mark.parametrize("name", ["gone", "cetec"])
    async def test_a_name_that_is_no_mysql_connection_is_said(self, linked: Workspace, name: str) -> None:
        await change(linked, "cetec", backups=name)
        report = await sync(linked)
        assert f"There is no MySQL connection named {name}, so no database was checked." in report.run.warnings

    async def test_an_account_without_grants_is_a_warning_and_not_only_nos(
        self, linked: Workspace, firm: DemoWorld
    ) -> None:
        (account,) = [a for a in firm.mysql.describe()["accounts"] if a["user"] == "nogrants"]
        params = {"settings": {"user": "nogrants"}}
        await run(linked, "connections.update", "mysql", params=params, secrets={"password": account["password"]})
        report = await sync(linked)
        (warning,) = [w for w in report.run.warnings if "visible" in w]
        assert warning == "0 of 3 databases visible - check the grants of the MySQL account."

    async def test_a_refused_token_ends_the_run_and_touches_nothing(self, linked: Workspace, firm: DemoWorld) -> None:
        await sync(linked)
        firm.cetec.fault = FaultPlan(Fault.HTML)
        report = await sync(linked)
        assert report.error is not None
        assert report.error.kind in {ErrorKind.REFUSED_SIGN_IN, ErrorKind.BAD_DATA}
        assert len(await everybody(linked)) == 6

    async def test_an_empty_list_removes_nobody(self, linked: Workspace, firm: DemoWorld) -> None:
        await sync(linked)
        firm.cetec.customers.clear()
        report = await sync(linked)
        assert report.run.warnings
        assert report.exit_code is ExitCode.DONE
        assert all(c.missing_since is None for c in (await everybody(linked)).values())

    async def test_a_cancelled_check_keeps_customers_and_leaves_no_question_behind(
        self, linked: Workspace, firm: DemoWorld
    ) -> None:
        firm.mysql.fault = MysqlFaultPlan(MysqlFault.HANG, containing="information_schema")
        handle = await linked.runner.start(Request("customers.sync"))
        async with asyncio.timeout(10):
            while not await everybody(linked):
                await asyncio.sleep(0.02)
            handle.cancel()
            report = await handle.report()
        assert report.exit_code is ExitCode.CANCELLED
        assert len(await everybody(linked)) == 6

    async def test_a_stopped_run_is_taken_up_from_the_start(self, linked: Workspace, firm: DemoWorld) -> None:
        firm.cetec.fault = FaultPlan(Fault.SERVER_ERROR)
        stopped = await sync(linked)
        assert stopped.error is not None
        firm.cetec.fault = FaultPlan()
        again = await (await linked.runner.resume(stopped.run.run_id)).report()
        assert (again.run.run_id, again.run.state) == (stopped.run.run_id, RunState.FINISHED)
        assert len(again.outcomes) == 6


class TestWhoLeft:
    async def test_no_longer_billed_is_not_gone(self, linked: Workspace, firm: DemoWorld) -> None:
        await sync(linked)
        firm.cetec.customers[0]["ok_to_bill"] = 0
        report = await sync(linked)
        assert (await everybody(linked))["1"].status is CustomerStatus.NOT_BILLABLE
        assert report.run.reasons == {"not_billable": 1}
        assert report.run.summary["total_customers"] == 5

    async def test_gone_is_noted_and_only_a_person_switches_off(self, workspace: Workspace) -> None:
        world = customers_world()
        serve(world, [customer(n, f"d{n}") for n in range(1, 21)], {})
        with world:
            await connect_demo(workspace, {k: world.describe()[k] for k in ("cetec", "mysql")})
            await sync(workspace)
            del world.cetec.customers[0]
            report = await sync(workspace)
            assert "1 customer is no longer listed by CETEC." in report.run.warnings
            gone = (await everybody(workspace))["1"]
            assert gone.missing_since is not None
            assert gone.status is CustomerStatus.ACTIVE
            await run(workspace, "customers.deactivate", params={"customers": ["1"]})
            assert (await everybody(workspace))["1"].status is CustomerStatus.INACTIVE

    async def test_several_that_a_list_may_merely_lack_stay(self, linked: Workspace) -> None:
        await sync(linked)
        report = await run(linked, "customers.deactivate", params={"customers": ["1", "2"]})
        assert report.exit_code is ExitCode.HELD


class TestCheckAgain:
    async def test_one_customer_is_asked_about_again(self, linked: Workspace, firm: DemoWorld) -> None:
        await sync(linked)
        firm.mysql.databases["Missing_one"] = set(HOLDING)
        report = await run(linked, "customers.check", params={"customers": ["2"]})
        assert (await everybody(linked))["2"].database_status is S.EXISTS
        assert [o.action for o in report.outcomes] == [Action.UPDATE]

    async def test_itar_and_unmapped_residents_are_unavailable_then(self, linked: Workspace) -> None:
        await sync(linked)
        await run(linked, "customers.check", params={"customers": ["3", "4"]})
        here = await everybody(linked)
        assert (here["3"].database_status, here["4"].database_status) == (S.UNAVAILABLE, S.UNAVAILABLE)


class TestNames:
    async def test_residents_are_found_by_the_map(self, linked: Workspace, firm: DemoWorld) -> None:
        firm.mysql.databases["resident"] = set(HOLDING)
        await change(linked, "mysql", resident_map="Resident.Example=resident")
        await sync(linked)
        assert (await everybody(linked))["3"].database_status is S.EXISTS

    async def test_other_spellings_are_tried_when_that_is_switched_on(self, linked: Workspace, firm: DemoWorld) -> None:
        firm.cetec.customers[1]["domain"] = "my-firm.com"
        firm.mysql.databases["my_firm_com"] = set(HOLDING)
        await sync(linked)
        assert (await everybody(linked))["2"].database_status is S.NO_DATABASE
        await change(linked, "mysql", other_spellings=True)
        await sync(linked)
        found = (await everybody(linked))["2"]
        assert (found.database_status, found.database_detail) == (S.EXISTS, "my_firm_com")

    async def test_a_database_of_two_customers_is_said(self, linked: Workspace, firm: DemoWorld) -> None:
        firm.cetec.customers[1]["domain"] = "acme"
        report = await sync(linked)
        assert "The database acme belongs to several customers: Customer 1, Customer 2." in report.run.warnings


class TestSecrets:
    async def test_support_passwords_stay_in_memory_and_every_look_is_recorded(self, linked: Workspace) -> None:
        await sync(linked)
        held = await run(linked, "customers.look_at_password", params={"customer": "1"})
        assert held.exit_code is ExitCode.HELD
        await change(linked, "cetec", support_passwords=True)
        report = await sync(linked)
        looked = await run(linked, "customers.look_at_password", params={"customer": "1"})
        known = (await everybody(linked))["1"]
        assert linked.support_passwords.get(known.key) == "planted-1"
        assert looked.exit_code is ExitCode.DONE
        assert "planted-" not in repr((report, looked, vars(linked)))
        assert not [line for line in await dump(linked) if "planted-" in line]

    async def test_the_token_is_in_no_table_and_no_report(self, linked: Workspace, firm: DemoWorld) -> None:
        token = firm.describe()["cetec"]["preshared_token"]
        report = await sync(linked)
        assert token not in repr(report)
        assert not [line for line in await dump(linked) if token in line]


async def test_the_questions_to_mysql_stand_in_the_list_of_requests_too(linked: Workspace) -> None:
    report = await sync(linked)
    found = (await linked.store.read(attempts_of, report.run.run_id)).kept
    asked = [(each.method, each.url.rpartition("/")[2]) for each in found if each.url.startswith("mysql://")]
    assert asked[1:] == [
        ("SIGN IN", asked[0][1]), ("SELECT", "information_schema.SCHEMATA"), ("SELECT", "information_schema.TABLES"),
    ]  # fmt: skip
    assert asked[0][0] == "CONNECT"
    assert {each.method for each in found} > {"GET"}
    assert "acme" not in "".join(each.url + each.error for each in found)
