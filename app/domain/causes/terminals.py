"""What a face terminal refuses for, one cause per `AnswerClass` (hikvision-isapi.md §5.3) and some that are our own.

The maker's many codes have their own sentences in the connector's catalogue: those are the message of an outcome.
"""

from __future__ import annotations

from app.domain.causes.cause import Cause
from app.domain.causes.general import REFUSED_SIGN_IN, TIMED_OUT, UNREACHABLE
from app.domain.terminal_answers import AnswerClass
from app.i18n import N_

_SYSTEM = N_("Device")
_STOPS = N_("The device gets nothing more in this run: the run stops, or goes on without the device, as was chosen.")
_ONE = N_("This person is not as they should be on this device; all others go on.")
_NO_PHOTO = N_("The person is on the device without this photo, so the door does not know the face.")
_PHOTO = N_("Replace the photo: one face, seen from the front, sharp and evenly lit.")
_REPORT = N_("Please report this with the log file; the device does not take what Muster sends.")


def device_code(kind: AnswerClass) -> str:
    """The code of the cause of an answer of this class."""
    return f"device.{kind.value}"


def _cause(kind: AnswerClass, title: str, cause: str, effect: str, remedy: str) -> Cause:
    return Cause(device_code(kind), title, cause, effect, remedy, _SYSTEM)


