"""Pictures of people: thumbnails for lists, and photos examined and made ready for face terminals.

from app.photos import examine, make_thumbnail, save_thumbnail, small_copy

The bytes come from outside, so the format is decided by the bytes alone and size limits hold before anything is
unpacked. All of it is slow work: call it off the event loop. Pillow and OpenCV are loaded when first needed.
"""

from app.photos.doctor import PhotoExam, examine
from app.photos.faces import FaceBox
from app.photos.findings import PhotoFinding, PhotoProblem, Severity, Verdict
from app.photos.opening import MOST_BYTES
from app.photos.thumbnails import Anchor, make_thumbnail, save_thumbnail, small_copy

__all__ = [
    "MOST_BYTES",
    "Anchor",
    "FaceBox",
    "PhotoExam",
    "PhotoFinding",
    "PhotoProblem",
    "Severity",
    "Verdict",
    "examine",
    "make_thumbnail",
    "save_thumbnail",
    "small_copy",
]
