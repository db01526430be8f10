"""The employees of the demo project and the references to their photos (supabase.md sections 4.1, 4.2, 7.1).

The same seed gives the same people. Some records are awkward on purpose: people on leave, without a number, without
a photo, without a family name, with cedilla letters or doubled blanks, two of one name; photos as full address, as
bare name, with blanks and diacritics, percent-encoded, with another scheme, as a signed address long expired.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random
from urllib.parse import quote

from app.demo.listing import Record
from app.demo.names_ro import MEN, SECOND, SURNAMES, WOMEN

BUCKET = "pontaj-photos"
FIRST_NUMBER = 1000
ON_LEAVE, SUSPENDED = (7, 22, 37), (52,)
"""Places in each sixty that are not at work."""
PERIOD = 60
WITHOUT_ROW, WITHOUT_NUMBER = 11, 33
WITHOUT_PHOTO = (5, 19, 41)
CEDILLA, TWO_BLANKS, ONLY_FULL_NAME, NAMESAKE = 13, 16, 25, 47


class PhotoKind(StrEnum):
    """What the file of a photo holds; all but FACE are bad ones."""

    FACE = "face"
    LARGE = "large"
    """Several megabytes."""
    TINY = "tiny"
    TWO_FACES = "two_faces"
    NO_FACE = "no_face"
    TEXT = "text"
    """A text file that calls itself .jpg."""
    TURNED = "turned"
    """Lying on its side, with a note of the camera which way is up."""


BAD_PHOTOS = {
    9: PhotoKind.LARGE,
    14: PhotoKind.TINY,
    21: PhotoKind.TWO_FACES,
    28: PhotoKind.NO_FACE,
    35: PhotoKind.TEXT,
    44: PhotoKind.TURNED,
}
"""By place in the list; a firm too small for one goes without."""


@dataclass(frozen=True)
class Photo:
    """A photo that is drawn when it is asked for."""

    key: str
    woman: bool
    kind: PhotoKind = PhotoKind.FACE


@dataclass
class Workforce:
    """Rows of `angajati` and `angajati_biometrie`, and the files in the bucket by path."""

    employees: list[Record] = field(default_factory=list)
    biometrics: list[Record] = field(default_factory=list)
    photos: dict[str, Photo] = field(default_factory=dict)


def build_workforce(people: int, seed: int, url: str) -> Workforce:
    """The people of the project at `url`."""
    rng = Random(f"{seed} angajati")
    firm = Workforce()
    women = [rng.random() < 0.35 for _ in range(people)]
    if people > NAMESAKE:
        women[NAMESAKE] = women[0]
    for place, woman in enumerate(women):
        employee = _employee(rng, place, firm.employees, woman=woman)
        firm.employees.append(employee)
        if place != WITHOUT_ROW:
            firm.biometrics.append(_biometrics(rng, place, employee, firm.photos, url, woman=woman))
    return firm


def _employee(rng: Random, place: int, others: list[Record], *, woman: bool) -> Record:
    family = rng.choice(SURNAMES) + (f"-{rng.choice(SURNAMES)}" if rng.random() < 0.06 else "")
    given = rng.choice(WOMEN if woman else MEN)
    if rng.random() < 0.3:
        given += f" {rng.choice([name for name in (SECOND[:3] if woman else SECOND[3:]) if name != given])}"
    if place == CEDILLA:
        family, given = "Ştefănuţă", "Doiniţa" if woman else "Ionuţ"
    if place == NAMESAKE:
        family, given = str(others[0]["nume"]), str(others[0]["prenume"])
    full: str | None = f"{family} {given}" if rng.random() < 0.8 else None
    record: Record = {"nume": family, "prenume": given, "nume_complet": full}
    if place == TWO_BLANKS:
        record = {"nume": f"{family} ", "prenume": f" {given.replace(' ', '  ')}", "nume_complet": None}
    if place == ONLY_FULL_NAME:
        record = {"nume": None, "prenume": None, "nume_complet": f"{family} {given}"}
    turn = place % PERIOD
    status = "concediu" if turn in ON_LEAVE else "suspendat" if turn in SUSPENDED else "activ"
    return {"id": str(uuid.UUID(int=rng.getrandbits(128), version=4)), **record, "status": status}


def _biometrics(
    rng: Random, place: int, employee: Record, photos: dict[str, Photo], url: str, *, woman: bool
) -> Record:
    number = FIRST_NUMBER + place
    reference = None
    if place not in WITHOUT_PHOTO:
        path, reference = _reference(place, number, str(employee["nume"] or "Fără nume"), url)
        photos[path] = Photo(str(number), woman, BAD_PHOTOS.get(place, PhotoKind.FACE))
    numbered = place != WITHOUT_NUMBER
    return {
        "id": str(uuid.UUID(int=rng.getrandbits(128), version=4)),
        "angajat_id": employee["id"],
        "employee_no": number if numbered else None,
        "foto_fata_url": reference,
        "hikvision_employee_no": str(number) if numbered else None,
    }


def _reference(place: int, number: int, family: str, url: str) -> tuple[str, str]:
    """The path of the file in the bucket, and what stands in `foto_fata_url`."""
    plain, public = f"{number}.jpg", f"{url}/storage/v1/object/public/{BUCKET}"
    spoken = f"fețe/{family.strip()} {number}.jpg"
    other_scheme = public.replace("http://", "https://", 1)
    expired = f"{url}/storage/v1/object/sign/{BUCKET}/{plain}?token=eyJhbGciOiJIUzI1NiJ9.e30.expired"
    forms = {
        3: (plain, plain),
        8: (spoken, spoken),
        12: (spoken, f"{public}/{quote(spoken)}"),
        17: (plain, f"{other_scheme}/{plain}"),
        24: (plain, expired),
    }
    if place in forms:
        return forms[place]
    return (plain, plain) if place % 10 == 3 else (plain, f"{public}/{plain}")
