"""Which ports of this computer the built-in inbox listens on: the only receivers on loopback that may be sent to."""

from __future__ import annotations

from urllib.parse import urlsplit

from app.store.database import fetch
from app.store.runs import HOST, process_alive, this_process
from app.store.values import now
from app.store.webhook_rows import WebhookEndpointRow, WebhookInboxRow

PATH = "/inbox"


def note_inbox(port: int, url: str = "") -> None:
    """Remember that this program's inbox listens on that port; webhooks of a closed inbox then lead to its `url`."""
    if url:
        _lead_here(url)
    values = {"host": HOST, "process": this_process()}
    WebhookInboxRow.insert(port=port, **values).on_conflict(
        conflict_target=[WebhookInboxRow.port], update=values
    ).execute()


def _lead_here(url: str) -> None:
    e, open_now = WebhookEndpointRow, inbox_ports()
    for key, old in fetch(e.select(e.id, e.url).where(e.url.startswith("http://127.0.0.1:"), e.url.endswith(PATH))):
        if urlsplit(old).port not in open_now:
            e.update(url=url, updated_at=round(now().timestamp() * 1000)).where(e.id == key).execute()


def forget_inbox(port: int) -> None:
    """The inbox of that port was closed."""
    WebhookInboxRow.delete().where(WebhookInboxRow.port == port).execute()


def inbox_ports() -> frozenset[int]:
    """Ports of inboxes on this computer whose program still runs."""
    i = WebhookInboxRow
    found = fetch(i.select(i.port, i.process).where(i.host == HOST))
    return frozenset(port for port, process in found if process_alive(process))
