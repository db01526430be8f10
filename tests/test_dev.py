"""`dev.py` in a checkout of its own, with stand-ins for uv, apt-get and Python at its edge."""

from __future__ import annotations

import ast
import json
import os
import shutil
import stat
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[1] / "dev.py"
pytestmark = pytest.mark.skipif(os.name == "nt", reason="the stand-ins are shell scripts")

UV = """
[ "$1" = --version ] && { echo "uv ${FAKE_UV_VERSION:-0.13.0}"; exit 0; }
echo "$@" >> "$LOG"
[ -e "$CHECKOUT/offline" ] && { echo "no network"; exit 2; }
mkdir -p .venv/bin
[ -e .venv/damaged ] && { echo "not a valid environment"; exit 2; }
cp "$CHECKOUT/fake-python" .venv/bin/python
"""
PYTHON = """
echo "python $*" >> "$LOG"
case "$*" in *"${FAKE_FAILS:-nothing}"*) exit 1;; esac
"""

APT = """
echo "apt-get $*" >> "$LOG"
[ ! -e "$CHECKOUT/offline" ]
"""
PIP = """
import pathlib, shutil, sys
if "install" in sys.argv:
    target = pathlib.Path(sys.argv[sys.argv.index("--target") + 1], "bin")
    target.mkdir(parents=True)
    shutil.copy("new-uv", target / "uv")
"""


