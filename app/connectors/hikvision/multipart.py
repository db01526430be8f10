"""The body of a picture upload, byte by byte as terminals want it (hikvision-isapi.md §7.3 B).

Terminals refuse what libraries consider equal: another order of parts or part headers, a quoted boundary, chunks.
"""

from __future__ import annotations

import secrets

PART_NAMES = (("FaceDataRecord", "FaceImage"), ("FaceDataRecord", "img"), ("faceURL", "img"))
"""Pairs of names for the JSON part and the picture, in the order they are tried."""


def upload_body(names: tuple[str, str], text: str, jpeg: bytes) -> tuple[bytes, str]:
    """Body and content type: the JSON first, the picture second, CRLF everywhere, disposition before type."""
    boundary = f"----cbFace{secrets.token_hex(10)}"
    head = (
        f"--{boundary}\r\n"
        f'Content-Disposition: form-data; name="{names[0]}"\r\n'
        "Content-Type: application/json\r\n\r\n"
        f"{text}\r\n"
        f"--{boundary}\r\n"
        f'Content-Disposition: form-data; name="{names[1]}"; filename="face.jpg"\r\n'
        "Content-Type: image/jpeg\r\n\r\n"
    )
    return head.encode() + jpeg + f"\r\n--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"
