"""The profile of rights and the passcode that guards leaving a lower one (connections.md §2, app/profile.py)."""

from __future__ import annotations

import asyncio
import hashlib
import json
import time

import pytest

from app.access import Role
from app.errors import Busy, Forbidden, NoKeyring, UsageError
from app.places import Home
from app.profile import Profile
from app.redaction import redact
from app.settings import SettingsFile
from app.vault import SERVICE, MemoryKeyring, Vault
from tests.support.command import Muster

CODE = "correct horse"
ACCOUNT = "profile:guard"


class Broken(MemoryKeyring):
    """A keyring that does not answer."""

    def get_password(self, service: str, username: str) -> str | None:
        raise OSError("no session bus")


@pytest.fixture
def settings_file(home: Home) -> SettingsFile:
    return SettingsFile(home.settings)


def at_start(keyring: MemoryKeyring, settings_file: SettingsFile) -> Profile:
    """As a program that starts now sees it."""
    return Profile(Vault(keyring), SettingsFile(settings_file.path))


async def switch(profile: Profile, settings_file: SettingsFile, role: Role, passcode: str = "") -> None:
    await profile.check_switch(role, passcode)
    await profile.switch(role)
    settings_file.change(role=role)


@pytest.fixture
async def guarded(keyring: MemoryKeyring, settings_file: SettingsFile) -> Profile:
    """With a passcode, as a technician."""
    profile = Profile(Vault(keyring), settings_file)
    await profile.set_passcode(CODE)
    settings_file.change(role_guarded=True)
    await switch(profile, settings_file, Role.TECHNICIAN)
    return profile


async def test_without_a_passcode_everybody_may_switch(keyring: MemoryKeyring, settings_file: SettingsFile) -> None:
    profile = Profile(Vault(keyring), settings_file)
    for role in (Role.VIEWER, Role.ADMINISTRATOR):
        await switch(profile, settings_file, role)
        assert (await at_start(keyring, settings_file).load(), profile.guarded) == (role, False)


async def test_down_is_free_and_up_needs_the_passcode(guarded: Profile, settings_file: SettingsFile) -> None:
    await switch(guarded, settings_file, Role.VIEWER)
    for passcode in ("", "wrong one"):
        with pytest.raises(Forbidden):
            await guarded.check_switch(Role.TECHNICIAN, passcode)
    await switch(guarded, settings_file, Role.OPERATOR, CODE)
    assert guarded.role is Role.OPERATOR


async def test_a_wrong_passcode_blanks_no_word_of_what_is_said(guarded: Profile) -> None:
    with pytest.raises(Forbidden) as refused:
        await guarded.check_switch(Role.ADMINISTRATOR, "wrong")
    assert redact(refused.value.message) == "The passcode is wrong."


async def test_editing_the_settings_file_raises_nobody(
    guarded: Profile, keyring: MemoryKeyring, settings_file: SettingsFile
) -> None:
    settings_file.change(role=Role.ADMINISTRATOR)
    assert await at_start(keyring, settings_file).load() is Role.TECHNICIAN
    settings_file.change(role=Role.ADMINISTRATOR, role_guarded=False)
    again = at_start(keyring, settings_file)
    assert (await again.load(), again.guarded) == (Role.TECHNICIAN, True)


async def test_before_the_keyring_is_asked_a_guarded_profile_is_the_lowest(
    guarded: Profile, keyring: MemoryKeyring, settings_file: SettingsFile
) -> None:
    profile = at_start(keyring, settings_file)
    assert (profile.role, profile.known) == (Role.VIEWER, False)
    await profile.load()
    assert (profile.role, profile.known) == (Role.TECHNICIAN, True)


async def test_a_keyring_that_does_not_answer_leaves_the_lowest_profile(
    guarded: Profile, settings_file: SettingsFile
) -> None:
    profile = at_start(Broken(), settings_file)
    assert await profile.load() is Role.VIEWER
    assert "no session bus" in profile.problem
    with pytest.raises(Forbidden):
        await profile.check_switch(Role.ADMINISTRATOR, CODE)


async def test_without_a_passcode_a_broken_keyring_changes_nothing(settings_file: SettingsFile) -> None:
    profile = at_start(Broken(), settings_file)
    assert (await profile.load(), profile.problem) == (Role.ADMINISTRATOR, "")
    with pytest.raises(NoKeyring):
        await profile.set_passcode(CODE)


async def test_an_entry_that_was_taken_away_or_spoilt_leaves_the_lowest_profile(
    guarded: Profile, keyring: MemoryKeyring, settings_file: SettingsFile
) -> None:
    keyring.set_password(SERVICE, ACCOUNT, "{}")
    assert await at_start(keyring, settings_file).load() is Role.VIEWER
    keyring.delete_password(SERVICE, ACCOUNT)
    profile = at_start(keyring, settings_file)
    assert await profile.load() is Role.VIEWER
    assert profile.problem == "The administrator's passcode is no longer in the keyring."


