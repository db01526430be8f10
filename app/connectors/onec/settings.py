"""Everything the client of 1C needs to know (onec-zup.md §3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from app.connectors.route import Route
from app.domain.kinds.onec import PostStyle, SessionMode

LICENCE_PAUSES_S = (15.0, 30.0, 60.0)  # §4.4


@dataclass(frozen=True)
class OneCSettings:
    """One service of one publication.

    `licence_pauses_s` are the seconds to wait while 1C has no free licence.
    """

    endpoint_url: str
    zone: ZoneInfo
    post_style: PostStyle = PostStyle.PATH
    session_mode: SessionMode = SessionMode.NONE
    max_parallel: int = 1
    calls_per_second: float = 2.0  # connections.md §10.3
    agents_per_request: int = 200
    hours_as_strings: bool = False
    timeout_s: float = 30.0
    route: Route = field(default_factory=Route)
    licence_pauses_s: tuple[float, ...] = LICENCE_PAUSES_S

    @property
    def publication_url(self) -> str:
        """The address of the publication itself, where it can be told from that of the service."""
        return self.endpoint_url.partition("/hs/")[0]
