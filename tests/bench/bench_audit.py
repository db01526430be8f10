"""The audit trail: verifying 300,000 entries, and what recording one costs. Prints one JSON line per figure.

Beside it stands a floor: the same rows read and hashed with nothing compared and nothing remembered.
"""

from __future__ import annotations

import hashlib
import json
import statistics
import sys
import tempfile
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import msgspec

from app.domain.audit import NOTHING_BEFORE, AuditKind, AuditNote, Origin, Via
from app.places import Home
from app.store import audit
from app.store.audit_rows import AuditRow
from app.store.database import Store, fetch

ENTRIES, AT_ONCE, SINGLE, TIMES = 300_000, 5_000, 500, 3
REACH_PER_S = 100_000
WHO = Origin("kari", Via.WINDOW, "desk-7", "Acme Eiendom AS")


def note(number: int) -> AuditNote:
    """An entry as a changed setting or a finished run leaves it."""
    if number % 3:
        after = {
            "total": 340,
            "success": 338,
            "fatal": 2,
            "error": {"kind": "timed_out", "message": "No answer in 30 s."},
        }
        run_id = f"{number:032x}"
        return AuditNote(AuditKind.RUN_ENDED, "terminals.push_all", "supabase", "c1", after=after, result="stopped",
                         run_id=run_id)  # fmt: skip
    before, after = {"settings.max_rps": 5, "status": "active"}, {"settings.max_rps": 8, "status": "inactive"}
    return AuditNote(AuditKind.SETTING_CHANGED, "connections.update", "Åsgård", f"{number:032x}", before, after)


def floor_s() -> float:
    """Seconds to read and hash the same rows and do nothing else."""
    begun, seq, before = perf_counter(), 0, NOTHING_BEFORE
    encode = msgspec.json.Encoder().encode
    while page := fetch(AuditRow.select().where(AuditRow.seq > seq).order_by(AuditRow.seq).limit(5_000)):
        for row in page:
            before = hashlib.sha256(before.encode() + encode(row)).hexdigest()
        seq = page[-1][0]
    return perf_counter() - begun


def main() -> int:
    """Fill, verify, say how fast; 1 when it is slower than it has to be."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Home.find(folder))
        store.open()
        begun = perf_counter()
        for first in range(0, ENTRIES, AT_ONCE):
            store.run_now(audit.record, WHO, *(note(number) for number in range(first, first + AT_ONCE)))
        told("audit.record, 5,000 in a transaction", ENTRIES / (perf_counter() - begun), "entries/s")
        begun = perf_counter()
        for number in range(SINGLE):
            store.run_now(audit.record, WHO, note(number))
        told("audit.record, one a transaction", (perf_counter() - begun) / SINGLE * 1000, "ms")
        times = []
        for _time in range(TIMES):
            begun = perf_counter()
            verdict = store.run_now(audit.verify)
            times.append(perf_counter() - begun)
            assert verdict.flaw is None
        rate = verdict.checked / statistics.median(times)
        told("audit.verify", rate, "entries/s")
        told("floor: read and hash", verdict.checked / store.run_now(floor_s), "entries/s")
        store.close()
    return int(rate < REACH_PER_S)


def told(what: str, value: float, unit: str) -> None:
    """One figure."""
    print(json.dumps({"what": what, "value": round(value, 2), "unit": unit}), flush=True)


if __name__ == "__main__":
    sys.exit(main())
