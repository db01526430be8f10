"""The demo 1C: the five published methods of onec-zup.md section 5 behind the transport of section 4.

    world.onec.people[0].left = date(2026, 3, 31)            change people in place
    world.onec.trouble = TroublePlan(Trouble.NO_LICENCE, times=2)
    world.onec.ways = Ways(max_sessions=1, latency_s=0.2)    the habits of the installation
    world.onec.clock = lambda: datetime(2026, 3, 10, 12, tzinfo=UTC)
    world.onec.documents, world.onec.schedules               what was posted and planned

The web server asks 1C, 1C asks for the user, then for a session, then runs the method: a bad day hits at its own
place in that order. Faults (`faults`; over HTTP `control`) may be aimed at any `Method`, troubles too; `control` of
this room has the rest over HTTP.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime

import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from app.demo.http_system import Endpoint, HttpSystem
from app.demo.line import Silence
from app.demo.onec.calendar import ProductionCalendar
from app.demo.onec.control import control_of_1c
from app.demo.onec.facts import Document, Facts, SentFact
from app.demo.onec.norms import NormQuestion, norm_hours
from app.demo.onec.people import agents
from app.demo.onec.planning import NotWritten, Planning, Schedule, SentSchedule
from app.demo.onec.refused import Refused
from app.demo.onec.sessions import COOKIE, NoSession, Sessions
from app.demo.onec.staff import Person, Staff, build_staff, checked_size
from app.demo.onec.timesheet import SheetQuestion, time_sheets
from app.demo.onec.troubles import NO_LICENCE as NO_LICENCE_TEXT
from app.demo.onec.troubles import (
    WELL,
    Method,
    Trouble,
    TroublePlan,
    TroubleSwitch,
    at_the_door,
    instead,
    no_publication,
    platform_exception,
    refusal,
    sentence,
    spoilt,
)
from app.demo.onec.wire import MOSCOW, Ways, encoded

PUBLICATION = "/customer"
BASE = f"{PUBLICATION}/hs/wfm"
VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD")

_Run = Callable[[bytes], object]


class _Period(msgspec.Struct):
    startDate: str
    endDate: str


class DemoOneC(HttpSystem):
    """An infobase with its publication. Everything public may be changed while it serves.

    Raises ValueError for a number of people that it cannot have; they are made when they are first asked for.
    """

    def __init__(self, people: int = 60, *, seed: int = 2026) -> None:
        self._size, self._seed = checked_size(people), seed
        self._staff: Staff | None = None
        self._handed_out = False
        self._answers: dict[tuple[date, date, date, Ways], Response] = {}
        self._troubles = TroubleSwitch()
        self.sessions = Sessions()
        self.ways = Ways()
        self.username, self.password = "WFMСистема", "Пароль-2026"
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.calendar = ProductionCalendar()
        self.planning = Planning(self.calendar)
        self.facts = Facts(self.planning)
        super().__init__(self._endpoints(), control_of_1c(self))

    @property
    def staff(self) -> Staff:
        """People and departments; to be changed in place, every answer from now on is made of what it then holds."""
        self._handed_out = True
        return self._known_staff()

    @property
    def people(self) -> list[Person]:
        """The people of `staff`."""
        return self.staff.people

    @property
    def documents(self) -> list[Document]:
        """All that sendFactWorkTime posted."""
        return self.facts.documents

    @property
    def schedules(self) -> dict[tuple[str, str], Schedule]:
        """What sendSchedule wrote, by GUID in lower case and month as in "2026-03"."""
        return self.planning.schedules

    @property
    def trouble(self) -> TroublePlan:
        """What goes wrong now; assign a plan to change it, `WELL` to heal."""
        return self._troubles.plan

    @trouble.setter
    def trouble(self, plan: TroublePlan) -> None:
        self._troubles.plan = plan

    @property
    def today(self) -> date:
        """The day in Moscow."""
        return self.clock().astimezone(MOSCOW).date()

    def describe(self) -> dict[str, str]:
        """What a connection needs, by the names of section 3. Raises RuntimeError before the start."""
        return {
            "endpoint_url": f"{self.base_url}{BASE}",
            "authentication_type": "basic",
            "username": self.username,
            "password": self.password,
            "timezone": MOSCOW.key,
        }

    def roster(self) -> list[Person]:
        """The people for who only reads them, such as the contact centre beside it."""
        return self._known_staff().people

    def _known_staff(self) -> Staff:
        if self._staff is None:
            self._staff = build_staff(self._size, today=self.today, seed=self._seed)
        return self._staff

    def _endpoints(self) -> list[Endpoint]:
        self._runs: dict[Method, _Run] = {
            Method.AGENTS: self._period,
            Method.NORM_HOURS: self._norm_hours,
            Method.SCHEDULE: self._schedule,
            Method.TIMETYPES: self._timetypes,
            Method.FACTS: self._post_facts,
        }
        posted = [method for method in self._runs if method is not Method.AGENTS]
        methods = [Endpoint((method,), f"{BASE}/{method}", self._posted(method), methods=VERBS) for method in posted]
        return [
            Endpoint((Method.AGENTS,), f"{BASE}/agents/{{first}}/{{last}}", self._agents, methods=VERBS),
            *methods,
            *(Endpoint((), path, self._base, methods=VERBS) for path in (BASE, f"{BASE}/")),
            Endpoint((), f"{PUBLICATION}/hs/{{rest:path}}", self._elsewhere, methods=VERBS),
            *(Endpoint((), path, _web_client) for path in (PUBLICATION, f"{PUBLICATION}/", f"{PUBLICATION}/ru_RU/")),
            Endpoint((), "/{rest:path}", _nothing, methods=VERBS),
        ]

    # The order of a real one: web server, user, session, method.

    async def _called(
        self, request: Request, method: Method, verb: str, run: Callable[[], object], *, envelope: bool = False
    ) -> Response:
        plan = self._troubles.take(method)
        if refused := at_the_door(plan, request) or self._stranger(request):
            return refused
        if request.method != verb:
            return PlainTextResponse("Method Not Allowed", 405, {"Allow": verb})
        if not (self.ways.envelope_style if envelope else self.ways.path_style):
            return platform_exception(404, "Не найден шаблон URL")
        return await self._in_session(request, lambda: self._answered(plan, method, run))

    def _stranger(self, request: Request) -> Response | None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        pair = base64.b64encode(f"{self.username}:{self.password}".encode()).decode()
        if scheme.lower() == "basic" and token == pair:
            return None
        return PlainTextResponse("", 401, {"WWW-Authenticate": 'Basic realm="1C:Enterprise 8.3"'})

    async def _in_session(self, request: Request, answer: Callable[[], Response]) -> Response:
        ways = self.ways
        cookie = self.sessions.begin(request, ways)
        if cookie is NoSession.NO_LICENCE:
            return sentence(NO_LICENCE_TEXT)
        if cookie is NoSession.POOL_IS_FULL:
            return platform_exception(406, "Не удалось начать сеанс: пул сеансов заполнен.")
        if cookie is NoSession.UNKNOWN_COOKIE:
            return platform_exception(404, "Сеанс не найден")
        try:
            if ways.latency_s:
                await asyncio.sleep(ways.latency_s)
            response = answer()
        finally:
            self.sessions.end(request, cookie)
        if cookie is not None and request.headers.get("IBSession", "").lower() == "start":
            response.set_cookie(COOKIE, cookie, path=BASE, httponly=True)
        return response

    def _answered(self, plan: TroublePlan, method: Method, run: Callable[[], object]) -> Response:
        ways = self.ways
        if (response := instead(plan, method, ways)) is not None:
            return response
        try:
            result = run()
        except Refused as refused:
            return refusal(str(refused), ways)
        except ValueError as error:  # msgspec's as well: the body is not what the method asks for
            return refusal(f"Ошибка в параметрах запроса: {error}", ways)
        if plan.trouble is Trouble.SILENT:
            return Silence()
        return spoilt(plan, result if isinstance(result, Response) else encoded(result, ways))

    # Where calls arrive.

    async def _agents(self, request: Request) -> Response:
        texts = request.path_params
        return await self._called(request, Method.AGENTS, "GET", lambda: self._people(texts["first"], texts["last"]))

    def _posted(self, method: Method) -> Callable[[Request], Awaitable[Response]]:
        async def called(request: Request) -> Response:
            body = await request.body()
            return await self._called(request, method, "POST", lambda: self._runs[method](body))

        return called

    async def _base(self, request: Request) -> Response:
        """The bare address: a call in an envelope, or somebody who looks whether it is alive (section 6.5)."""
        method, question = _opened(await request.body()) if request.method == "POST" else (None, b"")
        if method is not None:
            run = self._runs[method]
            return await self._called(request, method, "POST", lambda: run(question), envelope=True)
        return self._nowhere(request, "Не найден шаблон URL")

    async def _elsewhere(self, request: Request) -> Response:
        return self._nowhere(request, "HTTP-сервис не найден")

    def _nowhere(self, request: Request, text: str) -> Response:
        """Looking for something that is not there uses no trouble up."""
        plan = self.trouble if self.trouble.only is None else WELL
        return at_the_door(plan, request) or self._stranger(request) or platform_exception(404, text)

    # What the methods do.

    def _people(self, first: str, last: str) -> object:
        """The encoded answer is kept while nobody can have changed the people."""
        key = (date.fromisoformat(first), date.fromisoformat(last), self.today, self.ways)
        if key[1] < key[0]:
            raise Refused("Дата окончания периода меньше даты начала.")
        response = None if self._handed_out else self._answers.get(key)
        if response is None:
            found = agents(self._known_staff(), *key[:3], self.ways)
            response = encoded([found] if self.ways.one_element_array else found, self.ways)
            self._answers = {key: response}
        return Response(response.body, 200, {"Content-Type": response.headers.get("content-type", "")})

    def _period(self, body: bytes) -> object:
        """`agents` in an envelope; nothing is published about the names of its dates."""
        period = msgspec.json.decode(body, type=_Period)
        return self._people(period.startDate, period.endDate)

    def _norm_hours(self, body: bytes) -> object:
        return norm_hours(msgspec.json.decode(body, type=NormQuestion), self._known_staff(), self.calendar)

    def _schedule(self, body: bytes) -> object:
        sent = msgspec.json.decode(body, type=SentSchedule)
        try:
            message, written = self.planning.write(sent, self._known_staff(), self.today), True
        except NotWritten as refused:
            message, written = str(refused), False
        return {"result": str(written).lower() if self.ways.result_as_text else written, "message": message}

    def _timetypes(self, body: bytes) -> object:
        question = msgspec.json.decode(body, type=SheetQuestion)
        return time_sheets(question, self._known_staff(), self.planning, self.facts, self.ways)

    def _post_facts(self, body: bytes) -> object:
        sent = msgspec.json.decode(body, type=SentFact)
        now = self.clock().astimezone(MOSCOW)
        posted = self.facts.post(sent, self._known_staff(), now, self.username)
        kinds = dict.fromkeys(document.kind for document in posted)
        return {"result": bool(posted), "doc": ", ".join(kinds) or None}


def _opened(body: bytes) -> tuple[Method | None, bytes]:
    """The method and question of an envelope, `{"<method>": {...}}`."""
    try:
        envelope = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
        (name, question), *more = envelope.items()
        return (None, b"") if more else (Method(name), bytes(question))
    except ValueError:
        return None, b""


async def _web_client(_request: Request) -> Response:
    return HTMLResponse("<!DOCTYPE html><html><head><title>1С:Предприятие</title></head><body></body></html>")


async def _nothing(_request: Request) -> Response:
    return no_publication()
