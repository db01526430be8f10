"""Keys, tokens and sessions of the demo Supabase behave as sections 2, 3 and 6 of supabase.md say."""

from __future__ import annotations

from typing import Any

import httpx
import jwt
import pytest

from app.demo.supabase.accounts import REFUSALS
from app.demo.supabase.gateway import Standing
from app.demo.supabase.project import SupabaseProject
from app.demo.supabase.tokens import Signing

EMPLOYEES = "/rest/v1/angajati"
TOKEN = "/auth/v1/token"
NEW_FORM = {"X-Supabase-Api-Version": "2024-01-01"}


def signed_in(client: httpx.Client, project: SupabaseProject) -> dict[str, Any]:
    user = project.accounts.users[0]
    body = {"email": user.email, "password": user.password}
    answer = client.post(TOKEN, params={"grant_type": "password"}, json=body)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def refresh(client: httpx.Client, token: str) -> httpx.Response:
    return client.post(TOKEN, params={"grant_type": "refresh_token"}, json={"refresh_token": token})


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def table_refusal(client: httpx.Client, headers: dict[str, str]) -> tuple[int, str, str]:
    answer = client.get(EMPLOYEES, headers=headers)
    return answer.status_code, answer.json()["code"], answer.json()["message"]


# -- keys ------------------------------------------------------------------------------------------------------------


def test_the_gateway_wants_a_key_it_knows(project: SupabaseProject) -> None:
    with httpx.Client(base_url=project.base_url, trust_env=False) as client:
        for path in (EMPLOYEES, "/auth/v1/health", "/auth/v1/settings"):
            missing, wrong = client.get(path), client.get(path, headers={"apikey": "sb_publishable_wrong"})
            assert (missing.status_code, missing.json()["message"]) == (401, "No API key found in request")
            assert (wrong.status_code, wrong.json()["message"]) == (401, "Invalid API key")
        assert client.get("/auth/v1/.well-known/jwks.json").status_code == 200


@pytest.mark.parametrize("kind", ["secret_key", "legacy_service_key"])
def test_keys_of_both_generations_open_everything(project: SupabaseProject, kind: str) -> None:
    key = getattr(project.gateway, kind)
    headers = {"apikey": key} | (bearer(key) if kind.startswith("legacy") else {})
    answer = httpx.get(project.base_url + EMPLOYEES, headers=headers, trust_env=False)
    assert len(answer.json()) == 60


def test_a_new_key_in_authorization_is_no_token(project: SupabaseProject) -> None:
    key = project.gateway.secret_key
    with httpx.Client(base_url=project.base_url, headers={"apikey": key}, trust_env=False) as client:
        refusal = table_refusal(client, bearer(key))
        assert refusal == (401, "PGRST301", "Expected 3 parts in JWT; got 1")


def test_a_legacy_key_without_authorization_is_nobody(project: SupabaseProject) -> None:
    with httpx.Client(base_url=project.base_url, trust_env=False) as client:
        key = project.gateway.legacy_service_key
        assert table_refusal(client, {"apikey": key})[:2] == (401, "42501")
        project.gateway.legacy_keys = False
        assert client.get(EMPLOYEES, headers={"apikey": key}).json()["message"] == "Invalid API key"


def test_a_secret_key_is_not_for_browsers(project: SupabaseProject) -> None:
    headers = {"apikey": project.gateway.secret_key, "User-Agent": "Mozilla/5.0 (X11) Chrome/130.0"}
    assert httpx.get(project.base_url + EMPLOYEES, headers=headers, trust_env=False).status_code == 401


@pytest.mark.parametrize(("standing", "status"), [(Standing.PAUSED, 540), (Standing.RESTRICTED, 402)])
def test_a_project_may_be_paused_or_restricted(
    supabase: httpx.Client, project: SupabaseProject, standing: Standing, status: int
) -> None:
    project.gateway.standing = standing
    for path in (EMPLOYEES, "/auth/v1/health", "/auth/v1/.well-known/jwks.json"):
        assert supabase.get(path).status_code == status


# -- tokens ----------------------------------------------------------------------------------------------------------


