"""How a kind of connection is declared: its fields, with their rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.domain.everybody import everybodys
from app.i18n import N_


class ConnectionKind(StrEnum):
    """The remote systems Muster can be connected to."""

    VITEC = "vitec"
    SUPABASE = "supabase"
    CETEC = "cetec"
    MYSQL = "mysql"
    ONEC = "onec"
    CONTACT_CENTER = "contact_center"


class FieldType(StrEnum):
    """What a field of a connection holds."""

    TEXT = "text"
    URL = "url"
    NUMBER = "number"
    CHOICE = "choice"
    SWITCH = "switch"
    CONNECTION = "connection"
    SECRET = "secret"


@dataclass(frozen=True)
class FieldSpec:
    """One field: `env` are the names `import-env` reads, first wins; `low` and `high` are the range of a number,
    outside of which it is refused, or `clamped` into it where a reference wants that.

    `titles` are the words for choices; `aliases` maps other spellings of a choice to the stored one; `overruled_by` is
    a field that makes this one moot; `only_when` names a choice and the value of it that the field belongs to.
    `complete` adds what people leave out, before anything is checked; `check` gives the value as it is kept or raises
    `UsageError`. `of_kind` is the kind of the other connection that a field names. `traded_for` is the secret that a
    sign-in gives for this one, which is then forgotten. What is `shared` goes by the settings of all connections;
    what is `advanced` is shown only when a person asks for it.
    """

    key: str
    label: str
    type: FieldType = FieldType.TEXT
    env: tuple[str, ...] = ()
    default: str | float | bool | None = None
    required: bool = False
    help: str = ""
    choices: tuple[str, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    low: float | None = None
    high: float | None = None
    whole: bool = False
    clamped: bool = False
    overruled_by: str = ""
    only_when: tuple[str, str] | None = None
    complete: Callable[[str], str] | None = None
    check: Callable[[str], str] | None = None
    of_kind: ConnectionKind | None = None
    traded_for: str = ""
    shared: bool = False
    advanced: bool = False

    @property
    def usual(self) -> str | float | bool | None:
        """What holds where a connection says nothing: what holds for all (connections.md §12), else the default."""
        value = everybodys(self.key) if self.shared else None
        return self.default if value is None else value


SYNC_INTERVAL = FieldSpec(
    "sync_interval",
    N_("Seconds between syncs"),
    FieldType.NUMBER,
    default=900,
    low=60,
    high=86_400,
    whole=True,
    shared=True,
)
ENABLE_WEBHOOKS = FieldSpec("enable_webhooks", N_("Tell webhooks"), FieldType.SWITCH, default=True, shared=True)
"""Settings of everything that is synced by itself and tells other systems (connections.md §12)."""


@dataclass(frozen=True)
class KindSpec:
    """A kind of connection: its title and fields, in the order of the form.

    `account` are the settings that say which account of which system is meant: what a sign-in gave is worth nothing
    once one of them changed. `full_access` names a choice and the value of it that means a key that opens everything.
    """

    kind: ConnectionKind
    title: str
    about: str
    fields: tuple[FieldSpec, ...]
    account: tuple[str, ...] = ()
    full_access: tuple[str, str] | None = None

    @property
    def secrets(self) -> tuple[FieldSpec, ...]:
        """The fields whose values live in the keyring."""
        return tuple(f for f in self.fields if f.type is FieldType.SECRET)

    @property
    def settings(self) -> tuple[FieldSpec, ...]:
        """The fields whose values live in the store."""
        return tuple(f for f in self.fields if f.type is not FieldType.SECRET)

    @property
    def address(self) -> str:
        """The key of the setting that holds the address of the system: a URL, else what comes first, a host."""
        return next((f.key for f in self.fields if f.type is FieldType.URL), self.fields[0].key)

    @property
    def earned_secrets(self) -> tuple[str, ...]:
        """The keys of secrets that no person types but a sign-in gives."""
        return tuple(f.traded_for for f in self.fields if f.traded_for)

    def field(self, key: str) -> FieldSpec:
        """The field of that key."""
        return next(f for f in self.fields if f.key == key)

    def in_use(self, settings: Mapping[str, object]) -> tuple[FieldSpec, ...]:
        """The fields that matter with these settings."""
        return tuple(f for f in self.fields if self.uses(f, settings))

    def uses(self, spec: FieldSpec, settings: Mapping[str, object]) -> bool:
        """Whether a field matters with these settings."""
        if spec.only_when is None:
            return True
        key, wanted = spec.only_when
        return (settings.get(key) or self.field(key).usual) == wanted
