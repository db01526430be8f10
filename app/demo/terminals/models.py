"""Models and places of the demo fleet: nine real model names, with differences that a good client does not notice.

Models and ways after hikvision-isapi.md section 14; firmware that lacks something is left to tests.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.demo.terminals.quirks import PLAIN, ChallengeStyle, PartNames, Quirks, Schemes, StatusForm


@dataclass(frozen=True, slots=True)
class Model:
    """One model with its firmware and ways."""

    name: str
    firmware: str
    released: str
    capacity: int
    quirks: Quirks = PLAIN


_NO_IMG = frozenset({PartNames.FACE_IMAGE, PartNames.URL_IMG, PartNames.MODIFY_IMG})
MODELS = (
    Model("DS-K1T342MFWX-E1", "V3.16.1", "build 220815", 1500, Quirks(refuses_more_results=True, nonce_uses=1)),
    Model("DS-K1T342MFX-E1", "V4.38.0", "build 240119", 1500, Quirks(part_names=frozenset({PartNames.IMG}))),
    Model("DS-K1T672MX", "V3.18.0", "build 240206", 6000, Quirks(status_form=StatusForm.XML)),
    Model("DS-K1T673DX-BR", "V3.18.0", "build 240206", 50_000, Quirks(schemes=Schemes.SHA256)),
    Model("DS-K1T341AM", "V3.3.8", "build 210930", 3000, Quirks(nonce_uses=1, says_stale=False, part_names=_NO_IMG)),
    Model("DS-K1T341AMF", "V3.2.30", "build 220414", 3000, Quirks(delete_by_fd_delete=True, ok_with_error_code=True)),
    Model("DS-K1T323MBFWX-E1", "V4.23.41", "build 230704", 1000, Quirks(nonce_uses=8, single_as_object=True)),
    Model("DS-K1T321MFWX", "V3.5.0", "build 221123", 1500, Quirks(page_size=7, style=ChallengeStyle.UPPER_CASE)),
    Model("DS-K1T343MWX", "V3.14.0", "build 230322", 1500, Quirks(schemes=Schemes.MERGED, library_as_object=True)),
)
PLACES = (
    ("Main entrance", "Cluj-Napoca"),
    ("Warehouse", "Cluj-Napoca"),
    ("Office", "Cluj-Napoca"),
    ("Workshop", "Brașov"),
    ("Yard gate", "Brașov"),
    ("Canteen", "Brașov"),
    ("Loading dock", "Iași"),
    ("Laboratory", "Iași"),
    ("Garage", "Iași"),
)
