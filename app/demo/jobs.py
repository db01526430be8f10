"""What people do in the demo firm, and what they say about themselves. Data only.

The numbers are the position types of the Hub (vitec-hub.md section 8.4); 14 is one that no list explains.
"""

from __future__ import annotations

from typing import NamedTuple


class Job(NamedTuple):
    """A title with its position types; `weight` is how common it is."""

    title: str
    types: tuple[int, ...]
    weight: int


LEADERS = (
    Job("Daglig leder", (2, 1), 0),
    Job("Kontorleder", (10, 1), 0),
    Job("Fagansvarlig / eiendomsmegler MNEF", (3, 1), 0),
)
"""The first people of each office, in this order."""

JOBS = (
    Job("Eiendomsmegler MNEF", (1,), 36),
    Job("Eiendomsmegler", (1,), 14),
    Job("Eiendomsmeglerfullmektig", (8,), 18),
    Job("Salgsleder / eiendomsmegler", (9, 1), 4),
    Job("Megler og partner", (1,), 3),
    Job("Medhjelper", (5,), 8),
    Job("Visningsvert", (5,), 4),
    Job("Oppgjørsansvarlig", (6,), 5),
    Job("Administrasjonsmedarbeider", (7,), 5),
    Job("Antihvitvaskingsansvarlig", (4, 7), 1),
)

STYLIST = Job("Interiørstylist", (14,), 0)
"""Of these there are three: a position type outside the known table."""

ABOUT = (
    "Har meglet boliger i {city} siden {year}.",
    "Født og oppvokst i {city}. Kjenner hver gate og liker å bruke tid på hver kunde.",
    "<p>Jobbet som megler siden {year}.</p><p>Ring meg for en <strong>gratis verdivurdering</strong>.</p>",
    "Opptatt av ærlige råd, god forberedelse og ryddige budrunder.",
    "<p>Spesialist på:</p><ul><li>leiligheter</li><li>nybygg &amp; prosjekt</li></ul>",
    "Utdannet ved BI i {year}. På fritiden er det ski og fjellturer som gjelder.",
)

ABOUT_OFFICE = (
    "<p>Vi er ditt meglerkontor i <strong>{city}</strong>.</p><p>{street} &ndash; kaffen er varm.</p>",
    "Vi hjelper deg med kjøp og salg av bolig i {city} og omegn.",
    "<h3>Velkommen til oss i {city}</h3><ul><li>Verdivurdering</li><li>Salg</li><li>Oppgjør</li></ul>",
)
