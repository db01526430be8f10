"""Secrets in the keyring and nowhere else (connections.md §5.1; command-line.md, Common)."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
import time

import keyring.errors
import pytest
from hypothesis import given
from hypothesis import strategies as st

import app.vault as vault_module
from app.errors import NoKeyring
from app.redaction import MASK, redact
from app.vault import SERVICE, MemoryKeyring, Vault, environment_name
from tests.support.command import ROOT
from tests.support.records import connection

CONNECTION = connection()
ACCOUNT = f"{CONNECTION.id}:access_key"


@pytest.fixture
def vault(keyring: MemoryKeyring) -> Vault:
    return Vault(keyring)


async def keep(vault: Vault, value: str) -> str:
    await vault.set(CONNECTION.id, "access_key", value)
    return await vault.get(CONNECTION, "access_key")


class TestKeeping:
    async def test_a_secret_comes_back(self, vault: Vault, keyring: MemoryKeyring) -> None:
        assert await keep(vault, "planted") == "planted"
        assert keyring._values == {(SERVICE, ACCOUNT): "planted"}

    async def test_nothing_kept_is_an_empty_text(self, vault: Vault) -> None:
        assert await vault.get(CONNECTION, "access_key") == ""

    @pytest.mark.parametrize("length", [1, 999, 1000, 1001, 3000, 3001, 10_000])
    async def test_a_long_secret_is_spread_over_entries_that_windows_can_hold(
        self, vault: Vault, keyring: MemoryKeyring, length: int
    ) -> None:
        secret = "".join(chr(0x41 + n % 26) for n in range(length))
        assert await keep(vault, secret) == secret
        assert all(len(v.encode("utf-16-le")) <= 2560 for v in keyring._values.values())

    @pytest.mark.parametrize("secret", ["muster-parts:3", "muster-parts:", "muster-parts:" + "x" * 3000])
    async def test_a_secret_that_looks_like_our_own_marker(self, vault: Vault, secret: str) -> None:
        assert await keep(vault, secret) == secret

    @pytest.mark.parametrize(("first", "second"), [(5000, 10), (10, 5000), (5000, 2000), (2000, 5000)])
    async def test_another_value_leaves_nothing_of_the_first(
        self, vault: Vault, keyring: MemoryKeyring, first: int, second: int
    ) -> None:
        await keep(vault, "a" * first)
        assert await keep(vault, "b" * second) == "b" * second
        assert not any("a" * 5 in value for value in keyring._values.values())

    @pytest.mark.parametrize("length", [5, 5000])
    async def test_a_deleted_secret_leaves_nothing(self, vault: Vault, keyring: MemoryKeyring, length: int) -> None:
        await keep(vault, "a" * length)
        await vault.delete(CONNECTION.id, "access_key")
        await vault.delete(CONNECTION.id, "access_key")
        assert keyring._values == {}

    async def test_every_secret_it_meets_is_masked_from_then_on(self, vault: Vault) -> None:
        await keep(vault, "planted-in-the-vault")
        assert redact("got planted-in-the-vault") == f"got {MASK}"

    @given(secret=st.text(st.characters(exclude_categories=["Cs"]), max_size=2500))
    def test_any_text(self, secret: str) -> None:
        vault = Vault(MemoryKeyring())
        vault._set("account", secret)
        assert vault._get("account") == secret


class TestEnvironment:
    @pytest.mark.parametrize(
        ("name", "variable"),
        [
            ("vitec", "MUSTER_SECRET_VITEC_ACCESS_KEY"),
            ("Vitec Øst-2", "MUSTER_SECRET_VITEC__ST_2_ACCESS_KEY"),
        ],
    )
    def test_the_name_of_the_variable(self, name: str, variable: str) -> None:
        assert environment_name(name, "access_key") == variable

    async def test_it_wins_over_the_keyring_and_is_never_stored(
        self, vault: Vault, keyring: MemoryKeyring, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await keep(vault, "from-the-keyring")
        monkeypatch.setenv("MUSTER_SECRET_VITEC_ACCESS_KEY", "from-the-environment")
        assert await vault.get(CONNECTION, "access_key") == "from-the-environment"
        assert "from-the-environment" not in keyring._values.values()
        assert redact("from-the-environment") == MASK

    async def test_an_empty_variable_is_none(self, vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
        await keep(vault, "from-the-keyring")
        monkeypatch.setenv("MUSTER_SECRET_VITEC_ACCESS_KEY", "")
        assert await vault.get(CONNECTION, "access_key") == "from-the-keyring"

    async def test_with_it_no_keyring_is_asked(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("MUSTER_SECRET_VITEC_ACCESS_KEY", "planted")
        assert await Vault(Refusing(RuntimeError("no"))).get(CONNECTION, "access_key") == "planted"

    def test_which_secrets_are_set_is_known_without_asking(self, monkeypatch: pytest.MonkeyPatch) -> None:
        vault = Vault(Refusing(RuntimeError("no")))
        assert vault.known_secrets(CONNECTION) == ("access_key",)
        assert vault.known_secrets(connection(secrets=())) == ()
        monkeypatch.setenv("MUSTER_SECRET_VITEC_ACCESS_KEY", "planted")
        assert vault.known_secrets(connection(secrets=())) == ("access_key",)


class Refusing:
    """A back end that raises."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def get_password(self, service: str, username: str) -> str | None:
        raise self.error

    def set_password(self, service: str, username: str, password: str) -> None:
        raise self.error

    def delete_password(self, service: str, username: str) -> None:
        raise self.error


