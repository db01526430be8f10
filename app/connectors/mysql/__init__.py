"""The MySQL server of backup databases, read only (cetec-mysql.md).

async with MySqlServer(MySqlSettings("db.example.com", user="muster", password=...)) as server:
    async for answers in server.ask(["acme", "customer.com"]):
        print(answers["acme"].status)
"""

from app.connectors.mysql.refusals import code, errno
from app.connectors.mysql.server import Counts, Greeting, MySqlServer
from app.connectors.mysql.settings import MySqlSettings, Tls

__all__ = ["Counts", "Greeting", "MySqlServer", "MySqlSettings", "Tls", "code", "errno"]
