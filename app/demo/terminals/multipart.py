"""Uploads as terminals read them: strictly (hikvision-isapi.md section 7.3 B).

Two parts, JSON first, CRLF everywhere, in each part `Content-Disposition` before `Content-Type`, quoted names, a plain
boundary without quotes, and a stated length instead of chunks. Whatever is otherwise is `badJsonFormat`, which says
nothing about the picture, as on the real ones.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.demo.terminals.calls import Call
from app.demo.terminals.statuses import Refusal

_TYPE = re.compile(r"multipart/form-data; ?boundary=([A-Za-z0-9'()+_,./:=?-]{1,70})")
_DISPOSITION = re.compile(rb'Content-Disposition: form-data; name="([^"]+)"(?:; filename="[^"]*")?', re.IGNORECASE)
_TYPE_OF_PART = re.compile(rb"Content-Type: [^\r\n]+", re.IGNORECASE)
_LENGTH = re.compile(rb"Content-Length: \d+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its name and its bytes."""

    name: str
    body: bytes


def is_multipart(call: Call) -> bool:
    """Does the call claim to be an upload."""
    return call.content_type.lower().startswith("multipart/")


def read_parts(call: Call) -> list[Part]:
    """The parts in their order. Raises Refusal(badJsonFormat) for anything out of line."""
    kind = _TYPE.fullmatch(call.content_type)
    if kind is None or b"transfer-encoding" in call.headers:
        raise Refusal("badJsonFormat")
    boundary = b"--" + kind[1].encode()
    body = call.body.removesuffix(b"\r\n")
    if not body.startswith(boundary + b"\r\n") or not body.endswith(b"\r\n" + boundary + b"--"):
        raise Refusal("badJsonFormat")
    inside = body[len(boundary) + 2 : -(len(boundary) + 4)]
    return [_part(piece) for piece in inside.split(b"\r\n" + boundary + b"\r\n")]


def _part(piece: bytes) -> Part:
    head, blank, body = piece.partition(b"\r\n\r\n")
    first, *others = head.split(b"\r\n")
    disposition = _DISPOSITION.fullmatch(first)
    if not blank or disposition is None:
        raise Refusal("badJsonFormat")
    if not all(_TYPE_OF_PART.fullmatch(line) or _LENGTH.fullmatch(line) for line in others):
        raise Refusal("badJsonFormat")
    return Part(disposition[1].decode("latin-1"), body)
