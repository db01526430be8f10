"""One request to a terminal, one answer of it, and how JSON bodies are read (hikvision-isapi.md sections 2, 4)."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import parse_qsl
from xml.etree.ElementTree import Element, ParseError
from xml.sax.saxutils import escape

import msgspec
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from app.demo.terminals.quirks import Quirks, StatusForm
from app.demo.terminals.statuses import STATUS_TEXT, STATUSES, Refusal, Status

NAMESPACE = "http://www.isapi.org/ver20/XMLSchema"
JSON = b"application/json"
XML = b"application/xml"

_PLACE_OF_ERROR = re.compile(r"`\$\.?(.*)`$")
_MISSING = re.compile(r"missing required field `(\w+)`")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Call:
    """One request: `path` without and `uri` with its query, as they stood in the request line."""

    method: str
    path: str
    uri: str
    headers: Mapping[bytes, bytes]
    body: bytes

    @property
    def query(self) -> dict[str, str]:
        """The parameters of the query; of doubles the last."""
        return dict(parse_qsl(self.uri.partition("?")[2]))

    @property
    def content_type(self) -> str:
        """The header as it was sent, or blank."""
        return self.headers.get(b"content-type", b"").decode("latin-1")


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer."""

    http: int
    body: bytes
    media: bytes = JSON
    headers: tuple[tuple[bytes, bytes], ...] = ()


class Pace(StrEnum):
    """Which latency a call has."""

    PERSON = "person"
    FACE = "face"
    READ = "read"


class Latency(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long a terminal takes for a signed call, in seconds; handshakes are answered at once."""

    person_s: float = 0.03
    face_s: float = 0.12
    read_s: float = 0.02

    def of(self, pace: Pace) -> float:
        """Seconds for a call of this pace."""
        return {Pace.PERSON: self.person_s, Pace.FACE: self.face_s, Pace.READ: self.read_s}[pace]


def read_json(body: bytes, kind: type[T]) -> T:
    """The body as `kind`. Unknown keys are ignored, as section 2 says.

    Raises Refusal as a terminal does: badJsonFormat, MessageParametersLack or badJsonContent naming the field.
    """
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        lacking = _MISSING.search(str(error))
        if lacking:
            raise Refusal("MessageParametersLack", lacking[1]) from error
        where = _PLACE_OF_ERROR.search(str(error))
        field = where[1].rpartition(".")[2].removesuffix("[...]") if where else ""
        raise Refusal("badJsonContent", field) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refusal("badJsonFormat") from error


def xml_fields(body: bytes, root: str) -> dict[str, str]:
    """The fields of a flat document `root`, without namespaces.

    Raises Refusal as a terminal does: badXmlFormat for what is no XML, badXmlContent for another document.
    """
    try:
        document: Element = fromstring(body)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise Refusal("badXmlFormat") from error
    if _plain(document.tag) != root:
        raise Refusal("badXmlContent", root)
    return {_plain(child.tag): (child.text or "").strip() for child in document}


def json_reply(payload: object) -> Reply:
    """HTTP 200 with `payload`."""
    return Reply(200, msgspec.json.encode(payload))


def html_reply(title: str, http: int = 200) -> Reply:
    """A page as web servers of other devices, or of the terminal's own, send it."""
    page = f"<!DOCTYPE html>\n<html><head><title>{title}</title></head><body><h2>{title}</h2></body></html>\n"
    return Reply(http, page.encode(), b"text/html")


def xml_text(root: str, fields: Mapping[str, object]) -> bytes:
    """A flat document of ISAPI; booleans in small letters."""
    inside = "".join(f"<{key}>{_xml_value(value)}</{key}>\n" for key, value in fields.items())
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return f'{head}<{root} version="2.0" xmlns="{NAMESPACE}">\n{inside}</{root}>\n'.encode()


def xml_reply(root: str, fields: Mapping[str, object]) -> Reply:
    """HTTP 200 with a flat document."""
    return Reply(200, xml_text(root, fields), XML)


def done(quirks: Quirks, extra: Mapping[str, object] | None = None, *, as_xml: bool = False) -> Reply:
    """The success of a write, in the form of this terminal."""
    return status_reply(quirks, STATUSES["riskPassword" if quirks.risky_password else "ok"], extra=extra, as_xml=as_xml)


def status_reply(
    quirks: Quirks, status: Status, about: str = "", *, extra: Mapping[str, object] | None = None, as_xml: bool = False
) -> Reply:
    """A status in the form of this terminal; `as_xml` for calls that speak XML whatever the form."""
    fields: dict[str, object] = {
        "statusCode": status.number,
        "statusString": STATUS_TEXT[status.number],
        "subStatusCode": status.code,
    }
    if status.error:
        fields["errorCode"] = status.error
    if status.number == 1 and quirks.ok_with_error_code:
        fields |= {"errorCode": 1, "errorMsg": "ok"}
    if about or status.about:
        fields["errorMsg"] = about or status.about
    fields |= extra or {}
    http = 200 if quirks.errors_with_200 and status.http != 401 else status.http
    if as_xml or quirks.status_form is StatusForm.XML:
        return Reply(http, xml_text("ResponseStatus", fields), XML)
    if quirks.numbers_as_text:
        fields = {key: str(value) if isinstance(value, int) else value for key, value in fields.items()}
    payload: dict[str, Any] = {"ResponseStatus": fields} if quirks.status_form is StatusForm.WRAPPED else fields
    return Reply(http, msgspec.json.encode(payload))


def _plain(tag: str) -> str:
    return tag.rpartition("}")[2]


def _xml_value(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else escape(str(value))


Answer = Callable[[Any, Call], Awaitable[Reply]]
