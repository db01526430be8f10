"""The sign-in service: users, sessions, refresh tokens that work once (supabase.md sections 6.1 to 6.4)."""

from __future__ import annotations

import json
import secrets
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app.demo.supabase.gateway import ADMIN, Role
from app.demo.supabase.refusals import SignInRefusal
from app.demo.supabase.tokens import Claims, TokenProblem, Tokens

REFUSALS = {
    "invalid_credentials": (400, "Invalid login credentials"),
    "email_not_confirmed": (400, "Email not confirmed"),
    "user_banned": (400, "User is banned"),
    "email_provider_disabled": (422, "Email logins are disabled"),
    "captcha_failed": (400, "captcha protection: request disallowed (no captcha_token found)"),
    "over_request_rate_limit": (429, "Request rate limit reached"),
    "insufficient_aal": (403, "AAL2 required"),
    "validation_failed": (400, "missing email or phone"),
    "bad_json": (400, "Could not parse request body as JSON"),
    "no_authorization": (401, "This endpoint requires a valid Bearer token"),
    "bad_jwt": (403, "invalid JWT: unable to parse or verify signature"),
    "session_not_found": (403, "Session from session_id claim in JWT does not exist"),
    "session_expired": (400, "Invalid Refresh Token: Session Expired"),
    "refresh_token_not_found": (400, "Invalid Refresh Token: Refresh Token Not Found"),
    "refresh_token_already_used": (400, "Invalid Refresh Token: Already Used"),
    "request_timeout": (504, "Processing this request timed out, please retry after a moment."),
    "unexpected_failure": (500, "Unexpected failure, please check server logs for more information"),
}
"""Status and text of each code; a client goes by the code."""


@dataclass
class User:
    """An account; `role` is that in `app_metadata`, `second_factor` a verified one."""

    email: str
    password: str
    role: str = ADMIN
    second_factor: bool = False
    id: str = field(default_factory=lambda: str(uuid.uuid4()))


@dataclass
class _Session:
    """One sign-in; `used` says when each older refresh token was exchanged."""

    user: User
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    current: str = field(default_factory=lambda: secrets.token_hex(6))
    used: dict[str, float] = field(default_factory=dict)


