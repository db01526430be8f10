"""What one row of the audit trail shows, its filters, and the details of one entry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.audit import UNREADABLE, AuditEntry, AuditKind, Via
from app.domain.outcomes import RunState
from app.i18n import N_, _
from ui.runs.words import operation_title
from ui.tables import Column, Kind
from ui.texts import FIELD_WORDS, STATE_WORDS, ago, moment_text, value_text
from ui.theme import Icon, Tone
from ui.widgets import DetailsPane, FilterChip

KIND_WORDS = {
    # Translators: what an entry of the audit trail is about
    AuditKind.RUN_STARTED: N_("Run began"),
    AuditKind.RUN_ENDED: N_("Run ended"),
    AuditKind.REFUSED: N_("Refused"),
    AuditKind.SETTING_CHANGED: N_("Setting changed"),
    AuditKind.ROLE_CHANGED: N_("Role changed"),
    AuditKind.SECRET_CHANGED: N_("Secret changed"),
    AuditKind.SECRET_SEEN: N_("Secret seen"),
    AuditKind.PRUNED: N_("Pruned"),
}
KIND_TONES: Mapping[str, Tone] = {
    AuditKind.RUN_STARTED: Tone.NEUTRAL,
    AuditKind.RUN_ENDED: Tone.NEUTRAL,
    AuditKind.REFUSED: Tone.DANGER,
    AuditKind.SETTING_CHANGED: Tone.INFO,
    AuditKind.ROLE_CHANGED: Tone.WARNING,
    AuditKind.SECRET_CHANGED: Tone.WARNING,
    AuditKind.SECRET_SEEN: Tone.WARNING,
    AuditKind.PRUNED: Tone.WARNING,
    UNREADABLE: Tone.DANGER,
}
KIND_ICONS: Mapping[str, Icon] = {
    AuditKind.RUN_STARTED: Icon.PLAY,
    AuditKind.RUN_ENDED: Icon.CHECK,
    AuditKind.REFUSED: Icon.LOCK,
    AuditKind.SETTING_CHANGED: Icon.SETTINGS,
    AuditKind.ROLE_CHANGED: Icon.USER,
    AuditKind.SECRET_CHANGED: Icon.KEY,
    AuditKind.SECRET_SEEN: Icon.EYE,
    AuditKind.PRUNED: Icon.DELETE,
}
VIA_WORDS = {
    # Translators: from where somebody acted
    Via.WINDOW: N_("Window"),
    Via.COMMAND_LINE: N_("Command line"),
    Via.SCHEDULE: N_("By schedule"),
}
_OWN_FIELDS = {
    # Translators: fields of the audit trail
    "role": N_("Role"),
    "theme": N_("Look"),
    "language": N_("Language"),
    "pinned": N_("Pinned"),
    "kind": N_("Kind"),
    "set": N_("Stored"),
    "forgotten": N_("Forgotten"),
    "secret": N_("Secret"),
    "error": N_("Error"),
    "message": N_("Message"),
    "run_days": N_("Runs kept, days"),
    "run_detail_days": N_("Results kept, days"),
    "audit_days": N_("Audit trail kept, days"),
}
_TOLD_WHOLE = 2
"""So many changed fields are told with their values in the table."""


def kind_words(kind: str) -> str:
    """What an entry is about; of a kind that a newer Muster wrote its own word."""
    if kind == UNREADABLE:
        return _("Row cannot be read")
    return _(KIND_WORDS[AuditKind(kind)]) if kind in set(AuditKind) else kind


def via_words(via: str) -> str:
    """From where somebody acted."""
    return _(VIA_WORDS[Via(via)]) if via in set(Via) else via


def _what(entry: AuditEntry) -> str:
    return operation_title(entry.operation) if entry.operation else ""


def result_words(entry: AuditEntry) -> str:
    """How it ended, or the fields that changed."""
    if entry.kind == AuditKind.RUN_ENDED:
        return _(STATE_WORDS[RunState(entry.result)]) if entry.result in set(RunState) else entry.result
    if entry.result or entry.kind == AuditKind.RUN_STARTED:
        return entry.result
    names = list(dict.fromkeys([*entry.before, *entry.after]))
    if len(names) > _TOLD_WHOLE:
        return ", ".join(map(field_words, names))
    return ", ".join(
        _("{column}: {value}").format(column=field_words(name), value=_change(entry.before, entry.after, name))
        for name in names
    )


def field_words(name: str) -> str:
    """A field in words where there are any; settings of a connection without what is common to them."""
    plain = name.removeprefix("settings.")
    words = _OWN_FIELDS.get(plain) or FIELD_WORDS.get(plain)
    return _(words) if words else plain


COLUMNS: tuple[Column[AuditEntry], ...] = (
    Column("at", N_("When"), lambda e: e.at, kind=Kind.MOMENT, width=140),
    Column("actor", N_("Who"), lambda e: e.actor, width=90),
    Column("via", N_("From"), lambda e: e.via, text=lambda e: via_words(e.via), width=100, muted=True),
    Column("host", N_("Computer"), lambda e: e.host, width=90, muted=True),
    Column("kind", N_("What"), lambda e: e.kind, text=lambda e: kind_words(e.kind), kind=Kind.CHIP, width=150,
           tone=lambda e: KIND_TONES.get(e.kind, Tone.NEUTRAL),
           icon=lambda e: KIND_ICONS.get(e.kind, Icon.INFO)),
    Column("operation", N_("Operation"), _what, width=150),
    Column("object", N_("Object"), lambda e: e.object, width=120),
    Column("result", N_("Result"), result_words, width=260),
    Column("seq", N_("Number"), lambda e: e.seq, kind=Kind.NUMBER, width=80, muted=True),
    Column("organisation", N_("Organization"), lambda e: e.organisation, width=120, muted=True, hidden=True),
    Column("run_id", N_("Run id"), lambda e: e.run_id, width=240, muted=True, hidden=True),
    Column("hash", N_("Hash"), lambda e: e.hash, width=240, muted=True, hidden=True),
)  # fmt: skip


def chips() -> list[FilterChip]:
    """One chip for each kind of entry; runs share one way to be looked at with the rest."""
    return [FilterChip(kind.value, kind_words(kind), _asks_the_store, "kind") for kind in AuditKind]


def _asks_the_store(_entry: object) -> bool:
    """Chips are questions to the store; no row is looked at."""
    return True


def tell_entry(pane: DetailsPane, entry: AuditEntry) -> None:
    """Fill the details with an entry: who, when, from where, what, before and after."""
    chip = (kind_words(entry.kind), KIND_TONES.get(entry.kind, Tone.NEUTRAL))
    pane.set_heading(_what(entry) or kind_words(entry.kind), entry.object, with_picture=False, chip=chip)
    pane.clear_rows()
    pane.add_row(_("When"), moment_text(entry.at), when=ago(entry.at))
    pane.add_row(_("Who"), entry.actor)
    pane.add_row(_("From"), via_words(entry.via), when=entry.host)
    if entry.organisation:
        pane.add_row(_("Organization"), entry.organisation)
    if entry.result:
        pane.add_row(_("Result"), result_words(entry), tone=Tone.DANGER if entry.kind == AuditKind.REFUSED else None)
    _tell_values(pane, entry.before, entry.after)
    pane.add_section(_("The chain"))
    pane.add_row(_("Number"), str(entry.seq))
    pane.add_row(_("Hash"), entry.hash)
    if entry.run_id:
        pane.add_row(_("Run id"), entry.run_id)


def _tell_values(pane: DetailsPane, before: dict[str, Any], after: dict[str, Any]) -> None:
    if not before and not after:
        return
    pane.add_section(_("Before and after") if before else _("Values"))
    for name in dict.fromkeys([*before, *after]):
        pane.add_row(field_words(name), _change(before, after, name))


def _change(before: dict[str, Any], after: dict[str, Any], name: str) -> str:
    new = _value(after.get(name))
    return _("{before} → {after}").format(before=_value(before.get(name)), after=new) if before else new


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "\n".join(f"{field_words(key)}: {_value(item)}" for key, item in value.items())
    return value_text(tuple(value) if isinstance(value, list) else value) or _("empty")