@dataclass(frozen=True)
class Checkout:
    """A folder with `dev.py`, and programs that note what they were asked."""

    path: Path

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run `python3 dev.py`; the machine's own uv and apt-get are out of reach."""
        inside = {"PATH": f"{self.path / 'bin'}:/usr/bin:/bin", "HOME": str(self.path), "LOG": str(self.path / "log")}
        command = [sys.executable, "dev.py", *arguments]
        whole = {**inside, "CHECKOUT": str(self.path), **environment}
        return subprocess.run(command, cwd=self.path, env=whole, capture_output=True, text=True, timeout=60)

    def asked(self, word: str) -> list[str]:
        """What the stand-ins were asked since the last time, by a word in it."""
        log = self.path / "log"
        lines = log.read_text().splitlines() if log.exists() else []
        log.unlink(missing_ok=True)
        return [line for line in lines if word in line]

    def program(self, name: str, script: str) -> Path:
        """Place a shell script."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\n{script}")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return path


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    checkout = Checkout(tmp_path)
    shutil.copy(SOURCE, tmp_path)
    for name in ("uv.lock", "pyproject.toml"):
        (tmp_path / name).write_text(name)
    checkout.program("bin/uv", UV)
    checkout.program("bin/apt-get", APT)
    checkout.program("fake-python", PYTHON)
    return checkout


class TestEnvironment:
    def test_is_made_as_locked_with_this_python_and_then_left_alone(self, checkout: Checkout) -> None:
        assert checkout.run("run").returncode == 0
        (sync,) = checkout.asked("sync")
        assert "--frozen" in sync
        began = time.monotonic()
        assert checkout.run("run").returncode == 0
        assert time.monotonic() - began < 2
        assert checkout.asked("") == ["python -m app demo"]

    def test_follows_the_lock(self, checkout: Checkout) -> None:
        checkout.run("run")
        (checkout.path / "uv.lock").write_text("other")
        checkout.asked("")
        checkout.run("run")
        (sync,) = checkout.asked("sync")
        assert "--reinstall" not in sync

    def test_that_was_left_half_made_is_installed_again(self, checkout: Checkout) -> None:
        (checkout.path / ".venv").mkdir()
        (checkout.path / ".venv/muster-stamp").write_text("unfinished")
        answer = checkout.run("run")
        assert answer.returncode == 0
        assert "half made" in answer.stderr
        (sync,) = checkout.asked("sync")
        assert sync.endswith("--reinstall")

    def test_that_cannot_be_completed_stops_with_the_reason_and_is_mended_next_time(self, checkout: Checkout) -> None:
        checkout.run("run")
        (checkout.path / "uv.lock").write_text("other")
        (checkout.path / "offline").touch()
        answer = checkout.run("run")
        assert answer.returncode == 1
        assert "no network" in answer.stdout
        assert "could not be completed" in answer.stderr
        (checkout.path / "offline").unlink()
        assert checkout.run("run").returncode == 0
        assert checkout.asked("sync")[-1].endswith("--reinstall")

    def test_that_is_broken_is_made_anew(self, checkout: Checkout) -> None:
        (checkout.path / ".venv").mkdir()
        (checkout.path / ".venv/damaged").touch()
        answer = checkout.run("run")
        assert answer.returncode == 0
        assert "made anew" in answer.stderr
        assert not (checkout.path / ".venv/damaged").exists()

    def test_uv_that_is_too_old_is_passed_over(self, checkout: Checkout) -> None:
        checkout.program(".local/bin/uv", UV.replace("${FAKE_UV_VERSION:-0.13.0}", "0.9.1"))
        assert checkout.run("run", FAKE_UV_VERSION="0.2.0").returncode == 0
        assert checkout.asked("sync")

    def test_without_uv_a_private_copy_is_fetched_once_into_the_cache(self, checkout: Checkout) -> None:
        (checkout.path / "pip").mkdir()
        (checkout.path / "pip/__main__.py").write_text(PIP)
        checkout.program("new-uv", UV.replace("${FAKE_UV_VERSION:-0.13.0}", "0.13.8"))
        old = {"FAKE_UV_VERSION": "0.2.0", "PYTHONPATH": str(checkout.path), "XDG_CACHE_HOME": str(checkout.path / "c")}
        answer = checkout.run("run", **old)
        assert answer.returncode == 0
        assert f"fetching uv into {checkout.path}/c/muster/uv" in answer.stderr
        (checkout.path / "uv.lock").write_text("other")
        assert "fetching" not in checkout.run("run", **old).stderr


class TestCommands:
    def test_without_one_it_lists_them(self, checkout: Checkout) -> None:
        answer = checkout.run()
        assert answer.returncode == 2
        for name in ("run", "test", "lint", "bench", "tour", "package", "setup"):
            assert f"\n  {name} " in answer.stdout

    def test_the_exit_code_of_the_program_is_passed_on(self, checkout: Checkout) -> None:
        assert checkout.run("run", FAKE_FAILS="-m app demo").returncode == 1

    def test_lint_runs_every_check_and_names_those_that_found_something(self, checkout: Checkout) -> None:
        answer = checkout.run("lint", FAKE_FAILS="mypy")
        assert answer.returncode == 1
        assert answer.stderr.rstrip().endswith("found something: types")
        assert len(checkout.asked("python -")) == 5
        assert checkout.run("lint").returncode == 0

    def test_bench_fails_when_a_limit_is_missed(self, checkout: Checkout) -> None:
        figure = {"name": "start", "value": 2.5, "unit": "x", "limit": 2.0, "ok": False}
        (checkout.path / "tests/bench").mkdir(parents=True)
        for name, ok in (("slow", False), ("quick", True)):
            line = json.dumps({**figure, "name": name, "ok": ok})
            (checkout.path / f"tests/bench/bench_{name}.py").write_text(f"print({line!r})")
        checkout.program("fake-python", f'exec {sys.executable} "$@"')
        bench = {"QT_QPA_PLATFORM": "offscreen"}
        answer = checkout.run("bench", **bench)
        assert answer.returncode == 1
        assert [line.split()[-1] for line in answer.stdout.splitlines()] == ["ok", "MISSED"]
        assert checkout.run("bench", "quick", **bench).returncode == 0
        assert "There are: quick, slow." in checkout.run("bench", "other", **bench).stderr


class TestPackagesOfTheSystem:
    @pytest.fixture
    def lacking(self, checkout: Checkout) -> Checkout:
        """A checkout on a system where the loader lacks one library and one program."""
        source = (checkout.path / "dev.py").read_text()
        changed = source.replace('"libEGL.so.1": "libegl1"', '"libabsent.so.1": "libabsent1"')
        assert changed != source
        (checkout.path / "dev.py").write_text(changed)
        checkout.program("bin/sudo", 'shift; [ -e "$CHECKOUT/sudoer" ] && exec "$@"')
        return checkout

    def as_person(self, checkout: Checkout) -> None:
        path = checkout.path / "dev.py"
        path.write_text(path.read_text().replace("os.geteuid()", "1000"))

    def test_are_installed_by_root_who_is_told_before(self, lacking: Checkout) -> None:
        path = lacking.path / "dev.py"
        path.write_text(path.read_text().replace("os.geteuid()", "0"))
        answer = lacking.run("run", DISPLAY=":9")
        assert answer.returncode == 0
        assert "installing for the window: libabsent1" in answer.stderr
        update, install = lacking.asked("apt-get")
        assert update.startswith("apt-get update")
        assert "libabsent1" in install

    def test_are_installed_through_sudo_that_asks_nothing(self, lacking: Checkout) -> None:
        self.as_person(lacking)
        (lacking.path / "sudoer").touch()
        assert lacking.run("run", DISPLAY=":9").returncode == 0
        assert lacking.asked("apt-get")

    def test_are_named_with_the_exact_command_to_everybody_else(self, lacking: Checkout) -> None:
        self.as_person(lacking)
        answer = lacking.run("run", DISPLAY=":9")
        assert answer.returncode == 1
        assert "    sudo apt-get install -y --no-install-recommends libabsent1" in answer.stderr
        assert lacking.asked("apt-get") == []

    def test_that_cannot_be_installed_stop_what_needs_them(self, lacking: Checkout) -> None:
        (lacking.path / "sudoer").touch()
        (lacking.path / "offline").touch()
        answer = lacking.run("run", DISPLAY=":9")
        assert answer.returncode == 1
        assert "could not install" in answer.stderr

    def test_are_not_needed_by_the_demo_in_a_terminal(self, lacking: Checkout) -> None:
        assert lacking.run("run").returncode == 0
        assert lacking.asked("apt-get") == []


class TestOldPython:
    def test_reads_the_script(self) -> None:
        ast.parse(SOURCE.read_text(), feature_version=(3, 9))

    def test_is_refused_in_words(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "version_info", (3, 9, 2))
        with pytest.raises(SystemExit, match=r"needs Python 3\.11 or newer; this is Python 3\.9"):
            exec(compile(SOURCE.read_text(), "dev.py", "exec"), {"__name__": "dev", "__file__": str(SOURCE)})
