"""The audit trail on both databases: entries are chained, and what is done to them behind Muster's back is found."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta

import peewee
import pytest

from app.domain.audit import NOTHING_BEFORE, UNREADABLE, Anchor, AuditKind, AuditNote, Flaw, Origin, Via, link
from app.errors import BadData, StoreError
from app.places import Home
from app.redaction import MASK, register_secret
from app.store import audit
from app.store.audit import Verdict
from app.store.audit_rows import AuditChainRow, AuditRow
from app.store.audit_search import AuditFilter, count_kinds, find_entries
from app.store.database import Store, fetch, insert_rows
from app.store.values import now, to_time

KARI = Origin("kari", Via.WINDOW, "pc-1", "Acme")


def write(store: Store, *names: str) -> None:
    for name in names:
        store.run_now(audit.record, KARI, AuditNote(AuditKind.SETTING_CHANGED, object=name, after={"name": name}))


def seen(store: Store, anchor: Anchor | None = None) -> Verdict:
    return store.run_now(audit.verify, anchor)


def tamper(store: Store, work: Callable[[], object]) -> None:
    """What somebody does who writes to the database past Muster."""
    store.run_now(work)


def rows(store: Store) -> list[AuditRow]:
    return store.run_now(lambda: list(AuditRow.select().order_by(AuditRow.seq)))


class TestAnHonestTrail:
    def test_an_empty_one_verifies(self, store: Store) -> None:
        verdict = seen(store)
        assert (verdict.flaw, verdict.checked, verdict.end.seq) == (None, 0, 0)

    def test_entries_count_from_one_and_verify(self, store: Store) -> None:
        write(store, "a", "b", "c")
        assert [row.seq for row in rows(store)] == [1, 2, 3]
        verdict = seen(store)
        assert (verdict.flaw, verdict.checked) == (None, 3)
        assert verdict.end.hash == rows(store)[-1].hash

    def test_several_notes_of_one_transaction_follow_each_other(self, store: Store) -> None:
        store.run_now(audit.record, KARI, *(AuditNote(AuditKind.REFUSED, object=str(n)) for n in range(5)))
        assert seen(store).checked == 5

    def test_what_is_rolled_back_leaves_no_gap(self, store: Store) -> None:
        def fail() -> None:
            audit.record(KARI, AuditNote(AuditKind.REFUSED))
            raise ArithmeticError

        write(store, "a")
        with pytest.raises(ArithmeticError):
            store.run_now(fail)
        write(store, "b")
        verdict = seen(store)
        assert (verdict.flaw, verdict.checked) == (None, 2)

    def test_secrets_are_blanked_and_long_values_cut(self, store: Store) -> None:
        register_secret("planted-marker")
        note = AuditNote(AuditKind.RUN_STARTED, after={"token": "planted-marker", "shifts": ["x" * 2000] * 300})
        store.run_now(audit.record, KARI, note)
        (row,) = rows(store)
        assert MASK in row.after
        assert "planted-marker" not in row.after
        assert len(row.after) < 20_000
        assert seen(store).flaw is None

    def test_texts_that_a_database_cannot_hold_are_written_with_stand_ins(self, store: Store) -> None:
        store.run_now(audit.record, Origin("k\x00\udc80", Via.WINDOW, "pc"), AuditNote(AuditKind.REFUSED))
        assert seen(store).checked == 1

    def test_two_programs_do_not_fork_the_chain(self, home: Home, url: str, store: Store) -> None:
        command = [sys.executable, "-m", "tests.support.audit_writer", str(home.path), "40", *([url] if url else [])]
        programs = [subprocess.Popen(command) for _program in range(2)]
        assert [program.wait(60) for program in programs] == [0, 0]
        verdict = seen(store)
        assert (verdict.flaw, verdict.checked) == (None, 80)


class TestTampering:
    @pytest.fixture(autouse=True)
    def five_entries(self, store: Store) -> None:
        write(store, "a", "b", "c", "d", "e")

    def found(self, store: Store, anchor: Anchor | None = None) -> tuple[Flaw | None, int]:
        verdict = seen(store, anchor)
        return verdict.flaw, verdict.flaw_at

    @pytest.mark.parametrize("column", ["at", "actor", "via", "host", "organisation", "kind", "operation", "object",
                                        "object_id", "before", "after", "result", "run_id", "hash"])  # fmt: skip
    def test_a_change_of_any_column_is_found_at_its_entry(self, store: Store, column: str) -> None:
        tamper(store, lambda: AuditRow.update({column: "forged"}).where(AuditRow.seq == 3).execute())
        assert self.found(store) == (Flaw.ALTERED, 3)
        verdict = seen(store)
        assert verdict.checked == 2
        assert verdict.entry is not None
        assert verdict.entry[column] == "forged"

    @pytest.mark.parametrize("written", ["x'ff00ff'", "CAST(x'ff00ff' AS TEXT)"])
    def test_a_text_made_unreadable_is_found_at_its_entry(self, store: Store, written: str) -> None:
        if not isinstance(store.database, peewee.SqliteDatabase):
            pytest.skip("PostgreSQL keeps no text that is none")
        tamper(store, lambda: AuditRow.update(after=peewee.SQL(written)).where(AuditRow.seq == 3).execute())
        assert self.found(store) == (Flaw.ALTERED, 3)
        entry = seen(store).entry
        assert entry is not None
        assert entry["seq"] == 3

    @pytest.mark.parametrize("column", ["at", "actor", "kind", "object_id", "before", "after", "hash"])
    @pytest.mark.parametrize("written", ["x'ff00ff'", "CAST(x'ff00ff' AS TEXT)", "'forged'"])
    def test_what_cannot_be_read_is_listed_as_such_and_hides_no_other(
        self, store: Store, column: str, written: str
    ) -> None:
        if not isinstance(store.database, peewee.SqliteDatabase):
            pytest.skip("PostgreSQL keeps no text that is none")
        before = store.run_now(find_entries, AuditFilter())
        tamper(store, lambda: AuditRow.update({column: peewee.SQL(written)}).where(AuditRow.seq == 3).execute())
        found = store.run_now(find_entries, AuditFilter())
        assert [e for e in found if e.seq != 3] == [e for e in before if e.seq != 3]
        (marked,) = (e for e in found if e.seq == 3)
        is_text = written == "'forged'" and column not in {"at", "before", "after"}
        assert (marked.kind == UNREADABLE) is not is_text
        assert sum(store.run_now(count_kinds, AuditFilter()).values()) >= len(found) - 1

    def test_a_database_that_cannot_be_read_accuses_no_entry(
        self, store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(_query: object) -> list[object]:
            raise sqlite3.OperationalError("disk I/O error")

        monkeypatch.setattr(audit, "fetch", refuse)
        with pytest.raises(StoreError):
            seen(store)

    def test_a_removed_mark_of_the_end_is_said_and_never_made_anew(self, store: Store) -> None:
        tamper(store, lambda: AuditChainRow.delete().execute())
        with pytest.raises(BadData, match="mark of the audit trail"):
            seen(store)
        with pytest.raises(BadData):
            write(store, "f")

    def test_the_first_of_several_is_named(self, store: Store) -> None:
        tamper(store, lambda: AuditRow.update(actor="ola").where(AuditRow.seq.in_([2, 4])).execute())
        assert self.found(store) == (Flaw.ALTERED, 2)

    def test_an_entry_that_was_taken_out_of_the_middle_is_missing(self, store: Store) -> None:
        tamper(store, lambda: AuditRow.delete().where(AuditRow.seq == 3).execute())
        assert self.found(store) == (Flaw.MISSING, 3)
        assert seen(store).entry is None

    def test_entries_that_change_places_are_found(self, store: Store) -> None:
        def swap() -> None:
            for old, new in ((2, 99), (3, 2), (99, 3)):
                AuditRow.update(seq=new).where(AuditRow.seq == old).execute()

        tamper(store, swap)
        assert self.found(store) == (Flaw.ALTERED, 2)

    def test_newest_entries_that_were_removed_are_missed(self, store: Store) -> None:
        tamper(store, lambda: AuditRow.delete().where(AuditRow.seq >= 4).execute())
        assert self.found(store) == (Flaw.NEWEST_REMOVED, 4)

    def test_an_entry_that_muster_did_not_add_is_found(self, store: Store) -> None:
        def add() -> None:
            AuditChainRow.update(last_seq=4, last_hash=AuditRow.get_by_id(4).hash).execute()

        tamper(store, add)
        assert self.found(store) == (Flaw.ADDED, 5)

    def test_oldest_entries_that_nobody_pruned_are_missed(self, store: Store) -> None:
        def cut() -> None:
            second = AuditRow.get_by_id(2)
            AuditRow.delete().where(AuditRow.seq <= 2).execute()
            AuditChainRow.update(first_seq=3, first_hash=second.hash).execute()

        tamper(store, cut)
        assert self.found(store) == (Flaw.OLDEST_REMOVED, 3)


class TestAnAnchorOutsideTheDatabase:
    def rewrite(self, store: Store, change: Callable[[], object]) -> None:
        """Somebody who computes all hashes anew and sets the chain's row: nothing inside the database can tell."""

        def forge() -> None:
            change()
            kept = fetch(AuditRow.select().order_by(AuditRow.seq))
            AuditRow.delete().execute()
            before, forged = NOTHING_BEFORE, []
            for row in kept:
                before = link(before, row[:-1])
                forged.append((*row[:-1], before))
            insert_rows(AuditRow, forged)
            AuditChainRow.update(last_seq=kept[-1][0], last_hash=before).execute()

        tamper(store, forge)

    def test_a_chain_that_was_written_anew_is_told_from_the_one_that_was_verified(self, store: Store) -> None:
        write(store, "a", "b", "c")
        anchor = seen(store).end
        write(store, "d")
        assert seen(store, anchor).anchored
        self.rewrite(store, lambda: AuditRow.update(actor="nobody").where(AuditRow.seq == 2).execute())
        assert seen(store).flaw is None
        assert seen(store, anchor).flaw is Flaw.REWRITTEN

    def test_an_end_that_was_cut_off_cleanly_is_missed_up_to_the_last_verification(self, store: Store) -> None:
        write(store, "a", "b", "c")
        anchor = seen(store).end
        self.rewrite(store, lambda: AuditRow.delete().where(AuditRow.seq == 3).execute())
        assert seen(store).flaw is None
        verdict = seen(store, anchor)
        assert (verdict.flaw, verdict.flaw_at) == (Flaw.NEWEST_REMOVED, 3)

    def test_the_anchor_of_another_store_says_nothing(self, store: Store) -> None:
        write(store, "a")
        verdict = seen(store, Anchor("another", 7, "f" * 64))
        assert (verdict.flaw, verdict.anchored) == (None, False)


