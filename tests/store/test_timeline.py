"""The time line of a person, a device and a customer, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.domain.audit import AuditKind, AuditNote, Origin, Via
from app.domain.devices import Device
from app.domain.ids import new_id
from app.domain.outcomes import Action, FieldChange, Outcome, Run, RunState, Status
from app.store import audit, devices, runs
from app.store.database import Store
from app.store.models import CustomerRow, EmployeeRow, PullRow
from app.store.onec_rows import OneCPersonRow
from app.store.timeline import Happened, Subject, TimelineEntry, known, timeline
from app.store.values import to_time
from tests.support.rows import fill

MONDAY = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def did(store: Store, hours: int, operation: str, *outcomes: Outcome) -> str:
    run = Run(new_id(), operation, "link", RunState.FINISHED, MONDAY + timedelta(hours=hours), "kari")

    def write() -> None:
        runs.begin_run(run)
        runs.add_outcomes(run.run_id, 0, outcomes)
        runs.end_run(run)

    store.run_now(write)
    return run.run_id


def outcome(
    subject_id: str, target: str = "employees", status: Status = Status.SUCCESS, target_id: str = "x"
) -> Outcome:
    change = (FieldChange("phone", "1", "2"),)
    return Outcome("Åse", subject_id, target, target_id, status, "store", "Updated", Action.UPDATE, changes=change)


def line(store: Store, subject: Subject, record_id: str, before: datetime | None = None, limit: int = 100
         ) -> list[TimelineEntry]:  # fmt: skip
    return store.run_now(timeline, subject, record_id, before=before, limit=limit).entries


class TestAPerson:
    def person(self, store: Store) -> None:
        row = fill(EmployeeRow, id="p1", first_name="Åse", created_at=to_time(MONDAY))
        store.run_now(lambda: EmployeeRow.insert(row).execute())

    def test_all_systems_newest_first(self, store: Store) -> None:
        self.person(store)
        did(store, 1, "employees.sync", outcome("p1"))
        did(store, 2, "terminals.push_all", outcome("p1", "Door 1", Status.FATAL), outcome("p2", "Door 1"))
        entries = line(store, Subject.PERSON, "p1")
        assert [(e.kind, e.operation, e.where) for e in entries] == [
            (Happened.RUN, "terminals.push_all", "Door 1"), (Happened.RUN, "employees.sync", "link"),
            (Happened.ADDED, "", ""),
        ]  # fmt: skip
        assert entries[0].status == "fatal"
        assert entries[1].fields == ("phone",)

    def test_what_1c_knows_under_its_own_id_counts_there_only(self, store: Store) -> None:
        self.person(store)
        link = fill(OneCPersonRow, connection="c", external_id="77", employee_id="p1")
        store.run_now(lambda: OneCPersonRow.insert(link).execute())
        did(store, 1, "onec.send_schedule", outcome("77", "1C"))
        did(store, 2, "customers.sync", outcome("77", "customers"))
        assert [e.operation for e in line(store, Subject.PERSON, "p1")] == ["onec.send_schedule", ""]

    def test_it_goes_on_with_older_entries(self, store: Store) -> None:
        for hours in range(5):
            did(store, hours, "employees.sync", outcome("p1"))
        moments, before = [], None
        for _page in range(5):
            page = store.run_now(timeline, Subject.PERSON, "p1", before=before, limit=2)
            moments += [entry.at for entry in page.entries]
            before = page.older
            if before is None:
                break
        assert moments == [MONDAY + timedelta(hours=hours) for hours in (4, 3, 2, 1, 0)]

    def test_what_one_run_did_at_many_devices_stays_together(self, store: Store) -> None:
        for hours in range(3):
            visits = [outcome("p1", f"Door {n}") for n in range(4)]
            did(store, hours, "terminals.push_all", *visits)
        first = store.run_now(timeline, Subject.PERSON, "p1", limit=6)
        assert (len(first.entries), first.older is None) == (4, False)
        second = store.run_now(timeline, Subject.PERSON, "p1", before=first.older, limit=4)
        assert len(second.entries) == 4
        third = store.run_now(timeline, Subject.PERSON, "p1", before=second.older, limit=6)
        assert (len(third.entries), third.older) == (4, None)

    def test_somebody_unknown(self, store: Store) -> None:
        assert line(store, Subject.PERSON, "nobody") == []
        assert not store.run_now(known, Subject.PERSON, "nobody")


class TestADevice:
    def test_a_push_is_one_entry_with_its_counts(self, store: Store) -> None:
        device = store.run_now(devices.add_device, Device("d1", "Door 1", "10.0.0.1"))
        visits = [outcome(f"p{n}", "Door 1", Status.FATAL if n == 3 else Status.SUCCESS, "d1") for n in range(5)]
        run_id = did(store, 1, "terminals.push_all", *visits, outcome("p1", "Door 2", target_id="d2"))
        (entry,) = [e for e in line(store, Subject.DEVICE, device.id) if e.kind is Happened.VISITS]
        assert (entry.run_id, entry.status, dict(entry.counts)) == (run_id, "fatal", {"fatal": 1, "success": 4})

    def test_changed_settings_are_in_it(self, store: Store) -> None:
        note = AuditNote(AuditKind.SETTING_CHANGED, "devices.edit", "Door 1", "d1", {"site": None}, {"site": "North"})
        store.run_now(audit.record, Origin("kari", Via.WINDOW, "pc"), note)
        (entry,) = line(store, Subject.DEVICE, "d1")
        assert (entry.kind, entry.fields, entry.actor) == (Happened.AUDIT, ("site",), "kari")


class TestACustomer:
    def test_pulls_checks_and_looks_at_the_password(self, store: Store) -> None:
        row = fill(CustomerRow, key="c/7", id="7", name="Acme", created_at=to_time(MONDAY))
        pull = {"customer": "c/7", "pulled_at": to_time(MONDAY + timedelta(hours=3)), "user": "ola", "result": "marked"}
        store.run_now(lambda: (CustomerRow.insert(row).execute(), PullRow.insert(pull).execute()))
        did(store, 1, "customers.sync", outcome("7", "customers"))
        note = AuditNote(AuditKind.SECRET_SEEN, "customers.look_at_password", "Acme", "7")
        store.run_now(audit.record, Origin("kari", Via.WINDOW, "pc"), note)
        assert {e.kind for e in line(store, Subject.CUSTOMER, "7")} == {
            Happened.RUN, Happened.PULL, Happened.ADDED, Happened.AUDIT,
        }  # fmt: skip
