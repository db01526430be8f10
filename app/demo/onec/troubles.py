"""The bad days of a 1C server that no other system has (onec-zup.md sections 4.4, 4.5 and 9), and their looks.

    world.onec.trouble = TroublePlan(Trouble.NO_LICENCE, times=2)
    world.onec.trouble = TroublePlan(Trouble.SILENT, only="sendFactWorkTime")     the document is made all the same

What every HTTP system has (late, cut, 401, 429, huge, hanging before anything is done) is `app.demo.faults`.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from enum import StrEnum

import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from app.demo.onec.wire import BOM, Ways, written


class Method(StrEnum):
    """The published methods (section 5)."""

    AGENTS = "agents"
    NORM_HOURS = "getNormHours"
    SCHEDULE = "sendSchedule"
    TIMETYPES = "getTimetypeInfo"
    FACTS = "sendFactWorkTime"


class Trouble(StrEnum):
    """What goes wrong."""

    NONE = "none"
    NO_LICENCE = "no_licence"
    """500 with the wording of a missing licence; with `text` another wording."""
    REFUSAL = "refusal"
    """500 with a readable JSON object: a refusal for a business reason, said in `text`."""
    SENTENCE = "sentence"
    """500 with `text` alone."""
    FALSE = "false"
    """200 whose `result` is false; nothing is done."""
    MODULE_ERROR = "module_error"
    """500 with the trace of a 1C module."""
    HTML_ERROR = "html_error"
    EMPTY_ERROR = "empty_error"
    SESSION_XML = "session_xml"
    """406 with a platform's XML exception."""
    LOCKED = "locked"
    """503: the infobase is locked for an update."""
    SILENT = "silent"
    """Takes the call, does all of it, never answers."""
    NOBODY = "nobody"
    """Empty lists in place of the right ones."""
    DECIMAL_COMMA = "decimal_comma"
    TRAILING_COMMAS = "trailing_commas"
    WRONG_CHARSET = "wrong_charset"
    """UTF-8 that says it is windows-1251, and HTML."""
    REDIRECT_HTTPS = "redirect_https"
    NO_PUBLICATION = "no_publication"
    """404 by the web server, for the base address too."""
    NO_SERVICE = "no_service"
    """404 by 1C for the methods; the base address is alive."""
    WRONG_VERB = "wrong_verb"


class TroublePlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What goes wrong, at which method (blank: all), how often (None: until changed), in which words."""

    trouble: Trouble = Trouble.NONE
    only: Method | None = None
    times: int | None = None
    text: str = ""

    def __post_init__(self) -> None:
        if self.times is not None and self.times < 1:
            raise ValueError("times must be 1 or more")


WELL = TroublePlan()


class TroubleSwitch:
    """The plan in force, set from any thread and used up by calls."""

    def __init__(self) -> None:
        self.plan = WELL
        self._lock = threading.Lock()

    def take(self, method: Method | None) -> TroublePlan:
        """The plan for one call of `method` (None: the bare base address); counts it off."""
        with self._lock:
            plan = self.plan
            if plan.only is not None and plan.only is not method:
                return WELL
            if plan.times is not None:
                self.plan = WELL if plan.times == 1 else msgspec.structs.replace(plan, times=plan.times - 1)
            return plan


NO_LICENCE = "Не обнаружено свободной лицензии!"
MODULE_ERROR = (
    "{ОбщийМодуль.WFM_Обмен.Модуль(212)}: Ошибка при вызове метода контекста (Выполнить)\n"
    "\tРезультат = Запрос.Выполнить().Выгрузить();\n"
    "по причине:\n"
    "src\\dbeng8\\src\\exception.cpp(1), exception Core::Exception clsid={580392e6-ba49-4280-ac67-fcd6f2180121}"
)
NOT_FILLED = "Не заполнен производственный календарь за 2028 год."
SESSION = "Не удалось начать сеанс: превышено время ожидания свободного соединения."
LOCKED = "Начало сеанса с информационной базой запрещено. Выполняется обновление конфигурации."
APACHE_404 = """<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">
<html><head><title>404 Not Found</title></head><body><h1>Not Found</h1>
<p>The requested URL was not found on this server.</p><hr><address>Apache/2.4.58 (Win64)</address></body></html>
"""
IIS_500 = """<!DOCTYPE html><html><head><title>500 - Internal server error.</title></head>
<body><h1>Server Error</h1><h2>500 - Internal server error.</h2></body></html>
"""


def platform_exception(status: int, text: str) -> Response:
    """An error of the platform itself: XML with the reason and a text, after a BOM."""
    page = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<exception xmlns="http://v8.1c.ru/8.2/virtual-resource-system" '
        f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" reason="{status}"><descr>{text}</descr></exception>'
    )
    return Response(BOM + page.encode(), status, {"Content-Type": "application/xml; charset=utf-8"})


def sentence(text: str, status: int = 500) -> Response:
    """A few words in Russian, after a BOM."""
    return Response(BOM + text.encode(), status, {"Content-Type": "text/plain; charset=utf-8"})


def refusal(text: str, ways: Ways) -> Response:
    """500 as 1C refuses for a reason of its own (section 4.5)."""
    return written(msgspec.json.encode({"result": "false", "message": text}), ways, 500)


def no_publication() -> Response:
    """404 of the web server."""
    return HTMLResponse(APACHE_404, 404)


def at_the_door(plan: TroublePlan, request: Request) -> Response | None:
    """What the web server says before 1C is asked."""
    if plan.trouble is Trouble.REDIRECT_HTTPS:
        return RedirectResponse(str(request.url.replace(scheme="https")), 301)
    return no_publication() if plan.trouble is Trouble.NO_PUBLICATION else None


def instead(plan: TroublePlan, method: Method, ways: Ways) -> Response | None:
    """What 1C says in place of doing what was asked; None when it does it."""
    make = _INSTEAD.get(plan.trouble)
    return make(plan, method, ways) if make else None


def _false(plan: TroublePlan, method: Method, ways: Ways) -> Response:
    if method is Method.FACTS:
        return written(msgspec.json.encode({"result": False, "doc": None}), ways)
    text = plan.text or "Документ не записан: период закрыт для редактирования."
    return written(msgspec.json.encode({"result": "false", "message": text}), ways)


def _nobody(_plan: TroublePlan, method: Method, ways: Ways) -> Response:
    return written(b'[{"AR_departments":[],"AR_agents":[]}]' if method is Method.AGENTS else b"[]", ways)


_INSTEAD: dict[Trouble, Callable[[TroublePlan, Method, Ways], Response]] = {
    Trouble.NO_LICENCE: lambda plan, _method, _ways: sentence(plan.text or NO_LICENCE),
    Trouble.REFUSAL: lambda plan, _method, ways: refusal(plan.text or NOT_FILLED, ways),
    Trouble.SENTENCE: lambda plan, _method, _ways: sentence(plan.text or NOT_FILLED),
    Trouble.FALSE: _false,
    Trouble.MODULE_ERROR: lambda plan, _method, _ways: sentence(plan.text or MODULE_ERROR),
    Trouble.HTML_ERROR: lambda _plan, _method, _ways: HTMLResponse(IIS_500, 500),
    Trouble.EMPTY_ERROR: lambda _plan, _method, _ways: Response(b"", 500),
    Trouble.SESSION_XML: lambda plan, _method, _ways: platform_exception(406, plan.text or SESSION),
    Trouble.LOCKED: lambda plan, _method, _ways: sentence(plan.text or LOCKED, 503),
    Trouble.NOBODY: _nobody,
    Trouble.NO_SERVICE: lambda _plan, _method, _ways: platform_exception(404, "HTTP-сервис не найден"),
    Trouble.WRONG_VERB: lambda _plan, _method, _ways: PlainTextResponse("Method Not Allowed", 405),
}

_DECIMAL = re.compile(rb"(?<=:)(-?\d+)\.(\d+)(?=[,}])")
_END_OF_LIST_OR_OBJECT = re.compile(rb'(?<=[}\]\d"el])(?=[\]}])')


def spoilt(plan: TroublePlan, answer: Response) -> Response:
    """The right answer as the trouble leaves it: not quite JSON, or with a wrong head."""
    body = bytes(answer.body)
    if plan.trouble is Trouble.DECIMAL_COMMA:
        body = _DECIMAL.sub(rb"\1,\2", body)
    elif plan.trouble is Trouble.TRAILING_COMMAS:
        body = _END_OF_LIST_OR_OBJECT.sub(b",", body)
    elif plan.trouble is Trouble.WRONG_CHARSET:
        return Response(body, answer.status_code, {"Content-Type": "text/html; charset=windows-1251"})
    else:
        return answer
    return Response(body, answer.status_code, {"Content-Type": answer.headers["content-type"]})
