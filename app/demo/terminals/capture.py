"""A picture taken at the terminal, in the three forms that firmware has (hikvision-isapi.md section 10)."""

from __future__ import annotations

from app.demo.terminals.calls import XML, Call, Reply, xml_fields, xml_reply, xml_text
from app.demo.terminals.device import Device
from app.demo.terminals.quirks import CaptureForm
from app.demo.terminals.statuses import Refusal

PICTURE = "/LOCALS/pic/capture/face.jpg"
_BOUNDARY = b"MIME_boundary"


class Capture:
    """The camera of one terminal; after a success it takes no further order until the picture was fetched."""

    def __init__(self) -> None:
        self._polls_left: int | None = None

    async def begin(self, device: Device, call: Call) -> Reply:
        """`POST CaptureFaceData`. Raises Refusal: badXmlContent for JSON, badParameters after a success."""
        if not call.body.lstrip().startswith(b"<"):
            raise Refusal("badXmlContent")
        if xml_fields(call.body, "CaptureFaceDataCond").get("dataType", "url") not in ("url", "binary"):
            raise Refusal("badXmlContent", "dataType")
        if self._polls_left is not None:
            raise Refusal("badParameters")
        if device.camera is None:
            raise Refusal("captureTimeout")
        if device.quirks.capture is CaptureForm.RAW:
            return Reply(200, device.camera, b"image/jpeg")
        if device.quirks.capture is CaptureForm.MULTIPART:
            return _multipart(device.camera)
        self._polls_left = 2
        return xml_reply("CaptureFaceData", {"captureProgress": 0})

    async def progress(self, device: Device, call: Call) -> Reply:  # noqa: ARG002 - every endpoint's signature
        """`GET CaptureFaceData/Progress`: half at the first poll, all at the second, badParameters after it."""
        if not self._polls_left:
            raise Refusal("badParameters")
        self._polls_left -= 1
        if self._polls_left:
            return xml_reply("CaptureFaceData", {"captureProgress": 50, "isCurRequestOver": False})
        address = f"http://192.0.2.31{PICTURE}@WEB000000000020"
        told = {"faceDataUrl": address, "captureProgress": 100, "isCurRequestOver": True}
        return xml_reply("CaptureFaceData", told)

    async def picture(self, device: Device, call: Call) -> Reply:  # noqa: ARG002 - every endpoint's signature
        """The picture of an address that was handed over."""
        if device.camera is None:
            raise Refusal("badURLFormat")
        self._polls_left = None
        return Reply(200, device.camera, b"image/jpeg")

    async def capabilities(self, device: Device, call: Call) -> Reply:  # noqa: ARG002 - every endpoint's signature
        """Which `dataType` this terminal has."""
        kind = "url" if device.quirks.capture is CaptureForm.ADDRESS else "binary"
        return xml_reply("CaptureFaceData", {"captureInfrared": False, "dataType": kind})


def _multipart(picture: bytes) -> Reply:
    told = xml_text("CaptureFaceData", {"captureProgress": 100})
    parts = [(b"CaptureFace", XML, told), (b"FaceData", b"image/jpeg", picture)]
    body = b"".join(
        b'--%b\r\nContent-Disposition: form-data; name="%b"\r\nContent-Type: %b\r\nContent-Length: %d\r\n\r\n%b\r\n'
        % (_BOUNDARY, name, media, len(part), part)
        for name, media, part in parts
    )
    return Reply(200, body + b"--%b--\r\n" % _BOUNDARY, b"multipart/form-data; boundary=" + _BOUNDARY)
