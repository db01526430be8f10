"""What an answer of a face terminal means (hikvision-isapi.md §5.3)."""

from __future__ import annotations

from enum import StrEnum


class AnswerClass(StrEnum):
    """What an answer means for the person, the face and the run (§5.3)."""

    OK = "ok"
    EXISTS = "exists"
    ABSENT = "absent"
    FACE_EXISTS = "face_exists"
    FACE_REJECTED = "face_rejected"
    PERSON_DATA = "person_data"
    CAPACITY = "capacity"
    UNSUPPORTED = "unsupported"
    BUSY = "busy"
    DEVICE_ERROR = "device_error"
    UNREACHABLE = "unreachable"
    TIMED_OUT = "timed_out"
    SIGN_IN = "sign_in"
    DEVICE_FATAL = "device_fatal"
    DEVICE_SETUP = "device_setup"
    FACE_TRANSPORT = "face_transport"
    OUR_BUG = "our_bug"
    CAPTURE = "capture"
    NOT_ISAPI = "not_isapi"

    @property
    def stops_device(self) -> bool:
        """Whether nothing more can be done at the device for now, whoever it is about (§5.3).

        Not so when it is full: that stops only what is added.
        """
        return self in _STOPPING


_STOPPING = frozenset(
    {
        AnswerClass.UNREACHABLE,
        AnswerClass.TIMED_OUT,
        AnswerClass.SIGN_IN,
        AnswerClass.DEVICE_FATAL,
        AnswerClass.NOT_ISAPI,
    }
)
