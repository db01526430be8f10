"""The five methods of 1C's published contract, and the two calls of a connection's test (onec-zup.md §5, §6.5)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date
from typing import Any, Self, TypeVar

from app.connectors.breaker import Breaker
from app.connectors.http import Answer, Call, Classify, Repeat, RetryPolicy, may_have_arrived
from app.connectors.onec.bodies import (
    fact_body,
    norm_body,
    read_norms,
    read_reply,
    read_timesheet,
    schedule_body,
    timesheet_body,
)
from app.connectors.onec.line import Line
from app.connectors.onec.people import read_people
from app.connectors.onec.refusals import (
    OneCBadRequest,
    OneCBusinessError,
    OneCFailed,
    OneCLicenseUnavailable,
    OneCLost,
    OneCNotFound,
    OneCWrongVerb,
    classify,
)
from app.connectors.onec.settings import OneCSettings
from app.connectors.sign_in import SignIn, close_sign_in
from app.domain.mappings import Mapper
from app.domain.onec import (
    FactDay,
    NormMode,
    NormRequest,
    OneCNorms,
    OneCPeople,
    OneCReply,
    PersonSchedule,
    Timesheet,
    batches,
    months,
)
from app.errors import BadData, MusterError, NotConfigured, OutcomeUnknown, TimedOut, Unreachable
from app.i18n import _

R = TypeVar("R")
ENOUGH_TO_TELL_BYTES = 65_536
_READ_IN_THREAD_BYTES = 100_000


@dataclass(repr=False)
class Listing:
    """An answer of `agents` as bytes: whoever knows it already need not read it.

    `asked_again` says that it could not be read, so what was read in the end is another one.
    """

    body: bytes
    ask: Callable[[], Awaitable[bytes]]
    read: Callable[[bytes], OneCPeople]
    asked_again: bool = False

    async def people(self) -> OneCPeople:
        """Who is in it; an answer that cannot be read is asked for once more (§9.1).

        Raises `BadData` when the other one cannot be read either.
        """
        try:
            return await _off_loop(self.read, self.body)
        except BadData:
            self.asked_again = True
            return await _off_loop(self.read, await self.ask())


class OneC(AbstractAsyncContextManager["OneC"]):
    """One service of one publication. Belongs to one event loop.

    Every call raises an error of the closed family; `retry` is the policy of reads and of writes that do no harm twice.
    Raises `NotConfigured` without an address.
    """

    def __init__(self, settings: OneCSettings, auth: SignIn, retry: RetryPolicy | None = None) -> None:
        if not settings.endpoint_url:
            raise NotConfigured(_("1C is not configured. Missing: {fields}.").format(fields="endpoint_url"))
        self.settings = settings
        self.mapper = Mapper()
        self._auth = auth
        self._line = Line(settings, auth, retry or RetryPolicy.growing(3))

    def __repr__(self) -> str:
        return f"OneC({self.settings.endpoint_url!r})"

    @property
    def breaker(self) -> Breaker:
        """Refuses calls while 1C is known to be down."""
        return self._line.http.breaker

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.close()

    async def close(self) -> None:
        """End the session and close the pooled sockets."""
        await self._line.close()
        await close_sign_in(self._auth)

    async def agents(self, first: date, last: date) -> OneCPeople:
        """People and departments as of today; the two days bound the vacation balances alone (§5.1)."""
        return await (await self.listing(first, last)).people()

    async def listing(self, first: date, last: date) -> Listing:
        """The same, not yet read."""
        zone = self.settings.zone

        async def ask() -> bytes:
            return (await self._line.get(_agents(first, last))).body

        return Listing(await ask(), ask, lambda body: read_people(body, zone, self.mapper))

    async def norm_hours(self, first: date, last: date, mode: NormMode, people: Sequence[NormRequest]) -> OneCNorms:
        """Norms by the production calendar, so many people at a time as the settings say (§5.2)."""
        zone = self.settings.zone
        by_id = {person.external_id: person for person in people}
        parts = await self._side_by_side(
            self._ask(
                "getNormHours",
                norm_body(first, last, mode, [by_id[external_id] for external_id in group]),
                lambda body: read_norms(body, zone, self.mapper),
            )
            for group in batches(tuple(by_id), self.settings.agents_per_request)
        )
        return OneCNorms(
            tuple(row for part in parts for row in part.rows),
            sum(part.unreadable for part in parts),
            any(part.repaired for part in parts),
            tuple(problem for part in parts for problem in part.refused),
        )

    async def timesheet(self, first: date, last: date, external_ids: Sequence[str]) -> Timesheet:
        """The timesheet, month by month, so that its halves mean something (§5.4)."""
        parts = await self._side_by_side(
            self._month(begin, end, group)
            for begin, end in months(first, last)
            for group in batches(tuple(dict.fromkeys(external_ids)), self.settings.agents_per_request)
        )
        return Timesheet(
            tuple(period for part in parts for period in part.periods),
            sum(part.unreadable for part in parts),
            any(part.repaired for part in parts),
            tuple(problem for part in parts for problem in part.refused),
        )

    async def _side_by_side(self, calls: Iterable[Coroutine[Any, Any, R]]) -> list[R]:
        """What calls give, in their order, so many under way at a time as the settings allow.

        Raises the first error; no further call begins then.
        """
        waiting, found = iter(list(enumerate(calls))), dict[int, R]()
        failed: list[MusterError] = []

        async def lane() -> None:
            for at, call in waiting:
                if failed:
                    call.close()
                    continue
                try:
                    found[at] = await call
                except MusterError as error:
                    failed.append(error)

        try:
            async with asyncio.TaskGroup() as group:
                for _lane in range(self.settings.max_parallel):
                    group.create_task(lane())
        finally:
            for _at, call in waiting:  # cancelled before their turn
                call.close()
        if failed:
            raise failed[0]
        return [found[at] for at in sorted(found)]

    async def _month(self, first: date, last: date, external_ids: Sequence[str]) -> Timesheet:
        return await self._ask(
            "getTimetypeInfo",
            timesheet_body(first, last, external_ids),
            lambda body: read_timesheet(body, first, last, self.settings.zone, self.mapper),
        )

    async def send_schedule(self, schedule: PersonSchedule) -> OneCReply:
        """Write one person's shifts (§5.3). Sending them again does no harm, so a lost answer is asked for again.

        Raises `BadData` for an answer that nobody can read: 1C may have taken them nevertheless.
        """
        body = schedule_body(schedule, self.settings.zone, as_text=self.settings.hours_as_strings)
        try:
            return read_reply((await self._line.post("sendSchedule", body, Repeat.AGAIN)).body)
        except BadData as error:
            remedy = _("1C may have taken it: look there, or send it again, which does no harm.")
            raise BadData(error.message, remedy, code=error.code) from error

    async def send_fact_work_time(self, fact: FactDay) -> OneCReply:
        """Report worked time, of which 1C makes and posts documents at once (§5.5). Sent a single time.

        Raises `OutcomeUnknown` whenever 1C may have taken it without our seeing its answer, `OneCLicenseUnavailable`
        where the platform turned it away, so that nothing was made of it.
        """
        in_session = self._line.has_session
        try:
            answer = await self._line.post("sendFactWorkTime", fact_body(fact, self.settings.zone), Repeat.UNSENT)
            return read_reply(answer.body)
        except OneCLicenseUnavailable as error:
            if error.otherwise is not None:
                raise _unknown(error.otherwise) from error
            remedy = _("Close idle 1C sessions or buy licences, then send it again.")
            raise OneCLicenseUnavailable(_("1C has no free licence, so no document was made."), remedy) from error
        except MusterError as error:
            if _may_be_done(error, in_session=in_session):
                raise _unknown(error) from error
            raise

    async def probe(self) -> Answer:
        """Ask the address itself, which any user may: 1C checks who asks before it looks for a method (§6.5).

        Sent once, past an open breaker. Raises `RefusedSignIn`, `Forbidden` and what else keeps 1C from answering.
        """
        seen: list[Answer] = []
        call = Call(self.settings.endpoint_url, classify=_noting(seen))
        try:
            return await self._line.http.send_once(call)
        except (OneCNotFound, OneCWrongVerb, OneCBadRequest):
            return seen[-1]

    async def probe_agents(self, on: date) -> tuple[Answer, OneCPeople | None]:
        """Ask for people of one day, once, and read what comes first (§6.5).

        The people are None when there are more than fit. Raises `BadData` for what is no such answer.
        """
        path = _agents(on, on)
        call = Call(path, enough_bytes=ENOUGH_TO_TELL_BYTES)
        answer = await self._line.http.send_once(call)
        try:
            return answer, read_people(answer.body, self.settings.zone, self.mapper)
        except BadData:
            if len(answer.body) < ENOUGH_TO_TELL_BYTES or b"AR_" not in answer.body:
                raise
            return answer, None

    async def _ask(self, method: str, body: object, read: Callable[[bytes], R]) -> R:
        return await self._read(lambda: self._line.post(method, body, Repeat.READ), read)

    async def _read(self, ask: Callable[[], Awaitable[Answer]], read: Callable[[bytes], R]) -> R:
        """What a read gives; an answer that cannot be read is asked for once more (§9.1)."""
        answer = await ask()
        try:
            return await _off_loop(read, answer.body)
        except BadData:
            return await _off_loop(read, (await ask()).body)


def _noting(seen: list[Answer]) -> Classify:
    def note(answer: Answer) -> MusterError | None:
        seen.append(answer)
        return classify(answer)

    return note


def _agents(first: date, last: date) -> str:
    return f"agents/{first.isoformat()}/{last.isoformat()}"


async def _off_loop(read: Callable[[bytes], R], body: bytes) -> R:
    return read(body) if len(body) < _READ_IN_THREAD_BYTES else await asyncio.to_thread(read, body)


def _unknown(error: MusterError) -> OutcomeUnknown:
    """What is raised for a write that 1C may have taken; an answer that did come stays what it was."""
    unknown = OutcomeUnknown(_("Nobody knows whether 1C took the worked time: {cause}").format(cause=error.message))
    if isinstance(error, BadData | OneCFailed | OneCBusinessError):
        unknown.kind = error.kind
    return unknown


def _may_be_done(error: MusterError, *, in_session: bool) -> bool:
    """Whether 1C may have acted on a write that failed: no answer, an answer lost on the way, one nobody can read.

    A module may break off after it posted the document. With a session the plain errors are ambiguous too: they
    may be of the session or of the call (§9.3).
    """
    if isinstance(error, TimedOut | Unreachable):
        return may_have_arrived(error)
    if isinstance(error, OneCBadRequest | OneCNotFound):
        return in_session
    return isinstance(error, BadData | OneCLost | OneCFailed)