async def test_the_environment_cannot_stand_in_for_the_keyring(
    guarded: Profile, keyring: MemoryKeyring, settings_file: SettingsFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MUSTER_SECRET_PROFILE_GUARD", '{"salt":"","digest":"","role":"administrator"}')
    assert await at_start(keyring, settings_file).load() is Role.TECHNICIAN


class TestTries:
    @pytest.fixture
    def now(self, monkeypatch: pytest.MonkeyPatch) -> list[float]:
        moment = [1_000_000.0]
        monkeypatch.setattr(time, "time", lambda: moment[0])
        return moment

    async def wrong(self, profile: Profile) -> float | None:
        with pytest.raises(Forbidden) as refused:
            await profile.check_switch(Role.ADMINISTRATOR, "a guess")
        return refused.value.retry_after

    async def test_after_three_wrong_ones_there_is_a_pause_that_grows(self, guarded: Profile, now: list[float]) -> None:
        assert [await self.wrong(guarded) for _try in range(3)] == [None] * 3
        pauses = []
        for _try in range(9):
            pause = await self.wrong(guarded)
            assert pause is not None
            pauses.append(pause)
            now[0] += pause
            assert await self.wrong(guarded) is None
        assert pauses == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]

    async def test_in_the_pause_not_even_the_right_one_helps(self, guarded: Profile, now: list[float]) -> None:
        for _try in range(3):
            await self.wrong(guarded)
        with pytest.raises(Forbidden, match="Too many wrong passcodes"):
            await guarded.check_switch(Role.ADMINISTRATOR, CODE)
        now[0] += 30
        await guarded.check_switch(Role.ADMINISTRATOR, CODE)
        assert [await self.wrong(guarded) for _try in range(3)] == [None] * 3  # and the count begins anew

    async def test_tasks_that_try_at_once_get_no_more_tries_than_one(self, guarded: Profile, now: list[float]) -> None:
        refused = await asyncio.gather(*(self.wrong(guarded) for _try in range(8)))
        assert sorted(refused, key=bool) == [None] * 3 + [30.0] * 5

    async def test_programs_that_try_at_once_get_no_more_tries_than_one(self, muster: Muster) -> None:
        set_up = muster("roles", "set-passcode", "--json", stdin=f"{CODE}\n")
        assert (set_up.code, muster("roles", "set-profile", "viewer").code) == (0, 0)
        guess = {"MUSTER_SECRET_ADMINISTRATOR_PASSCODE": "a guess"}
        started = [muster.start("roles", "set-profile", "administrator", "--json", env=guess) for _try in range(6)]
        told = [json.loads(process.communicate(timeout=120)[0])["error"] for process in started]
        assert [each["kind"] for each in told] == ["forbidden"] * 6
        assert sum(each["message"] == "The passcode is wrong." for each in told) == 3, told
        assert sum(each["message"].startswith("Too many wrong passcodes.") for each in told) == 3, told

    async def test_a_try_that_is_cut_off_counts(
        self, guarded: Profile, now: list[float], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def cut(*_given: object, **_named: object) -> bytes:
            raise MemoryError

        with monkeypatch.context() as patched:
            patched.setattr(hashlib, "scrypt", cut)
            for _try in range(3):
                with pytest.raises(MemoryError):
                    await guarded.check_switch(Role.ADMINISTRATOR, "a guess")
        assert await self.wrong(guarded) == 30

    async def test_taking_on_a_lower_profile_ends_no_pause(
        self, guarded: Profile, settings_file: SettingsFile, now: list[float]
    ) -> None:
        for _try in range(3):
            await self.wrong(guarded)
        await switch(guarded, settings_file, Role.VIEWER)
        assert await self.wrong(guarded) == 30

    async def test_starting_again_or_setting_the_clock_back_does_not_end_it(
        self, guarded: Profile, keyring: MemoryKeyring, settings_file: SettingsFile, now: list[float]
    ) -> None:
        for _try in range(3):
            await self.wrong(guarded)
        now[0] -= 100_000
        assert await self.wrong(at_start(keyring, settings_file)) == 30


class TestSettingIt:
    async def test_the_old_one_is_asked_for(self, guarded: Profile, settings_file: SettingsFile) -> None:
        with pytest.raises(Forbidden):
            await guarded.set_passcode("another code", "wrong one")
        await guarded.set_passcode("another code", CODE)
        with pytest.raises(Forbidden):
            await guarded.check_switch(Role.ADMINISTRATOR, CODE)
        await guarded.check_switch(Role.ADMINISTRATOR, "another code")

    async def test_of_two_programs_that_set_it_at_once_one_is_told(
        self, keyring: MemoryKeyring, settings_file: SettingsFile
    ) -> None:
        one, other = (at_start(keyring, settings_file) for _program in range(2))
        ended = await asyncio.gather(one.set_passcode(CODE), other.set_passcode("another code"), return_exceptions=True)
        assert [type(each) for each in ended if each is not None] == [Busy]

    async def test_removed_it_guards_nothing(
        self, guarded: Profile, keyring: MemoryKeyring, settings_file: SettingsFile
    ) -> None:
        await guarded.set_passcode("", CODE)
        settings_file.change(role_guarded=False)
        await switch(guarded, settings_file, Role.ADMINISTRATOR)
        assert keyring.get_password(SERVICE, ACCOUNT) is None

    async def test_a_short_one_is_refused(self, keyring: MemoryKeyring, settings_file: SettingsFile) -> None:
        with pytest.raises(UsageError, match="at least 6"):
            await Profile(Vault(keyring), settings_file).set_passcode("12345")

    async def test_it_is_nowhere_in_the_clear(
        self, guarded: Profile, keyring: MemoryKeyring, settings_file: SettingsFile
    ) -> None:
        kept = keyring.get_password(SERVICE, ACCOUNT) or ""
        assert kept
        assert CODE not in kept + settings_file.path.read_text() + repr(guarded)
