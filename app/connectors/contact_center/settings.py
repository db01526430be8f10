"""Everything the client of a contact centre needs to know (contact-center.md §3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from app.connectors.route import Route
from app.domain.contact_center.endpoints import Dialect, Endpoint


@dataclass(frozen=True)
class ContactCenterSettings:
    """One platform. `paths` are those that differ from the dialect's own; `static_service_id` is meant where a row
    names no service. Without `status_push_url` no status is sent, without `websocket_url` live numbers are asked for.
    """

    endpoint_url: str
    zone: ZoneInfo
    dialect: Dialect = Dialect.ARGUS
    paths: Mapping[Endpoint, str] = field(default_factory=dict)
    websocket_url: str = ""
    status_push_url: str = ""
    static_service_id: str = "1"
    ids_per_request: int = 100
    raw_commas: bool = False
    target_answer_seconds: float = 20.0
    timeout_s: float = 30.0
    calls_per_second: float = 10.0  # connections.md §10.3
    route: Route = field(default_factory=Route)

    @property
    def pushes_to_itself(self) -> bool:
        """Whether status updates go to the platform that the sign-in is meant for: nobody else is shown it."""
        return _origin(self.status_push_url) == _origin(self.endpoint_url)


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.lower()