def test_a_token_can_be_checked_with_the_published_key(stranger: httpx.Client, project: SupabaseProject) -> None:
    told = signed_in(stranger, project)
    project.tokens.rotate()
    keys = jwt.PyJWKSet.from_dict(stranger.get("/auth/v1/.well-known/jwks.json").json())
    assert len(keys.keys) == 2
    key = keys[jwt.get_unverified_header(told["access_token"])["kid"]]
    claims = jwt.decode(
        told["access_token"], key, algorithms=["ES256"], audience="authenticated", issuer=f"{project.base_url}/auth/v1"
    )
    assert claims["app_metadata"]["role"] == "device_admin"
    assert claims["exp"] == told["expires_at"] == claims["iat"] + 3600
    assert (claims["role"], claims["sub"], bool(claims["session_id"])) == ("authenticated", told["user"]["id"], True)


def test_a_shared_secret_is_never_published(stranger: httpx.Client, project: SupabaseProject) -> None:
    project.tokens.signing = Signing.HS256
    token = signed_in(stranger, project)["access_token"]
    assert jwt.get_unverified_header(token)["alg"] == "HS256"
    assert stranger.get("/auth/v1/.well-known/jwks.json").json() == {"keys": []}
    assert len(stranger.get(EMPLOYEES, headers=bearer(token)).json()) == 60


def test_tables_refuse_tokens_of_others_and_broken_ones(stranger: httpx.Client, project: SupabaseProject) -> None:
    claims = {"role": "service_role"}
    foreign = jwt.encode(claims, "another secret of forty letters, at the least", "HS256")
    unsigned = jwt.encode(claims, "", "none")
    own = signed_in(stranger, project)["access_token"]
    kid = jwt.get_unverified_header(own)["kid"]
    as_secret = jwt.encode(claims, project.tokens.shared_secret, "HS256", headers={"kid": kid})
    for token in (foreign, unsigned, own[:-4] + "AAAA", "a.b.c", as_secret):
        assert table_refusal(stranger, bearer(token))[:2] == (401, "PGRST301")
    assert "WWW-Authenticate" in stranger.get(EMPLOYEES, headers=bearer(foreign)).headers


def test_tokens_have_their_time_with_half_a_minute_of_tolerance(
    stranger: httpx.Client, project: SupabaseProject
) -> None:
    token = bearer(signed_in(stranger, project)["access_token"])
    for shift in (3620, -20):
        project.tokens.clock_shift_s = shift
        assert stranger.get(EMPLOYEES, headers=token).status_code == 200
    project.tokens.clock_shift_s = 3640
    assert table_refusal(stranger, token) == (401, "PGRST303", "JWT expired")
    project.tokens.clock_shift_s = -40
    assert table_refusal(stranger, token) == (401, "PGRST303", "JWT issued at future")


