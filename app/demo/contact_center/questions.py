"""What a read is asked for, in both dialects, and the refusals of section 4 (contact-center.md).

`argus`: `startDate`, `endDate`, `step`, `groupId`, `agentId`; dates are instants with a zone, all are required.
`gateway`: `start_date`, `end_date`, `step`, `group_id`, `agent_id`; dates may be days of Moscow, the last one included,
and ids may be left out, which means all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from starlette.requests import Request

from app.demo.contact_center.shifts import MOSCOW, midnight

STEP_MS = 300_000


class Dialect(StrEnum):
    """How questions and answers are written."""

    ARGUS = "argus"
    GATEWAY = "gateway"


class BadQuestion(Exception):
    """Answered with 400; `field` names the culprit."""

    def __init__(self, field: str, message: str, description: str) -> None:
        super().__init__(message)
        self.field, self.message, self.description = field, message, description

    def told(self) -> dict[str, str]:
        """The body of the answer."""
        return {"field": self.field, "message": self.message, "description": self.description}


@dataclass(frozen=True)
class Question:
    """One request's parameters, by the names of its dialect."""

    request: Request
    dialect: Dialect

    def period(self) -> tuple[float, float]:
        """`[start, end)` in seconds since 1970."""
        names = ("startDate", "endDate") if self.dialect is Dialect.ARGUS else ("start_date", "end_date")
        start, end = (self._moment(name, last=at == 1) for at, name in enumerate(names))
        if end <= start:
            raise BadQuestion(names[1], "Неверный период", f"{names[1]} должна быть больше {names[0]}")
        return start, end

    def _moment(self, name: str, *, last: bool) -> float:
        text = self._required(name)
        try:
            if self.dialect is Dialect.GATEWAY and len(text) == 10:
                return midnight(date.fromisoformat(text) + timedelta(days=last))
            moment = datetime.fromisoformat(text)
        except ValueError as error:
            raise BadQuestion(name, "Неверный формат даты", f"Не удалось разобрать «{text}» как ISO 8601") from error
        if moment.tzinfo is None:
            if self.dialect is Dialect.ARGUS:
                raise BadQuestion(name, "Неверный формат даты", f"В «{text}» не указан часовой пояс")
            moment = moment.replace(tzinfo=MOSCOW)
        return moment.timestamp()

    def step(self) -> int:
        """The length of an interval in milliseconds; any that is above nought."""
        if self.dialect is Dialect.GATEWAY and "step" not in self.request.query_params:
            return STEP_MS
        text = self._required("step")
        if not text.isascii() or not text.isdigit() or int(text) == 0:
            raise BadQuestion("step", "Неверный шаг", "step должен быть целым числом миллисекунд больше нуля")
        return int(text)

    def groups(self) -> set[str] | None:
        """Ids of groups; None for all."""
        return self._ids("groupId", "group_id")

    def agents(self) -> set[str] | None:
        """Ids of agents; None for all."""
        return self._ids("agentId", "agent_id")

    def _ids(self, argus: str, gateway: str) -> set[str] | None:
        if self.dialect is Dialect.GATEWAY and not self.request.query_params.get(gateway):
            return None
        listed = self._required(argus if self.dialect is Dialect.ARGUS else gateway)
        return {part.strip() for part in listed.split(",") if part.strip()}

    def _required(self, name: str) -> str:
        text = self.request.query_params.get(name, "")
        if not text:
            raise BadQuestion(name, "Не указан обязательный параметр", f"Параметр {name} обязателен")
        return text
