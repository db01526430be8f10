"""`muster audit`, `muster timeline` and the filters of `muster runs list`, by the real command line."""

from __future__ import annotations

import csv
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.support.command import QuickMuster


def alter(quick: QuickMuster, seq: int, values: str = "actor = 'nobody'") -> None:
    """Write to the database past Muster."""
    with closing(sqlite3.connect(quick.home / "muster.sqlite3")) as database, database:
        database.execute(f"UPDATE audit_entry SET {values} WHERE seq = ?", (seq,))


class TestAudit:
    def test_the_newest_entry_comes_first(self, quickly_connected: QuickMuster) -> None:
        ran = quickly_connected("audit", "list", "--json")
        entries = ran.json
        assert entries[0]["seq"] > entries[-1]["seq"] == 1
        assert {"at", "actor", "via", "host", "kind", "operation", "object", "before", "after", "hash"} <= set(
            entries[0]
        )
        assert entries[0]["via"] == "command_line"

    def test_filters_narrow_the_list(self, quickly_connected: QuickMuster) -> None:
        found = quickly_connected("audit", "list", "--json", "--where", "kind=secret.changed").json
        assert [entry["after"] for entry in found] == [{"set": ["access_key"]}]
        assert quickly_connected("audit", "list", "--json", "--where", "actor=zzz").json == []

    def test_a_wrong_field_or_kind_is_a_usage_error(self, quick: QuickMuster) -> None:
        assert quick("audit", "list", "--where", "colour=red").code == 2
        assert quick("audit", "list", "--where", "kind=red").code == 2
        assert quick("audit", "list", "--where", "since=red").code == 2

    def test_it_is_written_to_a_file(self, quickly_connected: QuickMuster, tmp_path: Path) -> None:
        assert quickly_connected("audit", "list", "--csv", str(tmp_path / "trail.csv")).code == 0
        assert "connections.create" in (tmp_path / "trail.csv").read_text("utf-8-sig")

    def test_with_a_file_json_is_still_one_document(self, quickly_connected: QuickMuster, tmp_path: Path) -> None:
        files = {"--csv": tmp_path / "trail.csv", "--xlsx": tmp_path / "trail.xlsx"}
        named = [word for option, file in files.items() for word in (option, str(file))]
        ran = quickly_connected("audit", "list", "--json", *named)
        with files["--csv"].open(encoding="utf-8-sig", newline="") as text:
            written = list(csv.DictReader(text))
        assert [str(entry["seq"]) for entry in ran.json] == [row["seq"] for row in written]
        assert files["--xlsx"].stat().st_size
        refused = quickly_connected("audit", "list", "--json", "--csv", str(tmp_path / "no folder" / "trail.csv"))
        assert refused.code != 0
        assert refused.json["error"]["message"]

    def test_without_json_a_file_is_all_that_is_written(self, quickly_connected: QuickMuster, tmp_path: Path) -> None:
        ran = quickly_connected("audit", "list", "--csv", str(tmp_path / "trail.csv"))
        assert (ran.code, ran.out, ran.err) == (0, "", "")

    def test_one_entry_that_cannot_be_read_hides_no_other(self, quickly_connected: QuickMuster, tmp_path: Path) -> None:
        before = quickly_connected("audit", "list", "--json").json
        alter(quickly_connected, 2, "actor = CAST(x'6fff00' AS TEXT), at = 'once'")
        ran = quickly_connected("audit", "list", "--json")
        assert [entry for entry in ran.json if entry["seq"] != 2] == [e for e in before if e["seq"] != 2]
        (marked,) = (entry for entry in ran.json if entry["kind"] == "unreadable")
        assert (marked["seq"], marked["actor"][0]) == (2, "o")
        assert quickly_connected("audit", "list").code == 0
        assert quickly_connected("audit", "list", "--csv", str(tmp_path / "trail.csv")).code == 0
        exported = quickly_connected("run", "audit.export", "--set", f"file={tmp_path / 'all.csv'}", "--json")
        assert exported.json["summary"]["exported"] >= len(before)
        assert quickly_connected("audit", "verify", "--json").json["first_altered"] == 2

    def test_verify_finds_nothing_in_an_honest_trail(self, quickly_connected: QuickMuster) -> None:
        ran = quickly_connected("audit", "verify", "--json")
        assert (ran.code, ran.json["ok"], ran.json["flaw"]) == (0, True, None)

    def test_verify_names_the_first_altered_entry(self, quickly_connected: QuickMuster) -> None:
        alter(quickly_connected, 2)
        ran = quickly_connected("audit", "verify", "--json")
        assert (ran.code, ran.json["first_altered"], ran.json["error"]["kind"]) == (4, 2, "bad_data")
        told = quickly_connected("audit", "verify")
        assert told.code == 4
        assert "2" in told.err


class TestTimeline:
    def test_a_person_from_the_first_sync_on(self, quickly_connected: QuickMuster) -> None:
        assert quickly_connected("run", "directory.sync", "--json").code == 0
        person = quickly_connected("list", "employees", "--json").json[0]
        entries = quickly_connected("timeline", "person", person["id"], "--json").json
        assert {entry["kind"] for entry in entries} == {"run", "added"}
        assert [entry["at"] for entry in entries] == sorted((entry["at"] for entry in entries), reverse=True)

    def test_nobody_of_that_id(self, quick: QuickMuster) -> None:
        assert quick("timeline", "person", "nobody", "--json").code == 2


class TestRunsList:
    def test_filters(self, quickly_connected: QuickMuster) -> None:
        assert quickly_connected("run", "offices.sync", "--json").code == 0
        listed = quickly_connected("runs", "list", "--operation", "offices.sync", "--json").json
        assert [run["operation"] for run in listed] == ["offices.sync"]
        office = quickly_connected("list", "offices", "--json").json[0]
        by_name = quickly_connected("runs", "list", "--text", office["name"], "--json").json
        assert [run["run_id"] for run in by_name] == [listed[0]["run_id"]]
        assert quickly_connected("runs", "list", "--state", "stopped", "--json").json == []
        assert quickly_connected("runs", "list", "--since", "2999-01-01", "--json").json == []

    def test_a_wrong_word_is_a_usage_error(self, quick: QuickMuster) -> None:
        assert quick("runs", "list", "--state", "purple").code == 2
        assert quick("runs", "list", "--until", "purple").code == 2
