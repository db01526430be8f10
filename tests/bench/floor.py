"""The floor of a directory sync: what httpx and sqlite3 alone need to fetch, parse and store the same rows.

python floor.py store URL INSTALLATION LOGIN KEY DATABASE    fetch, parse, bulk-insert
python floor.py read  URL INSTALLATION LOGIN KEY DATABASE    fetch, parse, read what is stored
"""

import json
import sqlite3
import sys

import httpx

OFFICE = ("departmentId", "departmentNumber", "marketName", "name", "legalName", "organisationNumber", "email", "phone",
          "streetAddress", "postalCode", "city", "webPublish", "aboutDepartment")  # fmt: skip
PERSON = ("employeeId", "departmentId", "name", "email", "title", "mobilePhone", "workPhone", "employeePositions",
          "employeeActive", "aboutMe")  # fmt: skip


def cells(record: dict[str, object], names: tuple[str, ...]) -> list[object]:
    """One row; lists as text."""
    values = [record.get(name) for name in names]
    return [json.dumps(v) if isinstance(v, list | dict) else v for v in values]


def main() -> None:
    """Do the work of one mode."""
    mode, url, installation, login, key, path = sys.argv[1:]
    with httpx.Client(base_url=url, auth=(login, key)) as client:
        offices = json.loads(client.get(f"/{installation}/Departments").content)
        people = json.loads(client.get(f"/{installation}/Employees").content)
    database = sqlite3.connect(path)
    database.execute("PRAGMA journal_mode=wal")
    if mode == "store":
        for table, names, records in (("office", OFFICE, offices), ("employee", PERSON, people)):
            database.execute(f"CREATE TABLE {table} ({', '.join(names)})")
            marks = ", ".join("?" * len(names))
            database.executemany(f"INSERT INTO {table} VALUES ({marks})", [cells(r, names) for r in records])
        database.commit()
    else:
        for table in ("office", "employee"):
            database.execute(f"SELECT * FROM {table}").fetchall()
    database.close()


if __name__ == "__main__":
    main()
