"""PySide6 6.12.0 loses a reference to `None` at each void call on Python 3.11 and aborts; it must not come in."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

VOID_CALLS = """
from PySide6.QtCore import QCoreApplication, QObject, QTimer
application, thing, timer = QCoreApplication([]), QObject(), QTimer()
for _ in range(20_000):
    thing.setObjectName("x")
    timer.stop()
print("alive")
"""


def test_qt_survives_20_000_void_calls() -> None:
    done = subprocess.run([sys.executable, "-c", VOID_CALLS], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (0, "alive\n"), done.stderr


def test_the_lock_names_another_version() -> None:
    lock = tomllib.loads((ROOT / "uv.lock").read_text())
    versions = {part["version"] for part in lock["package"] if part["name"] in {"pyside6-essentials", "shiboken6"}}
    assert len(versions) == 1
    assert versions != {"6.12.0"}