class TestPruning:
    def age(self, store: Store, days: int) -> None:
        """Make all entries that much older, hashes included, as if the clock had been there."""

        def shift() -> None:
            before = NOTHING_BEFORE
            moment = to_time(now() - timedelta(days=days))
            for row in fetch(AuditRow.select().order_by(AuditRow.seq)):
                content = (row[0], moment, *row[2:-1])
                before = link(before, content)
                AuditRow.update(at=moment, hash=before).where(AuditRow.seq == row[0]).execute()
            AuditChainRow.update(last_hash=before).execute()

        store.run_now(shift)

    def test_old_entries_go_and_the_rest_still_verifies(self, store: Store) -> None:
        write(store, "a", "b", "c")
        self.age(store, 1000)
        write(store, "d")
        limit = now() - timedelta(days=500)
        assert store.run_now(audit.old_entries, limit).rows == 3
        assert store.run_now(audit.prune, KARI, limit) == 3
        assert [(r.seq, r.kind) for r in rows(store)] == [(4, "setting.changed"), (5, "pruned")]
        verdict = seen(store)
        assert (verdict.flaw, verdict.checked, verdict.end.seq) == (None, 2, 5)

    def test_what_is_removed_beyond_the_pruning_is_found(self, store: Store) -> None:
        write(store, "a", "b")
        self.age(store, 1000)
        write(store, "c", "d")
        store.run_now(audit.prune, KARI, now() - timedelta(days=500))

        def cut_more() -> None:
            AuditRow.delete().where(AuditRow.seq == 3).execute()
            AuditChainRow.update(first_seq=4).execute()

        tamper(store, cut_more)
        assert seen(store).flaw is not None

    def test_nothing_old_nothing_happens(self, store: Store) -> None:
        write(store, "a")
        assert store.run_now(audit.prune, KARI, now() - timedelta(days=1)) == 0
        assert len(rows(store)) == 1

    def test_the_newest_entry_stays_whatever_its_age(self, store: Store) -> None:
        write(store, "a", "b")
        self.age(store, 1000)
        assert store.run_now(audit.prune, KARI, now()) == 1
        assert seen(store).flaw is None
