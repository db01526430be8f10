"""A program that adds entries to the audit trail of a home, each in a transaction of its own.

python -m tests.support.audit_writer HOME COUNT [DATABASE_URL]
"""

from __future__ import annotations

import sys
from pathlib import Path

from app.domain.audit import AuditKind, AuditNote, Origin, Via
from app.places import Home
from app.store import audit
from app.store.database import Store


def main() -> None:
    """Write them as fast as the other program lets."""
    home, count, *url = sys.argv[1:]
    store = Store(Home(Path(home)), *url)
    store.open()
    for number in range(int(count)):
        note = AuditNote(AuditKind.SETTING_CHANGED, object=str(number))
        store.run_now(audit.record, Origin("ola", Via.COMMAND_LINE, "pc-2"), note)
    store.close()


if __name__ == "__main__":
    main()