def test_the_clock_of_the_server_stands_in_the_date(stranger: httpx.Client, project: SupabaseProject) -> None:
    project.tokens.clock_shift_s = 86_400 * 400
    then = signed_in(stranger, project)["expires_at"] - 3600
    assert stranger.get("/auth/v1/health").headers["date"].split()[3] == str(1970 + int(then // (86_400 * 365.2425)))


# -- sessions --------------------------------------------------------------------------------------------------------


def test_who_is_signed_in(supabase: httpx.Client, project: SupabaseProject) -> None:
    user = project.accounts.users[0]
    told = supabase.get("/auth/v1/user").json()
    assert (told["email"], told["id"], told["app_metadata"]["role"]) == (user.email, user.id, "device_admin")
    user.second_factor = True
    assert supabase.get("/auth/v1/user").json()["factors"][0]["status"] == "verified"


def test_a_refresh_token_works_once(stranger: httpx.Client, project: SupabaseProject) -> None:
    first = signed_in(stranger, project)["refresh_token"]
    second = refresh(stranger, first).json()
    assert second["refresh_token"] != first
    assert stranger.get(EMPLOYEES, headers=bearer(second["access_token"])).status_code == 200
    crossed = refresh(stranger, first)  # within the ten seconds that two crossing requests have
    assert (crossed.status_code, crossed.json()["refresh_token"]) == (200, second["refresh_token"])


def test_a_second_use_after_ten_seconds_ends_the_session(stranger: httpx.Client, project: SupabaseProject) -> None:
    first = signed_in(stranger, project)
    second = refresh(stranger, first["refresh_token"]).json()["refresh_token"]
    project.tokens.clock_shift_s = 11
    assert refresh(stranger, first["refresh_token"]).json()["error_code"] == "refresh_token_already_used"
    assert refresh(stranger, second).json()["error_code"] == "refresh_token_not_found"
    asked = stranger.get("/auth/v1/user", headers=bearer(first["access_token"]))
    assert (asked.status_code, asked.json()["error_code"]) == (403, "session_not_found")
    # The tables ask nobody: a token is good until its time is over.
    assert stranger.get(EMPLOYEES, headers=bearer(first["access_token"])).status_code == 200


def test_an_administrator_may_end_all_sessions(stranger: httpx.Client, project: SupabaseProject) -> None:
    told = signed_in(stranger, project)
    project.accounts.end_sessions()
    assert refresh(stranger, told["refresh_token"]).json()["error_code"] == "refresh_token_not_found"


def test_how_long_a_token_is_good_can_be_set(stranger: httpx.Client, project: SupabaseProject) -> None:
    project.accounts.expires_in = 5
    told = signed_in(stranger, project)
    assert told["expires_in"] == 5
    project.tokens.clock_shift_s = 40
    assert table_refusal(stranger, bearer(told["access_token"]))[1] == "PGRST303"
    assert refresh(stranger, told["refresh_token"]).status_code == 200


@pytest.mark.parametrize(("scope", "left"), [("local", [False, True]), ("others", [True, False]),
                                             ("global", [False, False])])  # fmt: skip
def test_signing_out_ends_the_sessions_of_its_scope(
    stranger: httpx.Client, project: SupabaseProject, scope: str, left: list[bool]
) -> None:
    sessions = [signed_in(stranger, project) for _ in range(2)]
    answer = stranger.post("/auth/v1/logout", params={"scope": scope}, headers=bearer(sessions[0]["access_token"]))
    assert (answer.status_code, answer.content) == (204, b"")
    assert [refresh(stranger, one["refresh_token"]).status_code == 200 for one in sessions] == left


def test_a_wrong_password_is_said_in_both_forms(stranger: httpx.Client, project: SupabaseProject) -> None:
    body = {"email": project.accounts.users[0].email, "password": "wrong"}
    old = stranger.post(TOKEN, params={"grant_type": "password"}, json=body)
    new = stranger.post(TOKEN, params={"grant_type": "password"}, json=body, headers=NEW_FORM)
    text = "Invalid login credentials"
    assert old.json() == {"code": 400, "error_code": "invalid_credentials", "msg": text}
    assert new.json() == {"code": "invalid_credentials", "message": text}
    assert old.headers["x-sb-error-code"] == new.headers["x-sb-error-code"] == "invalid_credentials"


@pytest.mark.parametrize("code", sorted(REFUSALS))
def test_every_refusal_of_a_sign_in_can_be_played(stranger: httpx.Client, project: SupabaseProject, code: str) -> None:
    project.accounts.refuses = code
    answer = stranger.post(TOKEN, params={"grant_type": "password"}, json={})
    assert (answer.status_code, answer.json()["error_code"]) == (REFUSALS[code][0], code)


@pytest.mark.parametrize(
    ("grant", "body", "code"),
    [
        ("password", b"{", "bad_json"),
        ("password", b"[]", "bad_json"),
        ("password", b"{}", "validation_failed"),
        ("refresh_token", b"{}", "validation_failed"),
        ("refresh_token", b'{"refresh_token":"abc"}', "refresh_token_not_found"),
        ("magic", b"{}", "validation_failed"),
    ],
)
def test_what_is_no_sign_in_is_refused(stranger: httpx.Client, grant: str, body: bytes, code: str) -> None:
    answer = stranger.post(TOKEN, params={"grant_type": grant}, content=body)
    assert answer.json()["error_code"] == code


def test_a_key_is_no_user(stranger: httpx.Client, project: SupabaseProject) -> None:
    assert stranger.get("/auth/v1/user").json()["error_code"] == "no_authorization"
    answer = stranger.get("/auth/v1/user", headers=bearer(project.gateway.legacy_service_key))
    assert (answer.status_code, answer.json()["error_code"]) == (403, "bad_jwt")


def test_the_settings_tell_whether_passwords_are_taken(stranger: httpx.Client, project: SupabaseProject) -> None:
    assert stranger.get("/auth/v1/settings").json()["external"]["email"] is True
    project.accounts.refuses = "email_provider_disabled"
    assert stranger.get("/auth/v1/settings").json()["external"]["email"] is False
    assert stranger.get("/auth/v1/health").json()["name"] == "GoTrue"