class Accounts:
    """Everything public may be changed while it serves; `refuses` is a code of REFUSALS that every sign-in gets."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._sessions: dict[str, _Session] = {}
        self.users = [User("pontaj@carpati.example", "Santier-demo-2026", id="5d0e8c52-0f5e-4c55-9a39-0d6f6d757374")]
        self.expires_in: float = 3600
        self.reuse_s: float = 10
        """How long a used refresh token is forgiven, as two requests may have crossed (section 6.2)."""
        self.refuses = ""

    def end_sessions(self) -> None:
        """As if an administrator had signed everybody out."""
        self._sessions.clear()

    async def token(self, request: Request) -> Response:
        """`POST /token?grant_type=password|refresh_token`."""
        if self.refuses:
            raise refusal(self.refuses)
        body = await _body(request)
        grant = request.query_params.get("grant_type", "")
        if grant == "password":
            return self._opened(self._signed_in(body))
        if grant == "refresh_token":
            return self._opened(self._refreshed(body))
        raise refusal("validation_failed", f"unsupported_grant_type: {grant}")

    async def user(self, request: Request) -> Response:
        """`GET /user`: who the token belongs to, judged by the server."""
        return JSONResponse(_told(self._session(request).user))

    async def logout(self, request: Request) -> Response:
        """`POST /logout?scope=local|global|others`."""
        session = self._session(request)
        scope = request.query_params.get("scope", "global")
        if scope not in {"local", "global", "others"}:
            raise refusal("validation_failed", f"Unsupported logout scope {scope!r}")
        own = [key for key, other in self._sessions.items() if other.user is session.user]
        for key in own:
            if scope == "global" or (key == session.id) == (scope == "local"):
                del self._sessions[key]
        return Response(status_code=204)

    async def health(self, _request: Request) -> Response:
        """`GET /health`."""
        description = "GoTrue is a user registration and authentication API"
        return JSONResponse({"version": "v2.180.0", "name": "GoTrue", "description": description})

    async def settings(self, _request: Request) -> Response:
        """`GET /settings`: what kinds of sign-in there are."""
        kinds = {"email": self.refuses != "email_provider_disabled", "phone": False, "anonymous_users": False}
        return JSONResponse(
            {"external": kinds, "disable_signup": True, "mailer_autoconfirm": False, "saml_enabled": False}
        )

    async def key_list(self, _request: Request) -> Response:
        """`GET /.well-known/jwks.json`, for everybody."""
        return JSONResponse(self._tokens.key_list(), headers={"Cache-Control": "public, max-age=600"})

    def _signed_in(self, body: Claims) -> _Session:
        email, password = str(body.get("email", "")).strip().lower(), body.get("password")
        if not email:
            raise refusal("validation_failed")
        for user in self.users:
            if (user.email.lower(), user.password) == (email, password):
                session = _Session(user)
                self._sessions[session.id] = session
                return session
        raise refusal("invalid_credentials")

    def _refreshed(self, body: Claims) -> _Session:
        token = body.get("refresh_token")
        if not isinstance(token, str) or not token:
            raise refusal("validation_failed", "refresh_token required")
        for session in list(self._sessions.values()):
            if token == session.current:
                session.used[token] = self._tokens.now()
                session.current = secrets.token_hex(6)
                return session
            if token in session.used:
                if self._tokens.now() - session.used[token] <= self.reuse_s:
                    return session
                del self._sessions[session.id]
                raise refusal("refresh_token_already_used")
        raise refusal("refresh_token_not_found")

    def _session(self, request: Request) -> _Session:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise refusal("no_authorization")
        try:
            claims = self._tokens.claims(token)
        except TokenProblem as problem:
            raise refusal("bad_jwt", f"invalid JWT: {problem.message}") from problem
        if "sub" not in claims:
            raise refusal("bad_jwt", "invalid claim: missing sub claim")
        session = self._sessions.get(claims.get("session_id", ""))
        if session is None:
            raise refusal("session_not_found")
        return session

    def _opened(self, session: _Session) -> Response:
        user = session.user
        claims = {
            "sub": user.id,
            "aud": "authenticated",
            "email": user.email,
            "role": Role.AUTHENTICATED,
            "app_metadata": _metadata(user),
            "user_metadata": {},
            "aal": "aal1",
            "amr": [{"method": "password", "timestamp": int(self._tokens.now())}],
            "session_id": session.id,
            "is_anonymous": False,
        }
        answer = {
            "access_token": self._tokens.issue(claims, self.expires_in),
            "token_type": "bearer",
            "expires_in": int(self.expires_in),
            "expires_at": int(self._tokens.now() + self.expires_in),
            "refresh_token": session.current,
            "user": _told(user),
        }
        return JSONResponse(answer, headers={"Cache-Control": "no-store"})


def refusal(code: str, message: str = "") -> SignInRefusal:
    """The refusal of a code. Raises KeyError for a code that the service does not have."""
    status, text = REFUSALS[code]
    return SignInRefusal(status, code, message or text)


async def _body(request: Request) -> Claims:
    try:
        body = json.loads(await request.body() or b"{}")
    except ValueError as error:
        raise refusal("bad_json") from error
    if not isinstance(body, dict):
        raise refusal("bad_json")
    return body


def _metadata(user: User) -> dict[str, Any]:
    return {"provider": "email", "providers": ["email"], **({"role": user.role} if user.role else {})}


def _told(user: User) -> dict[str, Any]:
    factor = {"id": user.id, "factor_type": "totp", "status": "verified"}
    return {
        "id": user.id,
        "aud": "authenticated",
        "role": "authenticated",
        "email": user.email,
        "email_confirmed_at": datetime(2026, 1, 12, 8, 0, tzinfo=UTC).isoformat(),
        "app_metadata": _metadata(user),
        "user_metadata": {},
        **({"factors": [factor]} if user.second_factor else {}),
    }