class Forgetful(MemoryKeyring):
    """A back end that takes values and loses them."""

    def set_password(self, service: str, username: str, password: str) -> None:
        pass


class LosesParts(MemoryKeyring):
    """A back end that keeps only the short entries."""

    def set_password(self, service: str, username: str, password: str) -> None:
        if "#1" not in username:
            super().set_password(service, username, password)


class TestTrouble:
    @pytest.mark.parametrize(
        ("error", "message"),
        [
            (keyring.errors.KeyringLocked("Failed to unlock"), "The keyring is locked."),
            (keyring.errors.InitError("no bus"), "The keyring cannot be used: no bus"),
            (keyring.errors.PasswordSetError("quota"), "The keyring cannot be used: quota"),
            (OSError("(1783, 'CredWrite', 'bad data')"), "The keyring cannot be used: (1783, 'CredWrite', 'bad data')"),
            (RuntimeError(), "The keyring cannot be used: RuntimeError"),
        ],
        ids=lambda v: type(v).__name__,
    )
    async def test_whatever_the_back_end_raises_is_explained(self, error: Exception, message: str) -> None:
        vault = Vault(Refusing(error))
        for attempt in (keep(vault, "planted"), vault.get(CONNECTION, "access_key"), vault.delete("c", "k")):
            with pytest.raises(NoKeyring) as refused:
                await attempt
            assert (refused.value.message, refused.value.exit_code) == (message, 5)
            assert refused.value.remedy
        assert await vault.problem() == message

    @pytest.mark.parametrize(("backend", "length"), [(Forgetful(), 10), (Forgetful(), 5000), (LosesParts(), 5000)])
    async def test_a_back_end_that_loses_values_is_noticed_at_once(self, backend: MemoryKeyring, length: int) -> None:
        with pytest.raises(NoKeyring):
            await keep(Vault(backend), "x" * length)

    async def test_a_refused_new_secret_leaves_the_old_one(
        self, vault: Vault, keyring: MemoryKeyring, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await keep(vault, "old-secret")

        def full(*_args: str) -> None:
            raise OSError("full")

        with monkeypatch.context() as patched:
            patched.setattr(keyring, "set_password", full)
            with pytest.raises(NoKeyring):
                await keep(vault, "new-secret")
        assert await vault.get(CONNECTION, "access_key") == "old-secret"

    async def test_an_unlock_prompt_that_nobody_answers_ends(self, monkeypatch: pytest.MonkeyPatch) -> None:
        answered = threading.Event()

        class Waiting(MemoryKeyring):
            def get_password(self, service: str, username: str) -> str | None:
                answered.wait(10)
                return None

        monkeypatch.setattr(vault_module, "_PATIENCE_S", 0.05)
        try:
            with pytest.raises(NoKeyring, match="The keyring did not answer."):
                await Vault(Waiting()).get(CONNECTION, "access_key")
        finally:
            answered.set()

    async def test_a_keyring_that_works_has_no_problem(self, vault: Vault) -> None:
        assert await vault.problem() == ""


ASK = """
import asyncio
from app.vault import Vault
print(asyncio.run(Vault().problem()))
"""
ASK_A_SILENT_ONE = """
import asyncio, time
import app.vault
class Silent(app.vault.MemoryKeyring):
    def get_password(self, service, username):
        time.sleep(600)
app.vault._PATIENCE_S = 0.05
print(asyncio.run(app.vault.Vault(Silent()).problem()))
"""


class SlowKeyring(MemoryKeyring):
    """Answers when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.may_answer = threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        self.may_answer.wait(5)
        return super().get_password(service, username)


async def test_cancelling_holds_even_when_the_answer_comes_at_the_same_moment() -> None:
    keyring = SlowKeyring()
    asking = asyncio.create_task(Vault(keyring).get(CONNECTION, "access_key"))  # noqa: TID251 - the test cancels it
    await asyncio.sleep(0.05)
    keyring.may_answer.set()
    time.sleep(0.05)  # the answer now waits for the loop, in front of the cancel
    asyncio.get_running_loop().call_soon(asking.cancel)
    with pytest.raises(asyncio.CancelledError):
        await asking


def told(program: str, **environment: str) -> str:
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, timeout=30, check=True,
        env={**os.environ, **environment},
    )  # fmt: skip
    return ended.stdout.strip()


class TestTheSystemsChoice:
    @pytest.mark.parametrize("backend", ["keyring.backends.null.Keyring", "keyring.backends.fail.Keyring"])
    def test_no_back_end(self, backend: str) -> None:
        assert told(ASK, PYTHON_KEYRING_BACKEND=backend) == "This system offers no keyring for secrets."

    @pytest.mark.parametrize(
        "backend",
        [
            "no.such.Keyring",
            "keyring.backends.null.Nothing",
            "nonsense",
            "keyring.backends.Windows.WinVaultKeyring",
        ],
    )
    def test_a_chosen_back_end_that_does_not_exist_or_run_here(self, backend: str) -> None:
        if sys.platform == "win32":
            pytest.skip("one of them does run here")
        assert told(ASK, PYTHON_KEYRING_BACKEND=backend).startswith("The chosen keyring cannot be used: ")

    def test_a_silent_keyring_does_not_keep_the_program_from_ending(self) -> None:
        assert told(ASK_A_SILENT_ONE) == "The keyring did not answer."
