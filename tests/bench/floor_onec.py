"""The floor of a personnel sync: what httpx and sqlite3 alone need to fetch, parse and store the same rows.

Those are two for each person: what 1C says of them, and the employee they are.

python floor_onec.py URL USER PASSWORD DATABASE
"""

import json
import sqlite3
import sys

import httpx

PERSON = ("agentId", "tabN", "lastname", "firstname", "secondname", "startwork", "finishwork", "positionId", "position",
          "positionChangeDate", "departmentId", "rate", "Login", "normWeek", "normWeekChangeDate", "SN", "Db_ID",
          "area", "AR_vacation")  # fmt: skip
EMPLOYEE = ("agentId", "firstname", "lastname", "position", "finishwork")


def cells(record: dict[str, object], names: tuple[str, ...]) -> list[object]:
    """One row; lists as text."""
    values = [record.get(name) for name in names]
    return [json.dumps(v) if isinstance(v, list | dict) else v for v in values]


def main() -> None:
    """Fetch, parse, bulk-insert."""
    url, user, password, path = sys.argv[1:]
    with httpx.Client(auth=(user, password)) as client:
        answer = json.loads(client.get(f"{url}/agents/2026-01-01/2026-12-31").content)
    people = (answer[0] if isinstance(answer, list) else answer)["AR_agents"]
    database = sqlite3.connect(path)
    database.execute("PRAGMA journal_mode=wal")
    for table, names in (("person", PERSON), ("employee", EMPLOYEE)):
        database.execute(f"CREATE TABLE {table} ({', '.join(names)})")
        marks = ", ".join("?" * len(names))
        database.executemany(f"INSERT INTO {table} VALUES ({marks})", [cells(record, names) for record in people])
    database.commit()
    database.close()


if __name__ == "__main__":
    main()