TERMINALS = (
    _cause(
        AnswerClass.EXISTS,
        N_("Already there"),
        N_("The person is already on the device."),
        N_("The person was left as it is there."),
        N_("Nothing, or push with changing those who are already there."),
    ),
    _cause(
        AnswerClass.ABSENT,
        N_("Not there"),
        N_("The person is not on the device."),
        _ONE,
        N_("Push the person first."),
    ),
    _cause(
        AnswerClass.FACE_EXISTS,
        N_("Face already there"),
        N_("The person already has a face on the device."),
        N_("The face was left as it is there."),
        N_("Nothing, or push with replacing faces."),
    ),
    _cause(
        AnswerClass.FACE_REJECTED,
        N_("Photo refused"),
        N_("The device cannot use the photo: no face, several, too small, too dark, or another person's."),
        _NO_PHOTO,
        _PHOTO,
    ),
    _cause(
        AnswerClass.FACE_TRANSPORT,
        N_("Photo did not get there"),
        N_("The device could not fetch the photo, or could not take it over."),
        _NO_PHOTO,
        N_("Check that the device reaches the photo's address, or let Muster upload the photo."),
    ),
    _cause(
        AnswerClass.PERSON_DATA,
        N_("Value refused"),
        N_("The device does not accept a value of the person, such as number, name or card."),
        _ONE,
        N_("Correct the person's data, then push again."),
    ),
    _cause(
        AnswerClass.CAPACITY,
        N_("Device full"),
        N_("The device has no room for more people or faces."),
        N_("Nobody is added to the device any more; who is on it stays."),
        N_("Remove people who left from the device, or use a device with more room."),
    ),
    _cause(
        AnswerClass.UNSUPPORTED,
        N_("Function missing"),
        N_("The device does not have this function."),
        N_("What needs the function was not done at this device."),
        N_("The device's firmware lacks this function; update it if the maker offers one."),
    ),
    _cause(
        AnswerClass.BUSY,
        N_("Device busy"),
        N_("The device has too much to do, is starting or updates itself."),
        _ONE,
        N_("Wait a moment, then try again."),
    ),
    _cause(
        AnswerClass.DEVICE_ERROR,
        N_("Fault of the device"),
        N_("The device reports an error of its own, or did not say whether it took what was sent."),
        _ONE,
        N_("Restart the device; if it stays, it needs service."),
    ),
    UNREACHABLE.about(
        device_code(AnswerClass.UNREACHABLE),
        N_("The device cannot be reached at its address."),
        N_("Check the address, and that the device is switched on and connected."),
        effect=_STOPS,
        system=_SYSTEM,
    ),
    TIMED_OUT.about(
        device_code(AnswerClass.TIMED_OUT),
        N_("The device did not answer in time."),
        N_("Check that the device is switched on and connected."),
        effect=_STOPS,
        system=_SYSTEM,
    ),
    REFUSED_SIGN_IN.about(
        device_code(AnswerClass.SIGN_IN),
        N_("The device refused user name or password, or has locked the account after refused sign-ins."),
        N_("Correct user name and password of the device. Muster will not try this password again by itself."),
        effect=_STOPS,
        system=_SYSTEM,
    ),
    _cause(
        AnswerClass.DEVICE_FATAL,
        N_("Device not usable like this"),
        N_("The device lets nobody work with it: right, activation, address filter, certificate or identity."),
        _STOPS,
        N_("Use an administrator account of the device."),
    ),
    _cause(
        AnswerClass.DEVICE_SETUP,
        N_("Device not set up"),
        N_("The device lacks its face library 1."),
        _NO_PHOTO,
        N_("Create the face library on the device."),
    ),
    _cause(
        AnswerClass.OUR_BUG,
        N_("Fault in Muster"),
        N_("The device cannot read what Muster sent."),
        _ONE,
        _REPORT,
    ),
    _cause(
        AnswerClass.CAPTURE,
        N_("No face taken"),
        N_("Nobody looked into the camera."),
        N_("No photo was taken."),
        N_("Try again."),
    ),
    _cause(
        AnswerClass.NOT_ISAPI,
        N_("Not a terminal"),
        N_("This address is not a Hikvision terminal."),
        _STOPS,
        N_("Check the device's address and port; port 8000 is the maker's own protocol, not HTTP."),
    ),
    Cause(
        "device.parked",
        N_("Device left out"),
        N_("The device was left out, or failed earlier in this run."),
        N_("Nothing more was sent to this device."),
        N_("Put right what is wrong with the device, then push again."),
        _SYSTEM,
    ),
    Cause(
        "device.untrue",
        N_("Not as the device said"),
        N_("The device said yes, but read back it does not hold what was sent."),
        N_("The person or the face is not as it should be there, whatever the device said."),
        N_("Look at the person on the device itself; if it stays like this, the device needs service."),
        _SYSTEM,
    ),
    Cause(
        "device.missing",
        N_("Missing on the device"),
        N_("The person belongs on the device and is not there."),
        N_("The door does not open for the person."),
        N_("Push the person."),
        _SYSTEM,
    ),
    Cause(
        "device.different",
        N_("Different on the device"),
        N_("The device holds other values of the person, or no face."),
        N_("It was left as it is there."),
        N_("Push the person, with changing those who are already there."),
        _SYSTEM,
    ),
    Cause(
        "device.extra",
        N_("Unknown here"),
        N_("The device holds somebody who does not belong there any more, or is not known here."),
        N_("The door may still open for that person."),
        N_("Add the person here, or remove it on the device."),
        _SYSTEM,
    ),
    Cause(
        "device.incomplete",
        N_("List incomplete"),
        N_("The device did not send its whole list of people."),
        N_("Nothing can be said of people who are not in the part that came."),
        N_("Verify the device again."),
        _SYSTEM,
    ),
    Cause(
        "device.few_tries",
        N_("Few tries left"),
        N_("The device has counted refused sign-ins, of whatever program, and locks the account after the next ones."),
        N_("No sign-in was tried: a wrong password may lock the account for everybody, mostly for half an hour."),
        N_("Make sure that user name and password are right, then sign in all the same."),
        _SYSTEM,
    ),
    Cause(
        "photo.unusable",
        N_("Photo not usable"),
        N_("No device would find exactly one clear face in the photo, or it is no picture."),
        N_("It is not sent where photos are checked strictly, and most devices would refuse it."),
        _PHOTO,
    ),
    Cause(
        "photo.doubtful",
        N_("Photo doubtful"),
        N_("Some devices will refuse the photo: it is small, blurred, or badly lit."),
        N_("The photo is sent all the same."),
        _PHOTO,
    ),
)
