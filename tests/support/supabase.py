"""A Supabase project for tests of the connector: answers as the reference says, one request at a time, all in memory.

It is strict about what the connector must get right (keys, tokens, limits) and knows no more of the query language than
the connector uses (supabase.md §3).
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections import defaultdict, deque
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, quote, unquote

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import ec

from app.connectors.supabase import SupabaseSettings

URL = "https://abcd.supabase.co"
PUBLISHABLE = "sb_publishable_planted"
EMAIL, PASSWORD = "a@example.ro", "planted-password"
KEY = ec.generate_private_key(ec.SECP256R1())
SETTINGS = SupabaseSettings(URL, publishable_key=PUBLISHABLE, email=EMAIL)
EMPLOYEES, BIOMETRICS, TERMINALS = "angajati", "angajati_biometrie", "dispozitive_pontaj"
Row = dict[str, Any]


class Keeper:
    """Keeps a session in memory, as the keyring would."""

    def __init__(self, password: str = PASSWORD, refresh_token: str = "") -> None:
        self.turn = asyncio.Lock()
        self.given_password = password
        self.token = refresh_token
        self.kept: list[str] = []

    async def refresh_token(self) -> str:
        return self.token

    async def password(self) -> str:
        return self.given_password

    async def keep(self, refresh_token: str) -> None:
        self.token = refresh_token
        self.given_password = ""
        self.kept.append(refresh_token)


class Project:
    """The project; `handle` answers a request. `instead` are answers that come first, by a part of the path."""

    def __init__(self) -> None:
        self.tables: dict[str, list[Row]] = {EMPLOYEES: [], BIOMETRICS: [], TERMINALS: []}
        self.max_rows = 1000
        self.expires_in = 3600
        self.clock_s = 0.0
        self.refresh_tokens: set[str] = set()
        self.access_tokens: set[str] = set()
        self.expired: set[str] = set()
        self.requests: list[httpx.Request] = []
        self.instead: dict[str, deque[httpx.Response]] = defaultdict(deque)
        self.before: Callable[[httpx.Request], None] = lambda _request: None
        self.slow: tuple[str, asyncio.Event, asyncio.Event] | None = None
        self.files: dict[str, bytes] = {}
        self.public = True
        self.service_keys: set[str] = set()
        self.metadata: Row = {"role": "device_admin"}
        self.user: Row = {}
        self.kid = "key-1"
        self._issued = 0

    # -- tokens --------------------------------------------------------------------------------------------------

    def issue(self, **claims: Any) -> str:
        """An access token that this project accepts."""
        self._issued += 1
        now = int(time.time() + self.clock_s)
        values = {
            "iss": f"{URL}/auth/v1", "aud": "authenticated", "sub": "user-1", "role": "authenticated",
            "iat": now, "exp": now + self.expires_in, "session_id": "session-1", "n": self._issued, **claims,
        }  # fmt: skip
        token = jwt.encode(values, KEY, "ES256", {"kid": self.kid})
        self.access_tokens.add(token)
        return token

    def session(self) -> Row:
        """What a sign-in gives."""
        refresh = f"refresh-{self._issued + 1}"
        self.refresh_tokens.add(refresh)
        user = {"id": "user-1", "email": EMAIL, "app_metadata": self.metadata, **self.user}
        return {
            "access_token": self.issue(), "token_type": "bearer", "expires_in": self.expires_in,
            "refresh_token": refresh, "user": user,
        }  # fmt: skip

    def expire(self) -> None:
        """Every access token so far is too old from now on."""
        self.expired |= self.access_tokens

    # -- answers -------------------------------------------------------------------------------------------------

    def asked(self, part: str) -> list[httpx.Request]:
        """The requests so far whose address holds `part`."""
        return [request for request in self.requests if part in str(request.url)]

    async def handle(self, request: httpx.Request) -> httpx.Response:
        """Answer one request; one whose address holds the part `slow` names is answered, but waits on its way back."""
        self.requests.append(request)
        self.before(request)
        await asyncio.sleep(0)
        answer = self._answer(request)
        if self.slow is not None and self.slow[0] in str(request.url):
            _part, answered, go_on = self.slow
            answered.set()
            await go_on.wait()
        return answer

    def _answer(self, request: httpx.Request) -> httpx.Response:
        for part, answers in self.instead.items():
            if part in str(request.url) and answers:
                return answers.popleft()
        path = request.url.path
        if path.startswith("/auth/v1/"):
            return self._auth(request, path.removeprefix("/auth/v1/"))
        if path.startswith("/rest/v1/"):
            return self._refused(request) or self._rows(request, path.removeprefix("/rest/v1/"))
        return self._storage(request, request.url.raw_path.decode().removeprefix("/storage/v1/object/"))

    def _auth(self, request: httpx.Request, path: str) -> httpx.Response:
        if path == ".well-known/jwks.json":
            return httpx.Response(200, json={"keys": [public_key(self.kid)]})
        if "apikey" not in request.headers:
            return httpx.Response(401, json={"message": "No API key found in request"})
        if path == "token":
            return self._token(request.url.params["grant_type"], json.loads(request.content))
        if path == "user":
            return self._refused(request) or httpx.Response(200, json={"id": "user-1"})
        return httpx.Response(204 if path == "logout" else 200, json={})

    def _token(self, grant: str, body: Row) -> httpx.Response:
        if grant == "password":
            good = (body["email"], body["password"]) == (EMAIL, PASSWORD)
            code = "invalid_credentials"
        else:
            good = body["refresh_token"] in self.refresh_tokens
            self.refresh_tokens.discard(body["refresh_token"])
            code = "refresh_token_already_used"
        if not good:
            return httpx.Response(400, json={"code": 400, "error_code": code, "msg": "no"})
        return httpx.Response(200, json=self.session(), headers={"date": self._date()})

    def _date(self) -> str:
        return time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + self.clock_s))

    def _refused(self, request: httpx.Request) -> httpx.Response | None:
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        if bearer.startswith("sb_"):
            return refusal(401, "PGRST301", "Expected 3 parts in JWT; got 1")
        if request.headers.get("apikey") in self.service_keys:
            return None
        if request.headers.get("apikey") != PUBLISHABLE:
            return httpx.Response(401, json={"message": "Invalid API key"})
        if bearer in self.expired:
            return refusal(401, "PGRST303", "JWT expired")
        return None if bearer in self.access_tokens else refusal(401, "PGRST301", "No suitable key")

    def _rows(self, request: httpx.Request, table: str) -> httpx.Response:
        query = dict(parse_qsl(request.url.query.decode()))
        columns = re.sub(r",?\w+\(.*\)", "", query["select"]).split(",")
        rows = [row for row in self.tables[table] if _fits(row, query)]
        total, after = len(rows), query.get("id", "")
        rows = sorted(rows, key=lambda row: str(row["id"]))
        if after.startswith("gt."):
            rows = [row for row in rows if str(row["id"]) > after[3:]]
        page = rows[: min(self.max_rows, int(query.get("limit", self.max_rows)))]
        embed = BIOMETRICS if f"{BIOMETRICS}(" in query["select"] else None
        shown = [{key: value for key, value in row.items() if key in {*columns, embed}} for row in page]
        counted = "count=exact" in request.headers.get("prefer", "")
        spread = f"0-{len(page) - 1}" if page else "*"
        status = 206 if counted and len(page) < total else 200
        headers = {"content-range": f"{spread}/{total if counted else '*'}", "date": self._date()}
        return httpx.Response(status, json=shown, headers=headers)

    # -- storage -------------------------------------------------------------------------------------------------

    def _storage(self, request: httpx.Request, path: str) -> httpx.Response:
        kind, _slash, rest = path.partition("/")
        name = unquote(rest.partition("?")[0])
        if request.method == "POST":
            return self._refused(request) or self._sign(name, json.loads(request.content))
        if kind == "public" and not self.public:
            return storage_refusal("NoSuchBucket", "Bucket not found")
        if kind == "sign" and "token=signed" not in path:
            return storage_refusal("InvalidJWT", "no token")
        if name not in self.files:
            return storage_refusal("NoSuchKey", "Object not found")
        return httpx.Response(200, content=self.files[name])

    def _sign(self, name: str, body: Row) -> httpx.Response:
        if "paths" not in body:
            if name not in self.files:
                return storage_refusal("NoSuchKey", "Object not found")
            return httpx.Response(200, json={"signedURL": _signed(name)})
        entries = [
            {"path": path, "signedURL": _signed(f"{name}/{path}"), "error": None}
            if f"{name}/{path}" in self.files
            else {
                "path": path,
                "signedURL": None,
                "error": "The object does not exist",
            }
            for path in body["paths"]
        ]
        return httpx.Response(200, json=entries)


def _signed(name: str) -> str:
    return f"/object/sign/{quote(name)}?token=signed-marker"


def _fits(row: Row, query: dict[str, str]) -> bool:
    """Whether a row passes `eq.` and `not.is.null` filters."""
    for column, condition in query.items():
        if condition.startswith("eq.") and str(row.get(column)) != condition[3:]:
            return False
        if condition == "not.is.null" and row.get(column) is None:
            return False
    return True


def refusal(status: int, code: str, message: str, **more: Any) -> httpx.Response:
    """An error of the tables, without `hint` and `details` unless given."""
    return httpx.Response(status, json={"code": code, "message": message, **more})


def storage_refusal(code: str, message: str, status: str = "404") -> httpx.Response:
    """An error of storage: HTTP 400 with the true status as text."""
    return httpx.Response(400, json={"statusCode": status, "error": code, "message": message, "code": code})


def public_key(kid: str) -> dict[str, Any]:
    """The public half of the project's key, as its key list shows it."""
    shown: dict[str, Any] = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(KEY.public_key()))
    return shown | {"kid": kid, "alg": "ES256", "use": "sig"}


def person(number: int, **fields: Any) -> Row:
    """A row of `angajati` with its embed as an array."""
    return {
        "id": f"00000000-0000-4000-8000-{number:012d}",
        "nume": "Popescu",
        "prenume": f"Ana {number}",
        "nume_complet": None,
        "status": "activ",
        BIOMETRICS: [biometrics(number)],
    } | fields


def biometrics(number: int, **fields: Any) -> Row:
    """A row of `angajati_biometrie`."""
    return {
        "id": f"b-{number:06d}",
        "angajat_id": f"00000000-0000-4000-8000-{number:012d}",
        "employee_no": 1000 + number,
        "foto_fata_url": f"{1000 + number}.jpg",
        "hikvision_employee_no": str(1000 + number),
    } | fields


def terminal(number: int = 1, **fields: Any) -> Row:
    """A row of `dispozitive_pontaj`."""
    return {
        "id": f"d-{number:03d}",
        "ip_address": f"192.168.1.{number}",
        "port": 80,
        "username": "admin",
        "password_encrypted": "Plain-Text-1",
        "status": "activ",
    } | fields
