"""The gateway before all services: which API key was sent, and as whom its request is served (supabase.md 2.1, 3.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from starlette.requests import Request

from app.demo.supabase.refusals import Refusal, gateway_refusal
from app.demo.supabase.tokens import Tokens

ADMIN = "device_admin"
"""The role in `app_metadata` that the policies of section 2.3 ask for."""
_BROWSER = re.compile(r"Mozilla/|Chrome/|Safari/|Firefox/")


class Role(StrEnum):
    """Roles of the database."""

    ANON = "anon"
    AUTHENTICATED = "authenticated"
    SERVICE = "service_role"


class Standing(StrEnum):
    """What the platform says of the whole project (section 3.5)."""

    ACTIVE = "active"
    PAUSED = "paused"
    RESTRICTED = "restricted"


@dataclass(frozen=True)
class Caller:
    """As whom a request is served."""

    role: str
    claims: dict[str, Any] = field(default_factory=dict)

    @property
    def admin(self) -> bool:
        """Whether the policies let this one see rows and files; the service role is above all policies."""
        metadata = self.claims.get("app_metadata") or {}
        return self.role == Role.SERVICE or (self.role == Role.AUTHENTICATED and metadata.get("role") == ADMIN)


class Gateway:
    """The keys of the project. Everything public may be changed while it serves."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self.standing = Standing.ACTIVE
        self.publishable_key = "sb_publishable_C4rpat1Santier2026Demo_q7Lm2xPa"
        self.secret_key = "sb_secret_C4rpat1Santier2026Muster_w9Rt4kZe"
        self.legacy_anon_key = tokens.api_key(Role.ANON)
        self.legacy_service_key = tokens.api_key(Role.SERVICE)
        self.legacy_keys = True
        """Whether the legacy keys are still switched on."""

    def check_standing(self) -> None:
        """Raises Refusal when the platform serves nothing of this project."""
        if self.standing is Standing.PAUSED:
            raise Refusal(540, {"message": "Project paused"})
        if self.standing is Standing.RESTRICTED:
            message = "Service for this project is restricted due to the following violations: exceed_egress_quota."
            raise Refusal(402, {"message": message})

    def check_key(self, request: Request) -> None:
        """Raises Refusal unless the request brings a key of this project (section 3.5)."""
        key = sent_key(request)
        if not key:
            raise gateway_refusal("No API key found in request", "No `apikey` request header or url param was found.")
        good = {self.publishable_key, self.secret_key}
        if self.legacy_keys:
            good |= {self.legacy_anon_key, self.legacy_service_key}
        browser = key == self.secret_key and _BROWSER.search(request.headers.get("user-agent", ""))
        if key not in good or browser:
            raise gateway_refusal("Invalid API key", "Double check your Supabase `anon` or `service_role` API key.")

    def caller(self, request: Request) -> Caller:
        """Whom the token names, else whom the kind of key stands for. Raises TokenProblem for a bad token.

        A legacy key counts only in `Authorization`; a new one only in `apikey`, where the gateway stands for it.
        """
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            claims = self._tokens.claims(token.strip())
            return Caller(str(claims.get("role", Role.ANON)), claims)
        return Caller(Role.SERVICE if sent_key(request) == self.secret_key else Role.ANON)


def sent_key(request: Request) -> str:
    """The API key of a request; blank without one."""
    return request.headers.get("apikey") or request.query_params.get("apikey", "")
