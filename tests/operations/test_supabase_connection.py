"""A connection to a project that really answers: test, the session in the keyring, keys (supabase.md §1-§6, §11)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.demo.faults import Fault, FaultPlan
from app.demo.supabase.database import Relation, TableName
from app.demo.supabase.gateway import Standing
from app.demo.supabase.project import SupabaseProject
from app.demo.supabase.tokens import Signing
from app.demo.world import DemoWorld
from app.demonstration import connect_demo
from app.domain.connections import Connection, ConnectionStatus
from app.domain.health import Health, connection_health
from app.errors import UsageError
from app.operations.links import Links
from app.places import Home
from app.store import connections
from app.vault import MemoryKeyring
from app.workspace import Workspace
from tests.support.running import dump, run


class NoKeyringHere(MemoryKeyring):
    """A computer without a secret service."""

    def get_password(self, service: str, username: str) -> str | None:
        raise RuntimeError("no bus")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise RuntimeError("no bus")


STAGES = ["settings", "address", "sign_in", "rights", "data", "photos"]


@pytest.fixture
def project_world() -> Iterator[DemoWorld]:
    with DemoWorld(people=1, offices=1, terminals=2, workers=12) as world:
        yield world


@pytest.fixture
def project(project_world: DemoWorld) -> SupabaseProject:
    return project_world.supabase


@pytest.fixture
def told(project: SupabaseProject) -> dict[str, str]:
    """Address and credentials, as the demo tells them."""
    return project.describe()


@pytest.fixture
async def linked(workspace: Workspace, told: dict[str, str]) -> Workspace:
    """A workspace that knows the project and its user, not signed in yet."""
    await connect_demo(workspace, {"supabase": told})
    return workspace


async def create(workspace: Workspace, secrets: dict[str, str], **settings: str) -> Any:
    params = {"name": "supabase", "kind": "supabase", "settings": settings}
    return await run(workspace, "connections.create", params=params, secrets=secrets)


async def by_service_key(workspace: Workspace, told: dict[str, str], key: str = "") -> None:
    secrets = {"service_key": key or told["service_key"]}
    report = await create(workspace, secrets, url=told["url"], auth_mode="service_key")
    assert report.exit_code == 0


async def known(workspace: Workspace) -> Connection:
    (found,) = await workspace.store.read(connections.connections)
    return found


async def probed(workspace: Workspace) -> Any:
    return (await run(workspace, "connections.test", "supabase")).run.result


def kept(keyring: MemoryKeyring) -> dict[str, str]:
    """What the keyring holds, by the name of the secret."""
    return {account.partition(":")[2]: value for (_service, account), value in keyring._values.items()}


class TestTest:
    async def test_every_stage_has_its_tick_and_says_what_it_found(self, linked: Workspace) -> None:
        report = await run(linked, "connections.test", "supabase")
        result = report.run.result
        assert [(s["name"], s["ok"]) for s in result["stages"]] == [(name, True) for name in STAGES]
        details = result["details"]
        assert (details["account"], details["role"]) == ("pontaj@carpati.example", "device_admin")
        assert details["counts"]["angajati"] == 12
        assert details["counts"]["dispozitive_pontaj"] == 2
        assert (details["embed"], details["key_kind"], details["photos"]) == ("array", "publishable", "public")
        assert list(result["warnings"]) == ["The passwords of terminals are stored unencrypted in the project."]
        assert report.exit_code == 0

    async def test_a_service_key_works_and_is_warned_about(self, workspace: Workspace, told: dict[str, str]) -> None:
        await by_service_key(workspace, told)
        result = await probed(workspace)
        assert result["success"]
        assert result["details"]["key_kind"] == "secret"
        assert any(w.startswith("Full access key in use") for w in result["warnings"])

    async def test_a_legacy_key_is_told_to_end(
        self, workspace: Workspace, told: dict[str, str], project: SupabaseProject
    ) -> None:
        await by_service_key(workspace, told, project.gateway.legacy_service_key)
        result = await probed(workspace)
        assert result["success"]
        assert result["details"]["key_kind"] == "legacy_service_role"
        assert any("end of 2026" in w for w in result["warnings"])

    async def test_a_missing_grant_names_the_table(self, linked: Workspace, project: SupabaseProject) -> None:
        project.database.tables[TableName.DEVICES].granted.clear()
        report = await run(linked, "connections.test", "supabase")
        result = report.run.result
        assert result["stages"][-1] | {"duration_ms": 0} == {
            "name": "rights", "ok": False, "duration_ms": 0, "code": "supabase.table_right",
            "message": "Supabase gives no right to the table dispozitive_pontaj.",
        }  # fmt: skip
        assert (report.exit_code, result["category"]) == (5, "authentication_error")
        assert "grant and a policy" in result["remedy"]

    async def test_pitfall_3_a_missing_policy_is_a_warning(self, linked: Workspace, project: SupabaseProject) -> None:
        project.database.tables[TableName.EMPLOYEES].policy = False
        result = await probed(linked)
        assert result["success"]
        assert "0 rows visible in angajati: the table is empty, or a policy is missing." in result["warnings"]

    @pytest.mark.parametrize(
        ("relation", "form"),
        [(Relation.MANY, "array"), (Relation.ONE, "object"), (Relation.UNKNOWN, "separate"),
         (Relation.AMBIGUOUS, "separate")],
    )  # fmt: skip
    async def test_the_form_of_the_data(
        self, linked: Workspace, project: SupabaseProject, relation: Relation, form: str
    ) -> None:
        project.database.relation = relation
        result = await probed(linked)
        assert (result["success"], result["details"]["embed"]) == (True, form)

    async def test_a_private_bucket_is_read_by_signed_addresses(
        self, linked: Workspace, project: SupabaseProject
    ) -> None:
        project.storage.public = False
        assert (await probed(linked))["details"]["photos"] == "signed"

    async def test_without_any_photo_there_is_nothing_to_prove(
        self, linked: Workspace, project: SupabaseProject
    ) -> None:
        for row in project.biometrics:
            row["foto_fata_url"] = None
        assert (await probed(linked))["stages"][-1]["message"] == "No employee has a photo yet."

    async def test_photos_on_a_host_that_is_not_allowed_are_a_warning(
        self, linked: Workspace, project: SupabaseProject
    ) -> None:
        for row in project.biometrics:
            row["foto_fata_url"] = "https://elsewhere.example/1.jpg"
        result = await probed(linked)
        assert result["success"]
        assert "The photo lies on elsewhere.example, which is not allowed." in result["warnings"]

    async def test_an_older_project_publishes_no_keys_and_is_asked_itself(
        self, linked: Workspace, project: SupabaseProject
    ) -> None:
        project.tokens.signing = Signing.HS256
        assert (await probed(linked))["success"]
        assert [r for r in project.requests if r.path.startswith("/auth/v1/user")]

    async def test_its_shared_secret_is_used_where_it_is_known(
        self, linked: Workspace, project: SupabaseProject
    ) -> None:
        project.tokens.signing = Signing.HS256
        await run(linked, "connections.update", "supabase", secrets={"jwt_secret": project.tokens.shared_secret})
        assert (await probed(linked))["success"]
        assert not [r for r in project.requests if r.path.startswith("/auth/v1/user")]

    async def test_a_second_factor_is_explained(self, linked: Workspace, project: SupabaseProject) -> None:
        project.accounts.users[0].second_factor = True
        assert any("second factor" in w for w in (await probed(linked))["warnings"])

    async def test_pitfall_16_a_clock_that_is_off_is_named(self, linked: Workspace, project: SupabaseProject) -> None:
        project.tokens.clock_shift_s = 600
        report = await run(linked, "connections.test", "supabase")
        assert "this computer's clock is about 10 minutes behind its clock" in report.run.result["message"]
        assert report.run.result["details"]["clock_offset_s"] in range(595, 606)
        assert (report.exit_code, report.error.kind if report.error else "") == (4, "clock")

    @pytest.mark.parametrize(
        ("refused", "exit_code", "said"),
        [("user_banned", 5, "This account is blocked."), ("captcha_failed", 5, "captcha"),
         ("over_request_rate_limit", 4, "rate limit reached"), ("unexpected_failure", 4, "has a problem")],
    )  # fmt: skip
    async def test_a_refused_sign_in(
        self, linked: Workspace, project: SupabaseProject, refused: str, exit_code: int, said: str
    ) -> None:
        project.accounts.refuses = refused
        report = await run(linked, "connections.test", "supabase")
        assert report.run.result["stages"][-1]["name"] == "sign_in"
        assert said in report.run.result["message"]
        assert report.exit_code == exit_code

    async def test_a_paused_project_says_so_at_once(self, linked: Workspace, project: SupabaseProject) -> None:
        project.gateway.standing = Standing.PAUSED
        report = await run(linked, "connections.test", "supabase")
        assert (report.run.result["message"], report.exit_code) == ("The project is paused.", 4)

    async def test_a_wrong_key_is_told_at_the_sign_in(self, workspace: Workspace, told: dict[str, str]) -> None:
        await create(
            workspace, {"password": told["password"]},
            url=told["url"], email=told["email"], publishable_key="sb_publishable_wrong",
        )  # fmt: skip
        report = await run(workspace, "connections.test", "supabase")
        assert report.run.result["stages"][-1]["name"] == "sign_in"
        assert (report.exit_code, report.run.result["message"]) == (5, "Supabase does not accept the key.")

    async def test_missing_fields_are_named_and_nothing_is_sent(
        self, workspace: Workspace, told: dict[str, str], project: SupabaseProject
    ) -> None:
        await create(workspace, {}, url=told["url"], publishable_key="sb_publishable_x", email="a@example.ro")
        report = await run(workspace, "connections.test", "supabase")
        assert report.run.result["message"] == "Supabase credentials are not configured. Missing: password."
        assert (report.exit_code, project.requests) == (5, [])

    async def test_a_silent_project_ends_the_test_within_its_budget(
        self, linked: Workspace, project: SupabaseProject, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("app.operations.connection_test.BUDGET_S", 0.5)
        project.fault = FaultPlan(Fault.HANG, only="token")
        report = await run(linked, "connections.test", "supabase")
        assert (report.run.result["message"], report.exit_code) == ("No answer within 0.5 seconds.", 4)


class TestSession:
    async def test_after_the_sign_in_the_session_is_kept_and_the_password_is_gone(
        self, linked: Workspace, keyring: MemoryKeyring
    ) -> None:
        assert set(kept(keyring)) == {"password"}
        await run(linked, "people.sync")
        assert set(kept(keyring)) == {"refresh_token"}
        connection = await known(linked)
        assert connection.secrets == ("refresh_token",)
        assert connection.missing_fields() == ()
        assert connection_health(connection, ()).health is Health.CONNECTED

    async def test_another_program_goes_on_with_it(self, linked: Workspace, project: SupabaseProject) -> None:
        project.accounts.reuse_s = 0  # a second use of a refresh token ends the session at once
        await run(linked, "people.sync")
        other = Links(linked.vault, linked.store, linked.audit)
        for _time in range(2):
            await (await other.supabase(await known(linked))).employees()
            await other.close()
            await linked.links.close()
            assert (await run(linked, "people.sync")).exit_code == 0

    async def test_a_test_and_a_run_take_turns(self, linked: Workspace, project: SupabaseProject) -> None:
        project.accounts.reuse_s = 0
        await run(linked, "people.sync")
        await linked.links.close()
        work = [run(linked, name, "supabase") for name in ("people.sync", "connections.test", "connections.test")]
        assert [report.exit_code for report in await asyncio.gather(*work)] == [0, 0, 0]

    async def test_pitfall_8_an_ended_session_asks_for_a_new_sign_in(
        self, linked: Workspace, project: SupabaseProject
    ) -> None:
        await run(linked, "people.sync")
        project.accounts.end_sessions()
        await linked.links.close()
        report = await run(linked, "people.sync")
        assert report.error is not None
        assert (report.exit_code, report.error.kind) == (5, "refused_sign_in")
        assert "enter the password" in report.error.remedy
        await run(linked, "connections.update", "supabase", secrets={"password": project.describe()["password"]})
        assert (await run(linked, "people.sync")).exit_code == 0

    async def test_a_password_of_the_environment_replaces_an_ended_session(
        self, linked: Workspace, project: SupabaseProject, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await run(linked, "people.sync")
        project.accounts.end_sessions()
        await linked.links.close()
        monkeypatch.setenv("MUSTER_SECRET_SUPABASE_PASSWORD", project.describe()["password"])
        assert (await run(linked, "people.sync")).exit_code == 0

    async def test_without_keyring_the_password_of_the_environment_is_enough(
        self, home: Home, told: dict[str, str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with await Workspace.open(home, keyring=NoKeyringHere()) as workspace:
            settings = {key: told[key] for key in ("url", "publishable_key", "email")}
            await create(workspace, {}, **settings)
            assert (await run(workspace, "people.sync")).exit_code == 5
            monkeypatch.setenv("MUSTER_SECRET_SUPABASE_PASSWORD", told["password"])
            for _time in range(2):
                assert (await run(workspace, "people.sync")).exit_code == 0
            assert (await known(workspace)).secrets == ()

    async def test_another_account_or_project_begins_anew(self, linked: Workspace, keyring: MemoryKeyring) -> None:
        await run(linked, "people.sync")
        await run(linked, "connections.update", "supabase", params={"settings": {"email": "b@example.ro"}})
        assert kept(keyring) == {}
        assert [f.key for f in (await known(linked)).missing_fields()] == ["password"]

    async def test_other_settings_leave_the_session_alone(self, linked: Workspace, keyring: MemoryKeyring) -> None:
        await run(linked, "people.sync")
        await run(linked, "connections.update", "supabase", params={"settings": {"page_size": "7"}, "name": "Carpati"})
        assert set(kept(keyring)) == {"refresh_token"}
        assert (await run(linked, "people.sync")).exit_code == 0

    async def test_removing_the_connection_removes_the_session(self, linked: Workspace, keyring: MemoryKeyring) -> None:
        await run(linked, "people.sync")
        await run(linked, "connections.delete", "supabase")
        assert kept(keyring) == {}

    async def test_no_secret_is_in_the_database_or_the_results(
        self, linked: Workspace, told: dict[str, str], keyring: MemoryKeyring
    ) -> None:
        result = await probed(linked)
        text = "\n".join(await dump(linked)) + str(result)
        for secret in (told["password"], told["service_key"], *kept(keyring).values()):
            assert secret not in text


class TestTry:
    async def test_typed_values_are_tested_and_the_session_is_ended(
        self, workspace: Workspace, told: dict[str, str], keyring: MemoryKeyring, project: SupabaseProject
    ) -> None:
        settings = {key: told[key] for key in ("url", "publishable_key", "email")}
        params = {"kind": "supabase", "settings": settings}
        report = await run(workspace, "connections.try", params=params, secrets={"password": told["password"]})
        assert report.exit_code == 0
        assert kept(keyring) == {}
        assert [r.path for r in project.requests if "logout" in r.path] == ["/auth/v1/logout?scope=local"]

    async def test_the_session_of_one_account_is_not_tried_on_another(
        self, linked: Workspace, told: dict[str, str], project: SupabaseProject
    ) -> None:
        await run(linked, "people.sync")
        project.forget_requests()
        settings = {key: told[key] for key in ("url", "publishable_key")} | {"email": "b@example.ro"}
        params = {"kind": "supabase", "settings": settings, "connection": (await known(linked)).id}
        report = await run(linked, "connections.try", params=params)
        assert report.run.result["message"] == "Supabase credentials are not configured. Missing: password."
        assert project.requests == []


class TestKeysInTheRightField:
    @pytest.mark.parametrize("key", ["sb_secret_planted", "legacy"])
    async def test_a_full_access_key_is_refused_wherever_it_is_no_secret(
        self, workspace: Workspace, project: SupabaseProject, key: str
    ) -> None:
        planted = project.gateway.legacy_service_key if key == "legacy" else key
        for field in ("publishable_key", "email", "photo_bucket"):
            with pytest.raises(UsageError, match="full access key") as refused:
                await create(workspace, {}, **{field: planted})
            assert planted not in refused.value.message + refused.value.remedy
        assert planted not in "\n".join(await dump(workspace))

    @pytest.mark.parametrize(
        ("secret", "value", "said"),
        [
            ("service_key", "sb_publishable_x", "This is the publishable key"),
            ("service_key", "anon", "This is the publishable key"),
            ("jwt_secret", "sb_secret_x", "This is a key, not the secret"),
            ("jwt_secret", "anon", "This is a key, not the secret"),
        ],
    )
    async def test_a_key_in_the_wrong_secret_field(
        self, workspace: Workspace, project: SupabaseProject, secret: str, value: str, said: str
    ) -> None:
        planted = project.gateway.legacy_anon_key if value == "anon" else value
        report = await create(workspace, {secret: planted}, auth_mode="service_key")
        assert report.error is not None
        assert (report.exit_code, said in report.error.message) == (2, True)

    async def test_a_wrong_key_of_the_environment_is_refused_before_anything_is_sent(
        self, workspace: Workspace, told: dict[str, str], project: SupabaseProject, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("MUSTER_SECRET_SUPABASE_SERVICE_KEY", "sb_publishable_x")
        await create(workspace, {}, url=told["url"], auth_mode="service_key")
        report = await run(workspace, "people.sync")
        assert (report.exit_code, project.requests) == (5, [])

    async def test_the_service_key_is_forgotten_when_a_user_signs_in_instead(
        self, workspace: Workspace, told: dict[str, str], keyring: MemoryKeyring
    ) -> None:
        await by_service_key(workspace, told)
        assert (await known(workspace)).full_access
        await run(workspace, "connections.update", "supabase", params={"settings": {"auth_mode": "user"}})
        assert kept(keyring) == {}
        assert not (await known(workspace)).full_access

    async def test_a_secret_of_the_other_sign_in_is_not_stored_and_said(
        self, workspace: Workspace, told: dict[str, str], keyring: MemoryKeyring
    ) -> None:
        report = await create(workspace, {"service_key": told["service_key"]}, url=told["url"])
        assert kept(keyring) == {}
        assert list(report.run.warnings) == [
            "The secret service_key is of no use with these settings, so it was not stored."
        ]

    async def test_an_unknown_way_to_sign_in_is_refused(self, workspace: Workspace) -> None:
        report = await create(workspace, {}, auth_mode="magic")
        assert report.exit_code == 2


class TestStatus:
    async def test_the_status_is_known_without_asking_the_project(
        self, linked: Workspace, project: SupabaseProject
    ) -> None:
        await probed(linked)
        project.forget_requests()
        status = (await run(linked, "connections.status", "supabase")).run.result
        assert project.requests == []
        assert (status["configured"], status["connected"], status["role"]) == (True, True, "device_admin")
        assert "installation_id" not in status

    async def test_a_connection_is_missing_what_its_sign_in_needs(self, workspace: Workspace) -> None:
        await create(workspace, {})
        assert [f.key for f in (await known(workspace)).missing_fields()] == [
            "url", "publishable_key", "email", "password",
        ]  # fmt: skip
        await run(workspace, "connections.update", "supabase", params={"settings": {"auth_mode": "service_key"}})
        assert [f.key for f in (await known(workspace)).missing_fields()] == ["url", "service_key"]
        assert (await known(workspace)).status is ConnectionStatus.ACTIVE


class TestImportEnv:
    async def imported(self, workspace: Workspace, folder: Path, **values: str) -> Any:
        file = folder / ".env"
        file.write_text("".join(f"{key}={value}\n" for key, value in values.items()), "utf-8")
        report = await run(workspace, "connections.import_env", params={"file": str(file)})
        assert report.error is None
        (made,) = report.run.result["connections"]
        return made

    async def test_a_user(self, workspace: Workspace, told: dict[str, str], tmp_path: Path) -> None:
        made = await self.imported(
            workspace, tmp_path, SUPABASE_URL=told["url"] + "/rest/v1/", SUPABASE_ANON_KEY="old",
            SUPABASE_PUBLISHABLE_KEY=told["publishable_key"], SUPABASE_EMAIL=told["email"],
            SUPABASE_PASSWORD=told["password"], SUPABASE_SERVICE_ROLE_KEY=told["service_key"],
            SUPABASE_JWT_SECRET="a-shared-secret-of-at-least-32-bytes",
        )  # fmt: skip
        assert (made["name"], made["settings"]) == (
            "supabase",
            {"url": told["url"], "publishable_key": told["publishable_key"], "email": told["email"]},
        )
        assert made["secrets"] == {"password": True, "service_key": False, "jwt_secret": True}

    async def test_a_service_key_without_a_user(
        self, workspace: Workspace, told: dict[str, str], tmp_path: Path
    ) -> None:
        made = await self.imported(
            workspace, tmp_path, SUPABASE_URL=told["url"], SUPABASE_ANON_KEY=told["publishable_key"],
            SUPABASE_SERVICE_ROLE_KEY=told["service_key"],
        )  # fmt: skip
        assert made["settings"]["auth_mode"] == "service_key"
        assert (await probed(workspace))["success"]
