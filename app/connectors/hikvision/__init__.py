"""Hikvision face terminals over ISAPI (hikvision-isapi.md).

async with Terminal(TerminalSettings("gate", "192.0.2.31", 80, username="admin", password="..."), cooldowns) as gate:
    reply = await gate.add_person(TerminalPerson("1042", "Ionescu Ana"))
    found = await gate.find_people(["1042"])
"""

from app.connectors.hikvision.lockout import Cooldowns
from app.connectors.hikvision.refusal import TerminalRefusal
from app.connectors.hikvision.settings import TerminalSettings
from app.connectors.hikvision.terminal import Terminal
from app.connectors.hikvision.tls import fetch_fingerprint

__all__ = ["Cooldowns", "Terminal", "TerminalRefusal", "TerminalSettings", "fetch_fingerprint"]
