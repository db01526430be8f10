"""What the recipe of the bundle hands to PyInstaller; the bundle itself is proven by `dev.py package`."""

from __future__ import annotations

from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest

from app.photos.faces import CASCADES

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def recipe() -> dict[str, Any]:
    """The spec's own call of `Analysis` and the names of its programs, written down instead of carried out."""
    import PyInstaller.building.api as api
    import PyInstaller.building.build_main as build_main

    seen: dict[str, Any] = {"programs": {}}

    class Noted:
        pure = scripts = binaries = datas = ()

        def __init__(self, *_args: object, **named: Any) -> None:
            if "console" in named:
                seen["programs"][named["name"]] = named["console"]
            seen.update(named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(build_main, "Analysis", Noted)
        for name in ("PYZ", "EXE", "COLLECT"):
            patch.setattr(api, name, Noted)
        source = (ROOT / "build.spec").read_text()
        exec(compile(source, "build.spec", "exec"), {"SPECPATH": str(ROOT)})
    return seen


@pytest.mark.parametrize("room", ["app/operations", "app/cli", "app/connectors", "app/demo", "ui/pages", "ui/dialogs"])
def test_holds_every_module_of_the_rooms(recipe: dict[str, Any], room: str) -> None:
    modules = {".".join(path.relative_to(ROOT).with_suffix("").parts) for path in (ROOT / room).rglob("*.py")}
    assert {name.removesuffix(".__init__") for name in modules} <= set(recipe["hiddenimports"])


def test_holds_every_keyring_back_end_and_their_entry_points(recipe: dict[str, Any]) -> None:
    for back_end in ("SecretService", "Windows", "macOS", "kwallet", "fail"):
        assert f"keyring.backends.{back_end}" in recipe["hiddenimports"]
    assert any("keyring-" in source and "dist-info" in source for source, _ in recipe["datas"])


def test_holds_every_migration_and_all_resources(recipe: dict[str, Any]) -> None:
    patterns = {target: source for source, target in recipe["datas"]}
    migrations = list((ROOT / "app/store/migrations").glob("*.py"))
    assert migrations
    assert all(fnmatch(str(path), patterns["app/store/migrations"]) for path in migrations)
    assert Path(patterns["resources"]) == ROOT / "resources"


def test_two_programs_whose_names_differ_on_every_file_system(recipe: dict[str, Any]) -> None:
    assert recipe["programs"] == {"muster": True, "muster-window": False}
    assert recipe["upx"] is False


def test_holds_the_cascades_that_the_face_finder_reads(recipe: dict[str, Any]) -> None:
    held = {Path(source).name for source, target in recipe["datas"] if Path(target) == Path("cv2/data")}
    assert held == set(CASCADES)
