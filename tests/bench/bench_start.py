"""Command to first visible window, against a bare PySide6 main window in the same run.

The time is taken outside both programs: when the X server maps a window as large as a main window.
Prints one JSON line. Needs a display of its own (Xvfb).
"""

from __future__ import annotations

import ctypes
import ctypes.util
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPEATS = 9
LIMIT = 2.0
ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
ENVIRONMENT["PYTHONPATH"] = str(Path(__file__).with_name("default_install"))  # without what only tests install
BARE = """
import sys
from PySide6.QtWidgets import QApplication, QMainWindow
application = QApplication(sys.argv)
window = QMainWindow()
window.resize(1360, 860)
window.show()
application.exec()
"""


class Attributes(ctypes.Structure):
    """XWindowAttributes, as far as it is read here (Xlib.h)."""

    _fields_ = [
        ("x", ctypes.c_int), ("y", ctypes.c_int), ("width", ctypes.c_int), ("height", ctypes.c_int),
        ("border_width", ctypes.c_int), ("depth", ctypes.c_int), ("visual", ctypes.c_void_p), ("root", ctypes.c_ulong),
        ("class", ctypes.c_int), ("bit_gravity", ctypes.c_int), ("win_gravity", ctypes.c_int),
        ("backing_store", ctypes.c_int), ("backing_planes", ctypes.c_ulong), ("backing_pixel", ctypes.c_ulong),
        ("save_under", ctypes.c_int), ("colormap", ctypes.c_ulong), ("map_installed", ctypes.c_int),
        ("map_state", ctypes.c_int), ("rest", ctypes.c_long * 8),
    ]  # fmt: skip


class Screen:
    """Looks for mapped main windows on the display."""

    def __init__(self) -> None:
        name = ctypes.util.find_library("X11")
        if name is None:
            raise SystemExit("libX11 is needed for this measurement")
        self._x = ctypes.CDLL(name)
        self._x.XOpenDisplay.restype = ctypes.c_void_p
        self._x.XDefaultRootWindow.restype = ctypes.c_ulong
        self._display = ctypes.c_void_p(self._x.XOpenDisplay(None))
        if self._display.value is None:
            raise SystemExit("A display is needed for this measurement")
        self._root = ctypes.c_ulong(self._x.XDefaultRootWindow(self._display))

    def shows_window(self) -> bool:
        """Whether a window of at least 600 pixels is viewable."""
        root, parent, count = ctypes.c_ulong(), ctypes.c_ulong(), ctypes.c_uint()
        children = ctypes.POINTER(ctypes.c_ulong)()
        self._x.XQueryTree(
            self._display, self._root, ctypes.byref(root), ctypes.byref(parent), ctypes.byref(children),
            ctypes.byref(count),
        )  # fmt: skip
        found = any(self._is_main(children[i]) for i in range(count.value))
        if count.value:
            self._x.XFree(children)
        return found

    def _is_main(self, window: int) -> bool:
        attributes = Attributes()
        self._x.XGetWindowAttributes(self._display, ctypes.c_ulong(window), ctypes.byref(attributes))
        return bool(attributes.map_state == 2 and attributes.width >= 600)


def main() -> int:
    """Measure alternately and print the ratio of the best times."""
    screen = Screen()
    bare, ours = [], []
    with tempfile.TemporaryDirectory() as home:
        for _repeat in range(REPEATS):
            bare.append(_seconds(screen, ["-c", BARE], home))
            ours.append(_seconds(screen, ["-m", "app", "gui"], home))
    ratio = min(ours) / min(bare)
    name = "command to first window / bare window"
    print(json.dumps({"name": name, "value": round(ratio, 2), "unit": "x", "limit": LIMIT, "ok": ratio <= LIMIT}))
    print(f"  ours {min(ours):.3f} s, bare {min(bare):.3f} s", file=sys.stderr)
    return 0 if ratio <= LIMIT else 1


def _seconds(screen: Screen, arguments: list[str], home: str) -> float:
    while screen.shows_window():
        time.sleep(0.01)
    begun = time.perf_counter()
    environment = ENVIRONMENT | {"MUSTER_HOME": home}
    with subprocess.Popen([sys.executable, *arguments], cwd=ROOT, env=environment) as process:
        while not screen.shows_window():
            if time.perf_counter() - begun > 30:
                process.kill()
                raise SystemExit("no window came up")
            time.sleep(0.001)
        seconds = time.perf_counter() - begun
        process.kill()
    return seconds


if __name__ == "__main__":
    raise SystemExit(main())
