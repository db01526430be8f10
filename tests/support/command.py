"""Runs the real command `muster` in a process of its own and reads what it printed."""

from __future__ import annotations

import contextlib
import gc
import io
import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import keyring.core

from app.cli.main import main

ROOT = Path(__file__).resolve().parents[2]
_MOST_SECONDS = 60


@dataclass(frozen=True)
class Ran:
    """A command that ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one document on standard output; fails when there is more or none."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Muster:
    """The command on one home folder; `environment` is added to a clean one."""

    home: Path
    keyring: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, *arguments: str, stdin: str = "", env: Mapping[str, str] | None = None) -> Ran:
        """Run to the end."""
        ended = subprocess.run(
            [sys.executable, "-m", "app", *arguments],
            input=stdin, capture_output=True, encoding="utf-8", cwd=ROOT, env=self.env(env), timeout=_MOST_SECONDS,
            check=False,
        )  # fmt: skip
        return Ran(ended.returncode, ended.stdout, ended.stderr)

    def start(self, *arguments: str, env: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
        """Start, for a test that interrupts it."""
        return subprocess.Popen(
            [sys.executable, "-m", "app", *arguments],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", cwd=ROOT,
            env=self.env(env),
        )  # fmt: skip

    def env(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        """The environment of the command: nothing of this computer's own Muster or display."""
        kept = ("PATH", "HOME", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LD_LIBRARY_PATH", "PYTHONDONTWRITEBYTECODE")
        return {
            **{name: os.environ[name] for name in kept if name in os.environ},
            "MUSTER_HOME": str(self.home),
            "PYTHON_KEYRING_BACKEND": "tests.support.keyring_file.Keyring",
            "TEST_KEYRING": str(self.keyring),
            "PYTHONPATH": str(ROOT),
            **self.environment,
            **(more or {}),
        }

    def connect(self, system: Mapping[str, str], name: str = "vitec", **settings: str) -> None:
        """Add a Vitec connection as a person would, the key through standard input."""
        given = {key: system[key] for key in ("base_url", "installation_id", "product_login")} | settings
        sets = [part for key, value in given.items() for part in ("--set", f"{key}={value}")]
        added = self(
            "connections", "add", name, "--kind", "vitec", *sets, "--secret", "access_key=-", "--json",
            stdin=system["access_key"] + "\n",
        )  # fmt: skip
        assert added.code == 0, added


class QuickMuster(Muster):
    """The same command inside this process: a tenth of the time, for tests that need many."""

    def __call__(self, *arguments: str, stdin: str = "", env: Mapping[str, str] | None = None) -> Ran:
        """Run to the end."""
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _stream in range(2))
        with (
            mock.patch.dict(os.environ, self.env(env), clear=True),
            mock.patch.object(sys, "stdin", io.StringIO(stdin)),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
            _undone(),
        ):
            try:
                code = int(main(arguments))
            except SystemExit as ended:
                code = int(ended.code or 0)
        return Ran(code, *(_read(stream) for stream in (out, err)))


def _read(stream: io.TextIOWrapper) -> str:
    stream.flush()
    stream.seek(0)
    return stream.read()


@contextlib.contextmanager
def _undone() -> Iterator[None]:
    """What a command does to its process for good: log files, keyring, garbage collection."""
    root, thresholds = logging.getLogger(), gc.get_threshold()
    handlers, level = list(root.handlers), root.level
    chosen = keyring.core.load_env()
    assert chosen is not None
    keyring.core.set_keyring(chosen)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        root.setLevel(level)
        for handler in [h for h in root.handlers if h not in handlers]:
            root.removeHandler(handler)
            handler.close()
