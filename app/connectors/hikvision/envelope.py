"""Reads whatever a terminal answers into one form (hikvision-isapi.md §4): decided by content, never by the request.

Any bytes give an `Envelope`; what cannot be read is one without content, which the catalogue calls no terminal.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from app.domain.terminals import LockState
from app.redaction import redact

_MOST_DEPTH = 20
_EXCERPT_CHARS = 200
_MOST_CHARS = 4000
_MOST_WORDS = 120
_TOO_LARGE = 1 << 63
_UNPRINTED = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_QUERY = re.compile(r"\?\S*")


@dataclass(frozen=True)
class Envelope:
    """One answer, read. `content` is the JSON or XML as nested dicts, XML under the name of its root.

    `status_code`, `sub_status`, `error_code` and `error_msg` are those of a status object, None or empty without one;
    `lock` is what a refused sign-in says of the account; `excerpt` the beginning of what could not be read.
    """

    http: int
    content: dict[str, Any] = field(default_factory=dict)
    status_code: int | None = None
    sub_status: str = ""
    error_code: int | None = None
    error_msg: str = ""
    lock: LockState | None = None
    excerpt: str = ""

    @property
    def has_status(self) -> bool:
        """Whether the answer carries a status object, which then wins over HTTP."""
        return self.status_code is not None or bool(self.sub_status)

    @property
    def succeeded(self) -> bool:
        """The success of §4, widened: HTTP 200 alone is none."""
        if not self.has_status:
            return self.http == 200 and bool(self.content)
        return self.status_code in {0, 1} and self.sub_status.casefold() in {"ok", "", "riskpassword"}

    def described(self) -> str:
        """The answer in the protocol's words, for logs and for whoever asks why."""
        parts = [f"HTTP {self.http}"]
        if self.status_code is not None:
            parts.append(f"statusCode {self.status_code}")
        if self.sub_status:
            parts.append(self.sub_status)
        if self.error_code is not None:
            parts.append(f"0x{self.error_code:08X} {self.error_msg}".strip())
        elif self.error_msg:
            parts.append(self.error_msg)
        if not self.content:
            parts.append(self.excerpt or "no content")
        return ", ".join(parts)


def read_envelope(http: int, body: bytes) -> Envelope:
    """The answer with this HTTP status and body."""
    content = _content(body)
    if content is None:
        return Envelope(http, excerpt=_line(body[:_MOST_CHARS].decode("utf-8", "replace"))[:_EXCERPT_CHARS])
    if "userCheck" in content and isinstance(content["userCheck"], dict):
        check = content["userCheck"]
        return Envelope(http, content, lock=_lock(check))
    status = content.get("ResponseStatus", content)
    status = status if isinstance(status, dict) else {}
    code, sub = number(status.get("statusCode")), _words(status.get("subStatusCode"))
    locks = {"lockStatus", "retryTimes", "retryLoginTime", "resLockTime", "unlockTime"} & set(status)
    return Envelope(
        http,
        content,
        code,
        sub,
        number(status.get("errorCode")),
        _words(status.get("errorMsg")),
        _lock(status) if locks else None,
    )


def _content(body: bytes) -> dict[str, Any] | None:
    text = body.strip().removeprefix(b"\xef\xbb\xbf")
    if text.startswith(b"{"):
        try:  # names in another character set, or with a tab in them, are no reason to know nothing
            found = json.loads(text.decode("utf-8", "replace"), strict=False)
        except (ValueError, RecursionError):
            return None
        return found if isinstance(found, dict) else None
    if text.startswith(b"<"):
        try:
            root = fromstring(text, forbid_dtd=True)
        except (ParseError, DefusedXmlException, ValueError, LookupError):
            return None
        name = _local(root.tag)
        return None if name.casefold() == "html" else {name: _plain(root, 0)}
    return None


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _plain(element: Element, depth: int) -> Any:
    """An element as text or as a dict; of equal children a list."""
    if not len(element) or depth > _MOST_DEPTH:
        return (element.text or "").strip()
    found: dict[str, list[Any]] = {}
    for child in element:
        found.setdefault(_local(child.tag), []).append(_plain(child, depth + 1))
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def _words(value: Any) -> str:
    """A text of the terminal, fit for a log line: short, in one line, no query of an address, no secret."""
    return _line(_QUERY.sub("", plain_text(value, _MOST_CHARS)))[:_MOST_WORDS]


def _line(text: str) -> str:
    """One line for a log or a table, without secrets and without signs that nobody sees."""
    return redact(" ".join(_UNPRINTED.sub(" ", text).split()))


def plain_text(value: Any, most_chars: int) -> str:
    """A text or number as text that every store and file takes: no NUL, no half of a character; else empty."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value)[:most_chars].replace("\0", "").encode("utf-8", "replace").decode()


def number(value: Any) -> int | None:
    """A whole number of at most 64 bits that may arrive as text, decimal or hex; None for anything else."""
    text = value.strip() if isinstance(value, str) else ""
    try:
        if isinstance(value, int) and not isinstance(value, bool):
            found = value
        else:
            found = int(text, 16) if text[:2].casefold() == "0x" else int(text)
    except ValueError:
        return None
    return found if abs(found) < _TOO_LARGE else None


def _lock(values: dict[str, Any]) -> LockState:
    """What is said of the account, under the names of either form (§3.3)."""
    activated = str(values.get("isActivated", "")).casefold()
    left = values.get("retryLoginTime", values.get("retryTimes"))
    return LockState(
        locked=str(values.get("lockStatus", "")).casefold() in {"lock", "locked"},
        seconds=number(values.get("unlockTime", values.get("resLockTime"))),
        tries_left=number(left),
        activated=None if not activated else activated == "true",
    )
