"""The steps of a device's test, as the window names them before they are reached (hikvision-isapi.md §9.1)."""

from __future__ import annotations

from app.i18n import N_

DEVICE_STAGES = {
    "address": N_("Address"),
    "terminal": N_("Terminal"),
    "tls": N_("Encryption"),
    "sign_in": N_("Sign-in"),
    "rights": N_("Rights"),
    "people": N_("People"),
    "faces": N_("Faces"),
    "clock": N_("Clock"),
}
