"""How a terminal differs from the plain one: its firmware's ways and its lies (hikvision-isapi.md sections 2 to 14).

Quirks stay until they are changed; what goes wrong now and then is `faults`.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Schemes(StrEnum):
    """What a 401 offers (section 3.1)."""

    MD5 = "md5"
    SHA256 = "sha256"
    BOTH = "both"
    """Two headers, MD5 first."""
    MERGED = "merged"
    """Both challenges in one header."""
    DIGEST_AND_BASIC = "digest_and_basic"
    BASIC = "basic"


class ChallengeStyle(StrEnum):
    """How `algorithm` and `stale` are written."""

    PLAIN = "plain"
    QUOTED = "quoted"
    UPPER_CASE = "upper_case"
    NO_ALGORITHM = "no_algorithm"


class RefusalBody(StrEnum):
    """What a 401 carries."""

    XML = "xml"
    JSON = "json"
    HTML = "html"
    EMPTY = "empty"


class StatusForm(StrEnum):
    """How a status is answered (section 4)."""

    JSON = "json"
    WRAPPED = "wrapped"
    """`{"ResponseStatus": {...}}`."""
    XML = "xml"


class PartNames(StrEnum):
    """Names of the two parts of an upload (section 7.3)."""

    FACE_IMAGE = "FaceDataRecord+FaceImage"
    IMG = "FaceDataRecord+img"
    URL_IMG = "faceURL+img"
    MODIFY_IMG = "FaceDataModify+img"


class Lie(StrEnum):
    """What a terminal says "ok" to without doing it."""

    STORES_NO_PERSON = "stores_no_person"
    STORES_NO_FACE = "stores_no_face"
    STORES_OTHER_NAME = "stores_other_name"
    STORES_NO_DOOR_RIGHT = "stores_no_door_right"
    FORGETS = "forgets"
    """Shows a person once in a search, then has forgotten them, face and all."""


class CaptureForm(StrEnum):
    """How a picture taken at the terminal is handed over (section 10)."""

    ADDRESS = "address"
    MULTIPART = "multipart"
    RAW = "raw"


class Quirks(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The ways of one firmware; the defaults are those of a plain, healthy terminal.

    A struct and not a dataclass because it is also the body of the control path, checked as it is read.
    """

    # Sign-in (section 3).
    schemes: Schemes = Schemes.MD5
    style: ChallengeStyle = ChallengeStyle.QUOTED
    nonce_uses: int | None = None
    """Signed requests one nonce is good for; None: as many as its life allows."""
    nonce_life_s: float = 30
    nonce_bound_to_address: bool = False
    says_stale: bool = True
    outdated_counts: bool = False
    """A right signature with an outdated nonce counts as a failed sign-in."""
    lock_after: int = 5
    lock_s: int = 1800
    lock_word: str = "locked"
    names_unlock_time: bool = True
    """False: `unlockTime` stays 0 while it is locked."""
    refusal_body: RefusalBody = RefusalBody.XML
    activated: bool = True
    administrator: bool = True
    """False: the account may read only."""
    drops_bare_bodies_over: int | None = None
    """Bytes; an unsigned request with a larger body loses its connection."""

    # Answers (section 4).
    status_form: StatusForm = StatusForm.JSON
    errors_with_200: bool = False
    """Business errors come with HTTP 200 instead of their own."""
    numbers_as_text: bool = False
    ok_with_error_code: bool = False
    """A success carries `errorCode` 1 and `errorMsg` "ok"."""
    risky_password: bool = False
    """Every success says `riskPassword`."""
    speaks_html: bool = False
    """No terminal at all: HTML to every request, without asking for a sign-in."""
    most_connections: int | None = None
    """Requests at once; one more is refused with `invalidOperation`."""
    closes_silently: bool = False
    """Advertises keep-alive and closes the connection after each answer all the same."""
    missing: dict[str, int] = {}
    """Paths that this firmware lacks, by their end ("FDSetUp", "UserInfo/Search"): HTTP 404, 405, or 200 and 403 for
    `notSupport`."""

    # People (section 6).
    refuses_number_type: bool = False
    """`employeeNo` and `FPID` as JSON numbers are refused; else they are read as text."""
    name_bytes: int = 128
    plan_required: bool = False
    exists_code: str = "employeeNoAlreadyExist"
    set_up_changes_only: bool = False
    knows_absent: bool = False
    """Deleting an absent person is an error."""
    page_size: int | None = None
    """Most records a page of a search holds, whatever was asked for."""
    max_results: int = 30
    refuses_more_results: bool = False
    empty_from: int | None = None
    """Search pages from this position on come back empty although more is promised."""
    empty_times: int | None = None
    """So often per search; None: always, so the list stays incomplete."""
    single_as_object: bool = False
    no_match: str = "NO MATCH"
    counts_people_only: bool = False

    # Faces (section 7).
    part_names: frozenset[PartNames] = frozenset(PartNames)
    refuses_parts_as_lacking: bool = False
    """Other part names are refused with `MessageParametersLack` instead of `badJsonFormat`."""
    takes_upload: bool = True
    takes_address: bool = True
    address_length: int = 1024
    most_picture_bytes: int = 200 * 1024
    set_up_adds_only: bool = False
    delete_by_fd_delete: bool = False
    refuses_known_picture: bool = False
    """The bytes of another person's picture are refused with `alreadyExistThisFace`."""
    library_as_object: bool = False
    capture: CaptureForm = CaptureForm.ADDRESS

    lies: frozenset[Lie] = frozenset()


PLAIN = Quirks()
