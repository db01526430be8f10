"""Which ports of this computer the built-in inbox listens on: the only receivers on loopback that may be sent to."""

from __future__ import annotations

from app.store.database import fetch
from app.store.runs import HOST, process_alive, this_process
from app.store.webhook_rows import WebhookInboxRow


def note_inbox(port: int) -> None:
    """Remember that this program's inbox listens on that port."""
    values = {"host": HOST, "process": this_process()}
    WebhookInboxRow.insert(port=port, **values).on_conflict(
        conflict_target=[WebhookInboxRow.port], update=values
    ).execute()


def forget_inbox(port: int) -> None:
    """The inbox of that port was closed."""
    WebhookInboxRow.delete().where(WebhookInboxRow.port == port).execute()


def inbox_ports() -> frozenset[int]:
    """Ports of inboxes on this computer whose program still runs."""
    i = WebhookInboxRow
    found = fetch(i.select(i.port, i.process).where(i.host == HOST))
    return frozenset(port for port, process in found if process_alive(process))
