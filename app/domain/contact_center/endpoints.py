"""What can be asked of a contact centre, and under which names a connection may say where (contact-center.md §3)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum

import msgspec

from app.errors import UsageError
from app.i18n import _


class Dialect(StrEnum):
    """How questions and answers are written: as the published contract does, or as a gateway in front of it."""

    ARGUS = "argus"
    GATEWAY = "gateway"


class Endpoint(StrEnum):
    """One question; the values are the keys of the setting `paths`."""

    PERSONNEL = "personnel"
    SERVICE_GROUP_DATA = "serviceGroupData"
    AGENT_STATUS_DATA = "agentStatusData"
    AGENT_LOGIN_DATA = "agentLoginData"
    AGENT_CALLS_DATA = "agentCallsData"
    AGENT_CHATS_WORK_TIME = "agentChatsWorkTime"
    AGENT_STATUS = "agentStatus"
    GROUPS_LOAD = "groupsLoad"
    QUEUE_METRICS = "queueMetrics"


_ALIASES = {"groupsonlineload": Endpoint.GROUPS_LOAD}
_PATH = re.compile(r"/?[\w.~-]+(?:/[\w.~-]+)*", re.ASCII)


def path_overrides(text: str) -> dict[Endpoint, str]:
    """The paths that differ from the usual ones, from `groupsLoad=/online/load` with commas, or from a JSON object.

    Raises `UsageError` naming what is no such pair.
    """
    return {_endpoint(key): _path(path) for key, path in _pairs(text).items()}


def overrides_text(text: str) -> str:
    """The same in the one spelling that is kept, under the rules of `path_overrides`."""
    return ", ".join(f"{endpoint}={path}" for endpoint, path in path_overrides(text).items())


def _pairs(text: str) -> Mapping[str, str]:
    if text.lstrip().startswith("{"):
        try:
            return msgspec.json.decode(text, type=dict[str, str])
        except msgspec.MsgspecError as error:
            raise UsageError(_("Not readable as JSON: {value}").format(value=text)) from error
    parts = [part.partition("=") for part in text.split(",") if part.strip()]
    return {key.strip(): path.strip() for key, _sign, path in parts}


def _endpoint(key: str) -> Endpoint:
    folded = key.rpartition("/")[2].replace("_", "").lower()
    for endpoint in Endpoint:
        if folded == endpoint.lower() or _ALIASES.get(folded) is endpoint:
            return endpoint
    raise UsageError(
        _("There is no path {key}.").format(key=key),
        _("It is one of: {choices}.").format(choices=", ".join(Endpoint)),
    )


def _path(path: str) -> str:
    if not _PATH.fullmatch(path) or any(part in {".", ".."} for part in path.split("/")):
        raise UsageError(
            _("{value} is not a path.").format(value=path), _("Write pairs like groupsLoad=/online/load, with commas.")
        )
    return "/" + path.lstrip("/")
