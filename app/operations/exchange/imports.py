"""Checks files of contact-centre data, imports them batch by batch, and takes an import back (§7.1, §7.2).

The whole file is checked first. Where a row is bad, nothing is imported, unless the person chose the good rows only.
Each batch is one transaction with its place in the journal: a run that is taken up again checks the file once more,
makes sure that it is the same, and goes on after the last batch that was stored.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

import msgspec

from app.access import Permission
from app.domain.causes import record_code, row_code
from app.domain.exchange import DataType
from app.domain.exchange.checker import FieldRule
from app.domain.exchange.findings import MOST_KEPT, MOST_LISTED, Findings, RowError
from app.domain.exchange.problems import Problem, Rule
from app.domain.kinds import ConnectionKind
from app.domain.outcomes import Action, Outcome, Status
from app.errors import Cancelled, UsageError
from app.events import ContactCenterDataChanged
from app.i18n import N_, _, ngettext
from app.operations.context import RunContext
from app.operations.exchange.checking import Batch, CheckedFile, CheckRequest, check_file
from app.operations.exchange.encodings import Encoding
from app.operations.exchange.files import TextForm
from app.operations.exchange.tables import Separator
from app.operations.registry import operation
from app.store import contact_center as stored
from app.store import leases, runs
from app.store.contact_center import Delivery, Stored

CONTACT_CENTER = (ConnectionKind.CONTACT_CENTER,)
TARGET = "cc_data:{connection}"
_FILE = "file"
_CHECKED, _STORED = "check", "store"


@dataclass(frozen=True)
class ValidateParams:
    """The file and its type of data. `strict` makes errors of warnings; `validation_rules` are the person's own, per
    field; `columns` names fields for columns that are called otherwise ("" for one to be left out); `corrections` are
    values put right by hand, by row and field; `encoding` and `separator` say how a text is written where that is not
    found out; `errors_file` takes all that is wrong.
    """

    data_type: DataType
    file: str
    strict: bool = False
    validation_rules: dict[str, FieldRule] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)
    corrections: dict[int, dict[str, str]] = field(default_factory=dict)
    encoding: Encoding | None = None
    separator: Separator | None = None
    errors_file: str = ""


@dataclass(frozen=True)
class ImportParams:
    """As for a check, and: `update_existing` replaces rows that are there already, which are skipped otherwise;
    `only_valid` imports the good rows although others are bad, as does not validating before the import.
    """

    data_type: DataType
    file: str
    batch_size: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 1_000
    update_existing: bool = False
    validate_before_import: bool = True
    only_valid: bool = False
    strict: bool = False
    validation_rules: dict[str, FieldRule] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)
    corrections: dict[int, dict[str, str]] = field(default_factory=dict)
    encoding: Encoding | None = None
    separator: Separator | None = None
    errors_file: str = ""


@dataclass(frozen=True)
class UndoParams:
    """The import to take back: the id of its run."""

    batch_id: str


@operation(
    "cc.validate_data",
    N_("Check a file of contact centre data"),
    Permission.READ,
    ValidateParams,
    kinds=CONTACT_CENTER,
    writes=False,
    remote=False,
    works_paused=True,
)
async def validate_data(context: RunContext, params: ValidateParams) -> None:
    """Check every row of a file; one outcome per bad row, and a report with the errors grouped by rule."""
    context.outcomes.clear()  # of a run that is taken up again
    checked = await check_file(context, _check_of(params, keep=MOST_KEPT))
    found = context.found = checked.findings
    context.result |= {"data_type": params.data_type.value, **found.validation_report()}
    context.summary |= {"total": found.total, "valid": found.valid, "invalid": found.invalid}
    await _report_bad(context, params.data_type, checked, again=False)


@operation(
    "cc.bulk_import",
    N_("Import contact centre data"),
    Permission.SYNC,
    ImportParams,
    kinds=CONTACT_CENTER,
    target=TARGET,
    remote=False,
    works_paused=True,
)
async def bulk_import(context: RunContext, params: ImportParams) -> None:
    """Check a file, then store its rows in batches."""
    begun = time.monotonic()
    checked = await check_file(context, _check_of(params, batch_size=params.batch_size))
    _refuse_another_file(context, checked)
    await _report_bad(context, params.data_type, checked, again=_FILE in context.receipts)
    done: list[Stored] = []
    try:
        if checked.findings.invalid and params.validate_before_import and not params.only_valid:
            context.warnings.append(_held_back(checked.findings))
            done.append(Stored(skipped=checked.findings.valid))
        else:
            await _store_batches(context, params, checked, done)
    finally:  # also of a run that is cancelled between two batches
        _sum_up(context, params, checked.findings, sum(done, Stored()))
        context.result["processing_time_ms"] = round((time.monotonic() - begun) * 1000)


def _check_of(params: ValidateParams | ImportParams, *, batch_size: int = 0, keep: int = MOST_LISTED) -> CheckRequest:
    return CheckRequest(
        params.data_type,
        params.file,
        params.strict,
        params.validation_rules,
        params.columns,
        params.corrections,
        TextForm(params.encoding, params.separator),
        params.errors_file,
        batch_size,
        keep,
    )


def _refuse_another_file(context: RunContext, checked: CheckedFile) -> None:
    begun = context.receipts.get(_FILE)
    if begun is not None and begun["digest"] != checked.source.digest:
        raise UsageError(
            _("The file {file} has changed since this import began.").format(file=checked.source.path.name),
            _("Start a new import: rows that are stored already are skipped."),
        )


async def _report_bad(context: RunContext, data_type: DataType, checked: CheckedFile, *, again: bool) -> None:
    """One outcome per bad row, and one for those that are too many; kept once, also when a run is taken up again."""
    if again:
        return
    outcomes = [_bad(data_type, error) for error in checked.findings.errors[:MOST_LISTED]]
    if not checked.findings.total:
        outcomes.append(_nothing(data_type, checked))
    if (more := checked.findings.invalid - len(outcomes)) > 0:
        text = ngettext("And {count} more bad row.", "And {count} more bad rows.", more).format(count=more)
        fix = _("A file of errors names all of them.")
        code = record_code("invalid_row")
        outcomes.append(_outcome(data_type, "", "", Status.SKIPPED, _CHECKED, text, Action.SKIP, fix, code))
    if not context.dry_run:
        first, receipt = len(context.outcomes), {"digest": checked.source.digest}
        await context.workspace.store.write(_keep, context.run.run_id, _FILE, first, outcomes, receipt)
    context.report(outcomes)


def _bad(data_type: DataType, error: RowError) -> Outcome:
    subject = _("Row {number}").format(number=error.row)
    problems = [p for p in error.problems if not p.warning]
    message = " ".join(f"{p.field}: {p.message}" if p.field else p.message for p in problems)
    step = problems[0].field or _CHECKED
    return _outcome(
        data_type, subject, str(error.row), Status.SKIPPED, step, message, Action.SKIP, problems[0].fix,
        row_code(problems[0].rule),
    )  # fmt: skip


def _nothing(data_type: DataType, checked: CheckedFile) -> Outcome:
    name = checked.source.path.name
    text, fix = _("The file holds no rows."), _("Choose a file with at least one row beside the names of its columns.")
    code = record_code("invalid_row")
    return _outcome(data_type, name, name, Status.SKIPPED, _CHECKED, text, Action.SKIP, fix, code)


def _outcome(
    data_type: DataType,
    subject: str,
    subject_id: str,
    status: Status,
    step: str,
    message: str,
    action: Action,
    remedy: str = "",
    code: str = "",
) -> Outcome:
    return Outcome(subject, subject_id, data_type.value, "store", status, step, message, action, remedy, code=code)


def _held_back(found: Findings) -> str:
    text = ngettext(
        "Nothing was imported, as {count} of {total} rows is bad. Put it right, or import the good rows only.",
        "Nothing was imported, as {count} of {total} rows are bad. Put them right, or import the good rows only.",
        found.invalid,
    )
    return text.format(count=found.invalid, total=found.total)


async def _store_batches(
    context: RunContext, params: ImportParams, checked: CheckedFile, done: list[Stored]
) -> None:  # fmt: skip
    total, behind = checked.findings.valid, 0
    delivery = Delivery(
        params.data_type, context.own_connection.id, context.run.run_id, replace=params.update_existing
    )  # fmt: skip
    context.progress(_("Storing rows"), 0, total)
    for place, batch in enumerate(checked.batches):
        key = f"batch-{place:06}"
        receipt = context.receipts.get(key)
        if receipt is not None:
            done.append(msgspec.convert(receipt, Stored))
        else:
            done.append(await _store_batch(context, delivery, key, batch))
        behind += batch.count
        context.progress(_("Storing rows"), behind, total)


async def _store_batch(context: RunContext, delivery: Delivery, key: str, batch: Batch) -> Stored:
    store = context.workspace.store
    if context.dry_run:
        done, outcomes = await store.write(_try, delivery, batch)
    else:
        first = len(context.outcomes)
        run_id, stop = context.run.run_id, context.stop
        done, outcomes = await store.write(_carry_out, run_id, key, first, delivery, batch, stop)
        context.workspace.events.publish(ContactCenterDataChanged(delivery.connection))
    context.report(outcomes)
    return done


def _carry_out(
    run_id: str, key: str, first: int, delivery: Delivery, batch: Batch, stop: threading.Event
) -> tuple[Stored, list[Outcome]]:
    leases.beat(run_id)  # after a sleep of this computer another program may have taken over: then nothing is kept
    done, outcomes = _store(delivery, batch)
    _keep(run_id, key, first, outcomes, done)
    if stop.is_set():
        raise Cancelled(_("Cancelled. Nothing of this part was kept."))
    return done, outcomes


def _try(delivery: Delivery, batch: Batch) -> tuple[Stored, list[Outcome]]:
    """What would become of a batch: it is stored and taken back at once."""
    return stored.without_keeping(lambda: _store(delivery, batch))


def _store(delivery: Delivery, batch: Batch) -> tuple[Stored, list[Outcome]]:
    numbers, rows = batch.unpack()
    done = stored.store_rows(delivery, rows)
    outcomes = [_batch_outcome(delivery.data_type, batch, done)]
    for place, cause in done.refused:
        message = _("The database cannot hold this row: {cause}").format(cause=cause)
        problem = Problem("", Rule.STORED, message, _("Check its values."))
        outcomes.append(_bad(delivery.data_type, RowError(place, numbers[place], {}, (problem,))))
    return done, outcomes


def _batch_outcome(data_type: DataType, batch: Batch, done: Stored) -> Outcome:
    subject = _("Rows {first} to {last}").format(first=batch.first, last=batch.last)
    message = _("{added} added, {replaced} replaced, {skipped} were there already.").format(
        added=done.inserted, replaced=done.replaced, skipped=done.skipped
    )
    action = Action.CREATE if done.inserted else Action.UPDATE if done.replaced else Action.UNCHANGED
    status = Status.SKIPPED if action is Action.UNCHANGED else Status.SUCCESS
    return _outcome(data_type, subject, f"{batch.first}-{batch.last}", status, _STORED, message, action)


def _keep(run_id: str, key: str, first: int, outcomes: Sequence[Outcome], receipt: Any) -> None:
    runs.journal_intent(run_id, key)
    runs.add_outcomes(run_id, first, outcomes)
    runs.journal_confirm(run_id, key, receipt)


def _sum_up(context: RunContext, params: ImportParams, found: Findings, done: Stored) -> None:
    written = done.inserted + done.replaced
    failed = found.invalid + len(done.refused)
    context.summary |= {
        "total": found.total,
        "created": done.inserted,
        "updated": done.replaced,
        "skipped": done.skipped,
        "failed": failed,
    }
    context.result |= {
        "data_type": params.data_type.value,
        "batch_id": context.run.run_id,
        "total_records": found.total,
        "successful_records": written,
        "failed_records": failed,
        "inserted": done.inserted,
        "replaced": done.replaced,
        "skipped": done.skipped,
        "error_groups": found.grouped(warnings=False),
        "warning_groups": found.grouped(warnings=True),
        "errors": found.listed(),
    }


@operation(
    "cc.undo_import",
    N_("Take an import back"),
    Permission.SYNC,
    UndoParams,
    kinds=CONTACT_CENTER,
    target=TARGET,
    remote=False,
    works_paused=True,
)
async def undo_import(context: RunContext, params: UndoParams) -> None:
    """Forget the rows that one import brought (§7.1); those that it replaced do not come back."""
    store, connection = context.workspace.store, context.own_connection
    batch_id = params.batch_id
    done = await store.read(runs.find_run, batch_id)
    if done is None or done.operation != "cc.bulk_import" or done.connection != connection.name:
        raise UsageError(
            _("There is no import {id} of this connection.").format(id=batch_id), _("See them with: muster runs list")
        )
    if not done.state.over:
        raise UsageError(_("This import is still running."), _("Cancel it first."))
    count = await store.read(stored.count_batch, connection.id, batch_id)
    if replaced := done.summary.get("updated", 0):
        text = ngettext(
            "{count} row had replaced an earlier one, which does not come back: fetch that period again.",
            "{count} rows had replaced earlier ones, which do not come back: fetch that period again.",
            replaced,
        )
        context.warnings.append(text.format(count=replaced))
    message = ngettext("{count} row was taken back.", "{count} rows were taken back.", count).format(count=count)
    action, status = (Action.UPDATE, Status.SUCCESS) if count else (Action.UNCHANGED, Status.SKIPPED)
    outcome = Outcome(done.run_id, done.run_id, "import", "store", status, _STORED, message, action)
    if not context.dry_run:
        await store.write(_take_back, context.run.run_id, connection.id, batch_id, outcome)
        context.workspace.events.publish(ContactCenterDataChanged(connection.id))
    context.report([outcome])
    context.summary |= {"total": count, "removed": count}


def _take_back(run_id: str, connection_id: str, batch_id: str, outcome: Outcome) -> None:
    stored.delete_batch(connection_id, batch_id)
    runs.forget_outcomes(run_id)
    runs.add_outcomes(run_id, 0, [outcome])
