"""Signing in again: new credentials for a connection whose settings stay (connections.md §4).

The old secret stays in use until a test has proven the new one, and the new one has to lead to the same system: where
what it shows differs from what the last test that worked showed, a person decides.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import Any

from app.access import Permission
from app.domain.connections import Connection, checked_settings, refuse_secrets
from app.domain.identity import STORED_AS, differences, identity_of
from app.domain.kinds import FieldSpec, FieldType
from app.domain.kinds.sign_in import TYPED_REFRESH_TOKEN
from app.errors import Held, UsageError
from app.i18n import N_, _
from app.operations.connection_state import keep_report, teller, told_report
from app.operations.connection_test import check, mapping_of
from app.operations.connections import ALL, Scalar, UpdateParams, check_secrets, update_connection
from app.operations.context import RunContext
from app.operations.registry import operation
from app.operations.sessions import DraftSession
from app.redaction import register_secret

_NAMES = frozenset({"product_login", "email", "username", "user", "client_id"})
"""Settings that say who signs in; everything else of a connection is not touched by signing in again."""


@dataclass(frozen=True)
class SignInParams:
    """Changed names of the account only; `confirm` takes over what leads to a system that looks like another one."""

    settings: dict[str, Scalar] = field(default_factory=dict)
    confirm: bool = False

    def __post_init__(self) -> None:
        refuse_secrets(self.settings)


def sign_in_fields(connection: Connection) -> list[FieldSpec]:
    """What is asked for to sign in again: who, and the secrets in use, but those of the line."""
    fields = connection.spec.in_use(connection.settings)
    return [spec for spec in fields if spec.key in _NAMES or (spec.type is FieldType.SECRET and not spec.advanced)]


@operation(
    "connections.sign_in", N_("Sign in again"), Permission.ADMIN, SignInParams,
    kinds=ALL, remote=False, works_paused=True,
)  # fmt: skip
async def sign_in_again(context: RunContext, params: SignInParams) -> None:
    """Prove new credentials by a test, then keep them; whatever goes wrong, the old ones stay.

    `found` are the secrets as they are worth now, for whoever confirms them: a refresh token may have been traded.

    Raises the error of the stage that failed, `Held` where the system looks like another one.
    """
    old = context.own_connection
    draft = _draft(context, old, params)
    register_secret(*context.secrets.values())
    session = DraftSession(lambda key: _secret(context, old, key), draft.spec)
    # A refresh token may work only once: what it gave is kept instead of it, so its session must not end.
    trades_token = bool(context.secrets.get(TYPED_REFRESH_TOKEN))
    report, problem = await check(
        draft,
        lambda key: _secret(context, old, key),
        session,
        teller(context),
        mapper=await mapping_of(context.workspace.store, old.id),
        ends_session=not trades_token,
    )
    context.result |= told_report(report)
    if problem is not None:
        raise problem
    known = (old.last_test or {}).get(STORED_AS) or {}
    found = differences(known, identity_of(report.details))
    context.result["differences"] = [asdict(each) for each in found]
    secrets = {key: value for key, value in context.secrets.items() if value}
    if trades_token and (token := await session.refresh_token()):
        secrets[TYPED_REFRESH_TOKEN] = token
    context.found = secrets
    if found and not params.confirm:
        raise Held(
            _("The new sign-in works, but it leads to a system that looks like another one. The old one stays in use."),
            _("Look at the differences, then sign in with confirm=true if it is the right one."),
        )
    if context.dry_run:
        return
    await update_connection(replace(context, secrets=secrets, result={}), UpdateParams(params.settings))
    await keep_report(context, replace(draft, last_test={STORED_AS: known}), report, None)


def _draft(context: RunContext, old: Connection, params: SignInParams) -> Connection:
    """The connection as it would be. Raises `UsageError` for what does not belong to signing in."""
    check_secrets(old.kind, context.secrets)
    if not any(context.secrets.values()):
        raise UsageError(_("Enter the new password, key or token."))
    fields = {spec.key for spec in sign_in_fields(old)}
    if other := sorted({*params.settings, *context.secrets} - fields):
        raise UsageError(
            _("{key} does not belong to signing in.").format(key=other[0]), _("Edit the connection to change it.")
        )
    known = {spec.key for spec in old.spec.settings}
    kept = {key: value for key, value in old.settings.items() if key in known}
    settings: dict[str, Any] = checked_settings(old.kind, {**kept, **params.settings})
    return replace(old, settings=settings, secrets=(*context.secrets, *old.secrets))


async def _secret(context: RunContext, old: Connection, key: str) -> str:
    """What was typed; what a person left blank stays as it is, but nothing is proven by what the old sign-in gave."""
    if typed := context.secrets.get(key, ""):
        return typed
    return await context.workspace.vault.get(old, key)
