"""What a cool-down is of: one account at one address, whoever keeps it (hikvision-isapi.md §3.3)."""

from __future__ import annotations

from app.connectors.hikvision import TerminalSettings


def account(device_id: str = "a", host: str = "10.0.0.5", port: int = 80, user: str = "admin", word: str = "x") -> str:
    return TerminalSettings(device_id, host, port, username=user, password=word).account


def test_two_devices_with_one_address_share_their_cool_down() -> None:
    assert account("a") == account("b")


def test_another_address_user_or_password_is_another_account() -> None:
    assert len({account(), account(host="10.0.0.6"), account(port=81), account(user="x"), account(word="y")}) == 5


def test_it_tells_nothing_of_the_password() -> None:
    assert "secret" not in account(word="secret")
