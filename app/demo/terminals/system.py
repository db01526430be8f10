"""What a terminal tells of itself, mostly in XML: information, time, functions, work status, door (section 9)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

from app.demo.terminals.calls import Call, Reply, done, json_reply, xml_fields, xml_reply
from app.demo.terminals.device import Device
from app.demo.terminals.statuses import Refusal

DOOR_STATES = {"open": 4, "close": 4, "resume": 4, "alwaysOpen": 2, "alwaysClose": 3}
"""`doorStatus` after each command; a single opening falls back to normal."""
DOOR = "/ISAPI/AccessControl/RemoteControl/door/"


async def info(device: Device, call: Call) -> Reply:  # noqa: ARG001 - every endpoint's signature
    """`System/deviceInfo`: XML, also where JSON was asked for."""
    return xml_reply(
        "DeviceInfo",
        {
            "deviceName": device.name,
            "deviceID": device.number,
            "model": device.model,
            "serialNumber": device.serial,
            "macAddress": device.mac,
            "firmwareVersion": device.firmware,
            "firmwareReleasedDate": device.released,
            "deviceType": "ACS",
            "subDeviceType": "accessControlTerminal",
            "manufacturer": "hikvision",
            "relayNum": 1,
            "electroLockNum": 1,
        },
    )


async def functions(device: Device, call: Call) -> Reply:  # noqa: ARG001 - every endpoint's signature
    """`AccessControl/capabilities`."""
    yes = dict.fromkeys(("isSupportUserInfo", "isSupportFDLib", "isSupportUserInfoDetailDelete"), True)
    no = dict.fromkeys(("isSupportCardInfo", "isSupportCaptureInfraredFace"), False)
    return xml_reply("AccessControl", {**yes, "isSupportCaptureFace": True, **no, "isSupportAcsEvent": False})


async def system_functions(device: Device, call: Call) -> Reply:  # noqa: ARG001 - every endpoint's signature
    """`System/capabilities`."""
    return xml_reply("DeviceCap", {"isSupportAccessControlCap": True, "isSupportFaceCap": True})


async def clock(device: Device, call: Call) -> Reply:  # noqa: ARG001 - every endpoint's signature
    """`GET System/time`, off by the drift; the zone in inverted form (section 9.2)."""
    zone = timezone(timedelta(hours=device.utc_offset_h))
    now = datetime.now(UTC).astimezone(zone) + timedelta(seconds=device.clock_drift_s)
    told = {"timeMode": device.time_mode, "localTime": now.isoformat(timespec="seconds"), "timeZone": _zone(device)}
    return xml_reply("Time", told)


async def set_clock(device: Device, call: Call) -> Reply:
    """`PUT System/time`: `localTime` without an offset, in the terminal's own zone."""
    fields = xml_fields(call.body, "Time")
    text = fields.get("localTime", "")
    if fields.get("timeMode") != "manual" or not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", text):
        raise Refusal("badXmlContent", "localTime" if fields.get("timeMode") == "manual" else "timeMode")
    try:
        told = datetime.fromisoformat(text).replace(tzinfo=timezone(timedelta(hours=device.utc_offset_h)))
    except ValueError as error:
        raise Refusal("badXmlContent", "localTime") from error
    device.clock_drift_s = (told - datetime.now(UTC)).total_seconds()
    device.time_mode = "manual"
    return done(device.quirks, as_xml=True)


async def work_status(device: Device, call: Call) -> Reply:  # noqa: ARG001 - every endpoint's signature
    """`AcsWorkStatus`: one door, one reader."""
    status = {
        "doorLockStatus": [0],
        "doorStatus": [device.door_state],
        "magneticStatus": [0],
        "cardReaderOnlineStatus": [1],
        "cardReaderVerifyMode": [16],
        "antiSneakStatus": "close",
        "hostAntiDismantleStatus": "close",
        "cardNum": 0,
        "netStatus": "connect",
    }
    return json_reply({"AcsWorkStatus": status})


async def door(device: Device, call: Call) -> Reply:
    """`RemoteControl/door/1`, or 65535 for all."""
    if call.path.removeprefix(DOOR) not in ("1", "65535"):
        raise Refusal("badParameters", "doorNo")
    command = xml_fields(call.body, "RemoteControlDoor").get("cmd", "")
    if command not in DOOR_STATES:
        raise Refusal("badXmlContent", "cmd")
    device.door_state = DOOR_STATES[command]
    return done(device.quirks, as_xml=True)


def _zone(device: Device) -> str:
    return f"CST{-device.utc_offset_h:+d}:00:00"
