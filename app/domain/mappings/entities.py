"""What each kind of source sends: its entities, and the keys under which our readers look (connections.md §9).

The default mapping of every entity is the identity: each key is read from the key of the same name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from app.domain.kinds import ConnectionKind
from app.errors import UsageError
from app.i18n import N_, _

VERSION = 1
"""Of the keys below; kept with each mapping, so that a later Muster knows for which keys it was made."""
_SECRETS = {
    "techx_password", "password", "password_encrypted", "parola", "secret", "token", "access_token", "refresh_token",
    "api_key", "apikey", "authorization",
}  # fmt: skip
SECRET_KEYS = frozenset(key.replace("_", "") for key in _SECRETS)
"""Keys that are never shown or kept, whatever entity they come with; compared without underscores and case."""


@dataclass(frozen=True, slots=True)
class SourceField:
    """A key that our reader expects, and its name for people."""

    key: str
    title: str


@dataclass(frozen=True, slots=True)
class Entity:
    """One kind of row that a source sends.

    `required` are groups of keys: of each group at least one must hold a value, or the record is of no use. The first
    key of the first group names the record.
    """

    id: str
    title: str
    fields: tuple[SourceField, ...]
    required: tuple[tuple[str, ...], ...]

    def field(self, key: str) -> SourceField | None:
        """The field of that key, if the reader expects it."""
        return next((field for field in self.fields if field.key == key), None)

    @property
    def required_keys(self) -> frozenset[str]:
        """Every key that a required group names."""
        return frozenset(key for group in self.required for key in group)


@lru_cache(maxsize=2_000)
def plain_key(key: str) -> str:
    """A key without underscores and case."""
    return key.replace("_", "").lower()


def find_entity(kind: ConnectionKind, entity_id: str) -> Entity:
    """The entity of that id.

    Raises `UsageError` when the kind sends none of it.
    """
    for entity in ENTITIES.get(kind, ()):
        if entity.id == entity_id:
            return entity
    known = ", ".join(entity.id for entity in ENTITIES.get(kind, ())) or _("none")
    raise UsageError(
        _("A {kind} connection sends no {entity}.").format(kind=kind.value, entity=entity_id),
        _("It sends: {names}.").format(names=known),
    )


def _entity(entity_id: str, title: str, fields: Mapping[str, str], *required: tuple[str, ...]) -> Entity:
    return Entity(entity_id, title, tuple(SourceField(key, name) for key, name in fields.items()), required)


_VITEC = (
    _entity(
        "department",
        N_("Departments"),
        {
            "departmentId": N_("Department id"),
            "departmentNumber": N_("Department number"),
            "marketName": N_("Market name"),
            "name": N_("Name"),
            "legalName": N_("Legal name"),
            "organisationNumber": N_("Organisation number"),
            "email": N_("Email"),
            "phone": N_("Phone"),
            "streetAddress": N_("Street address"),
            "postalAddress": N_("Postal address"),
            "postalCode": N_("Postal code"),
            "city": N_("City"),
            "webPublish": N_("Shown on the web"),
            "aboutDepartment": N_("Description"),
        },
        ("departmentId",),
        ("marketName", "name", "legalName"),
    ),
    _entity(
        "employee",
        N_("Employees"),
        {
            "employeeId": N_("Employee id"),
            "departmentId": N_("Department ids"),
            "name": N_("Name"),
            "email": N_("Email"),
            "title": N_("Title"),
            "mobilePhone": N_("Mobile phone"),
            "workPhone": N_("Work phone"),
            "employeePositions": N_("Positions"),
            "employeeActive": N_("Active"),
            "aboutMe": N_("Description"),
        },
        ("employeeId",),
        ("departmentId",),
        ("name",),
    ),
)
_SUPABASE = (
    _entity(
        "employee",
        N_("Employees"),
        {
            "id": N_("Id"),
            "nume": N_("Last name"),
            "prenume": N_("First name"),
            "nume_complet": N_("Full name"),
            "status": N_("Status"),
        },
        ("id",),
        ("nume", "prenume", "nume_complet"),
        ("status",),
    ),
    _entity(
        "biometrics",
        N_("Biometric data"),
        {
            "employee_no": N_("Terminal number"),
            "foto_fata_url": N_("Photo of the face"),
            "hikvision_employee_no": N_("Number at the terminals"),
        },
        ("employee_no",),
    ),
    _entity(
        "device",
        N_("Terminals"),
        {
            "id": N_("Id"),
            "ip_address": N_("Address"),
            "port": N_("Port"),
            "username": N_("User name"),
            "status": N_("Status"),
        },
        ("id",),
        ("ip_address",),
    ),
)
_CETEC = (
    _entity(
        "customer",
        N_("Customers"),
        {
            "id": N_("Customer id"),
            "name": N_("Name"),
            "domain": N_("Domain"),
            "ok_to_bill": N_("Billable"),
            "priority_support": N_("Priority support"),
            "resident_hosting": N_("Resident hosting"),
            "test_environment": N_("Test environment"),
            "itar_hosting_bc": N_("ITAR hosting"),
            "num_prod_users": N_("Production users"),
            "num_full_users": N_("Full users"),
            "external_key": N_("External key"),
        },
        ("id",),
        ("name", "domain"),
    ),
)
_ONEC = (
    _entity(
        "agent",
        N_("People"),
        {
            "agentId": N_("Person id"),
            "tabN": N_("Personnel number"),
            "lastname": N_("Last name"),
            "firstname": N_("First name"),
            "secondname": N_("Patronymic"),
            "startwork": N_("Hired on"),
            "finishwork": N_("Left on"),
            "positionId": N_("Position id"),
            "position": N_("Position"),
            "positionChangeDate": N_("Position since"),
            "departmentId": N_("Department id"),
            "rate": N_("Rate"),
            "Login": N_("Login"),
            "normWeek": N_("Weekly norm in hours"),
            "normWeekChangeDate": N_("Weekly norm since"),
            "SN": N_("SN"),
            "Db_ID": N_("Database id"),
            "area": N_("Area"),
        },
        ("agentId",),
        ("lastname", "firstname"),
    ),
    _entity(
        "department",
        N_("Departments"),
        {
            "departmentId": N_("Department id"),
            "department": N_("Name"),
            "parentDepartmentId": N_("Parent department id"),
        },
        ("departmentId",),
        ("department",),
    ),
    _entity(
        "vacation",
        N_("Vacation balances"),
        {"date": N_("Date"), "vacation": N_("Days")},
        ("date",),
        ("vacation",),
    ),
    _entity(
        "norm",
        N_("Norms of hours"),
        {
            "agentId": N_("Person id"),
            "normHours": N_("Norm in hours"),
            "startDate": N_("First day"),
            "endDate": N_("Last day"),
        },
        ("agentId",),
        ("normHours",),
        ("startDate",),
        ("endDate",),
    ),
    _entity(
        "timesheet_day",
        N_("Timesheet: days"),
        {"date": N_("Date"), "timetype": N_("Code of working time"), "hours": N_("Hours")},
        ("date",),
        ("timetype",),
    ),
    _entity(
        "timesheet_absence",
        N_("Timesheet: absences"),
        {"timetype_N": N_("Code of working time"), "hours_N": N_("Days and hours")},
        ("timetype_N",),
    ),
)
_STATUS_FIELDS = {
    "agentId": N_("Agent id"),
    "stateCode": N_("Status code"),
    "stateName": N_("Status name"),
    "startDate": N_("Start"),
}
_CONTACT_CENTER = (
    _entity("service", N_("Services"), {"id": N_("Service id"), "name": N_("Name"), "status": N_("Status")}, ("id",)),
    _entity(
        "group",
        N_("Groups"),
        {"id": N_("Group id"), "name": N_("Name"), "status": N_("Status"), "channelType": N_("Channels")},
        ("id", "groupId"),
    ),
    _entity(
        "agent",
        N_("Agents"),
        {
            "id": N_("Agent id"),
            "surname": N_("Last name"),
            "name": N_("First name"),
            "secondName": N_("Patronymic"),
            "agentNumber": N_("Personnel number"),
            "loginSSO": N_("Logins"),
            "agentGroups": N_("Groups"),
        },
        ("id", "agentId"),
        ("surname", "name"),
    ),
    _entity(
        "status",
        N_("Statuses"),
        {**_STATUS_FIELDS, "endDate": N_("End"), "groupId": N_("Group id"), "serviceId": N_("Service id")},
        ("stateCode", "status"),
        ("startDate", "startTime"),
        ("endDate", "endTime"),
    ),
    _entity(
        "login",
        N_("Sign-ins"),
        {
            "agentId": N_("Agent id"),
            "loginDate": N_("Signed in"),
            "logoutDate": N_("Signed out"),
            "duration": N_("Duration in milliseconds"),
        },
        ("loginDate",),
    ),
    _entity(
        "call",
        N_("Contacts"),
        {
            "agentId": N_("Agent id"),
            "groupId": N_("Group id"),
            "startCall": N_("Start"),
            "endCall": N_("End"),
            "duration": N_("Duration in milliseconds"),
            "callType": N_("Type"),
            "serviceId": N_("Service id"),
        },
        ("startCall", "startTime"),
        ("endCall", "endTime"),
    ),
    _entity(
        "chat_day",
        N_("Time with chats"),
        {"agentId": N_("Agent id"), "workDate": N_("Date"), "workTime": N_("Time in milliseconds")},
        ("agentId",),
        ("workDate",),
        ("workTime",),
    ),
    _entity(
        "interval",
        N_("Contacts in intervals"),
        {
            "groupId": N_("Group id"),
            "serviceId": N_("Service id"),
            "startInterval": N_("Start"),
            "endInterval": N_("End"),
            "metrics": N_("Numbers"),
        },
        ("startInterval", "intervalStart"),
    ),
    _entity(
        "online_status",
        N_("Statuses now"),
        _STATUS_FIELDS,
        ("agentId",),
        ("stateCode", "status"),
        ("startDate", "startTime"),
    ),
    _entity(
        "group_load",
        N_("Load of groups now"),
        {
            "groupId": N_("Group id"),
            "serviceId": N_("Service id"),
            "callNumber": N_("Waiting"),
            "operatorNumber": N_("Operators"),
            "callReceived": N_("Received"),
            "callAnswered": N_("Answered"),
            "callAnsweredTst": N_("Answered in time"),
            "callProcessing": N_("In conversation"),
            "aht": N_("Average handling time"),
            "awt": N_("Average waiting time"),
            "acd": N_("Answered in per cent"),
        },
        ("groupId",),
        ("callNumber",),
        ("operatorNumber",),
    ),
)

ENTITIES: Mapping[ConnectionKind, tuple[Entity, ...]] = {
    ConnectionKind.VITEC: _VITEC,
    ConnectionKind.SUPABASE: _SUPABASE,
    ConnectionKind.CETEC: _CETEC,
    ConnectionKind.ONEC: _ONEC,
    ConnectionKind.CONTACT_CENTER: _CONTACT_CENTER,
}
"""By kind; a kind that is not here sends no records of this shape."""
