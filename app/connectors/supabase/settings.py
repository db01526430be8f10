"""What a connection to a Supabase project consists of (supabase.md §1)."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.connectors.route import Route
from app.domain.kinds.supabase import AuthMode, PhotoMode


@dataclass(frozen=True)
class SupabaseSettings:
    """Everything a project needs; the secrets stay out of every representation."""

    url: str
    auth_mode: AuthMode = AuthMode.USER
    publishable_key: str = ""
    email: str = ""
    service_key: str = field(default="", repr=False)
    jwks_url: str = ""
    jwt_secret: str = field(default="", repr=False)
    schema: str = "public"
    photo_bucket: str = "pontaj-photos"
    photo_mode: PhotoMode = PhotoMode.AUTO
    photo_hosts: tuple[str, ...] = ()
    page_size: int = 500
    timeout_s: float = 30.0
    route: Route = field(default_factory=Route, repr=False)

    @property
    def key(self) -> str:
        """The key that stands in `apikey`."""
        return self.publishable_key if self.auth_mode is AuthMode.USER else self.service_key

    @property
    def key_list(self) -> str:
        """Where the keys are published that sign tokens."""
        return self.jwks_url or f"{self.url}/auth/v1/.well-known/jwks.json"

    def missing(self) -> tuple[str, ...]:
        """The keys of required fields without a value; the password is asked for at the sign-in."""
        needed = {"url": self.url}
        if self.auth_mode is AuthMode.USER:
            needed |= {"publishable_key": self.publishable_key, "email": self.email}
        else:
            needed |= {"service_key": self.service_key}
        return tuple(key for key, value in needed.items() if not value)
