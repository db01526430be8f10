"""1C ZUP: the connector (onec-zup.md §4, §5).

async with OneC(OneCSettings(...), sign_in) as onec:
    people = await onec.agents(first, last)
"""

from app.connectors.onec.client import OneC
from app.connectors.onec.refusals import (
    OneCBadRequest,
    OneCBusinessError,
    OneCBusy,
    OneCFailed,
    OneCLicenseUnavailable,
    OneCLost,
    OneCNotFound,
    OneCSessionLost,
)
from app.connectors.onec.settings import OneCSettings

__all__ = [
    "OneC",
    "OneCBadRequest",
    "OneCBusinessError",
    "OneCBusy",
    "OneCFailed",
    "OneCLicenseUnavailable",
    "OneCLost",
    "OneCNotFound",
    "OneCSessionLost",
    "OneCSettings",
]
