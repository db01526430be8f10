"""The real keyring of a Linux desktop: gnome-keyring over its own D-Bus holds the key, the command finds it again."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.demo.world import DemoWorld
from tests.support.command import ROOT, Muster

NEEDED = ("dbus-run-session", "gnome-keyring-daemon")
SCRIPT = """
set -eu
printf 'unlock-password' | gnome-keyring-daemon --unlock --components=secrets >/dev/null
printf '%s\\n' "$ACCESS_KEY" | "$PYTHON" -m app connections add vitec --kind vitec \\
    --set base_url="$BASE_URL" --set installation_id="$INSTALLATION" --set product_login="$LOGIN" \\
    --secret access_key=- --json
unset ACCESS_KEY
"$PYTHON" -m app run offices.sync --json
"$PYTHON" -m app connections remove vitec --json
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the Secret Service is the Linux desktop's")
def test_the_secret_service_holds_the_key(muster: Muster, small_world: DemoWorld, tmp_path: Path) -> None:
    if missing := [name for name in NEEDED if shutil.which(name) is None]:
        pytest.skip(f"not installed here: {', '.join(missing)}")
    told = small_world.describe()["vitec"]
    key = "planted-in-the-desktops-keyring"
    small_world.vitec.access_keys.insert(0, key)
    environment = {name: value for name, value in muster.env().items() if name != "PYTHON_KEYRING_BACKEND"} | {
        "HOME": str(tmp_path),
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "XDG_RUNTIME_DIR": str(tmp_path),
        "PYTHON": sys.executable,
        "ACCESS_KEY": key,
        "BASE_URL": told["base_url"],
        "INSTALLATION": told["installation_id"],
        "LOGIN": told["product_login"],
    }
    tmp_path.chmod(0o700)
    ended = subprocess.run(
        ["dbus-run-session", "--", "sh", "-c", SCRIPT], cwd=ROOT, env=environment, capture_output=True, text=True,
        timeout=60,
    )  # fmt: skip
    assert ended.returncode == 0, ended
    added, ran, _removed = ended.stdout.splitlines()
    assert '"secrets":{"access_key":true}' in added
    assert '"state":"finished"' in ran
    assert key not in ended.stdout + ended.stderr
    assert os.listdir(tmp_path / "data" / "keyrings")  # noqa: PTH208 - the desktop's own encrypted file
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or key.encode() not in path.read_bytes()
