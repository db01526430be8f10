"""Reading the Hub's answers (vitec-hub.md §4.3, §7, §8): forgiving field by field, strict about the list itself."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.connectors.vitec_answers import read_departments, read_employees, read_methods
from app.domain.directory import EmployeeStatus
from app.errors import BadData
from tests.support.records import department, offices_read, one_office, one_person, people_read, person

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
FIELDS = sorted(department() | person() | {"organizationNumber": 1, "orgnr": 1, "visitCity": 1, "visitPostalCode": 1})
READERS = [read_departments, read_employees, read_methods]


class TestTheListItself:
    @pytest.mark.parametrize("read", READERS)
    @pytest.mark.parametrize(
        ("body", "received"),
        [
            (b'{"items": []}', "object"),
            (b'"text"', "string"),
            (b"12", "number"),
            (b"1.5", "number"),
            (b"true", "boolean"),
            (b"null", "null"),
        ],
    )
    def test_anything_but_a_list_is_refused_with_the_type_received(self, read: Any, body: bytes, received: str) -> None:
        with pytest.raises(BadData) as refused:
            read(body)
        assert refused.value.message == f"Invalid Vitec Hub response. Expected a list, received: {received}."

    @pytest.mark.parametrize("read", READERS)
    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"<!DOCTYPE html><html><body>Logg inn</body></html>",
            b'[{"departmentId": 1',
            b"[NaN]",
            b"[1e999]",
            b'["\\ud800"]',
            b'["\xff\xfe"]',
            b"[" + b"9" * 5000 + b"]",
            b"[" * 100_000,
            "[]".encode("utf-16"),
        ],
        ids=["empty", "html", "cut", "nan", "infinite", "surrogate", "not utf-8", "huge", "deep", "utf-16"],
    )
    def test_what_is_no_json_is_refused(self, read: Any, body: bytes) -> None:
        with pytest.raises(BadData) as refused:
            read(body)
        assert refused.value.message == "Invalid Vitec Hub response."
        assert refused.value.remedy

    @pytest.mark.parametrize("read", READERS)
    def test_a_byte_order_mark_does_no_harm(self, read: Any) -> None:
        read(b"\xef\xbb\xbf[]")

    def test_elements_that_are_no_objects_are_counted_and_left_out(self) -> None:
        snapshot = offices_read(department(), None, 5, "x", [])
        assert (len(snapshot.records), snapshot.unreadable) == (1, 4)

    @pytest.mark.parametrize(("count", "warned"), [(999, False), (1000, True), (5000, True), (10_000, True)])
    def test_a_list_of_a_round_size_may_be_cut_off(self, count: int, warned: bool) -> None:
        warnings = people_read(*({"employeeId": n} for n in range(count))).warnings
        assert warnings == ((f"The list is possibly truncated: it has exactly {count} elements.",) if warned else ())

    def test_unknown_fields_are_listed_once_by_name(self) -> None:
        snapshot = offices_read(department(faxNumber="1"), department(faxNumber="2", vatNumber=None))
        assert snapshot.unknown_fields == ("faxNumber", "vatNumber")

    @pytest.mark.parametrize("name", ["departmentImageUrl", "imageUrl", "bannerUrl", "logoUrl", "profileImageUrl"])
    def test_picture_addresses_seen_by_other_clients_are_known(self, name: str) -> None:
        assert offices_read(department() | {name: "x"}).unknown_fields == ()

    def test_methods_are_shown_as_received(self) -> None:
        assert read_methods(b'[{"name": "GetDepartments"}, {"name": " "}, {"other": 1}, 5, {"name": "X"}]') == (
            "GetDepartments",
            "X",
        )


class TestDepartments:
    @pytest.mark.parametrize(
        ("names", "name"),
        [
            ({"marketName": " A ", "name": "B", "legalName": "C"}, "A"),
            ({"marketName": " ", "name": "B", "legalName": "C"}, "B"),
            ({"marketName": None, "name": "", "legalName": "C"}, "C"),
            ({"marketName": None, "name": None, "legalName": None}, "Vitec Office"),
        ],
    )
    def test_the_name_is_the_first_that_is_not_blank(self, names: dict[str, Any], name: str) -> None:
        assert one_office(**names).name == name

    @pytest.mark.parametrize("field", ["organisationNumber", "organizationNumber", "orgNumber", "orgnr"])
    def test_the_organisation_number_in_all_its_spellings(self, field: str) -> None:
        fields = {"organisationNumber": None, field: " 999 888 777 "}
        assert one_office(**fields).organization_number == "999888777"

    def test_an_organisation_number_without_nine_digits_is_kept_and_warned_about(self) -> None:
        snapshot = offices_read(department(organisationNumber="12345", marketName="Fjordheim"))
        assert snapshot.records[0].organization_number == "12345"
        assert snapshot.warnings == ("Organisation numbers without nine digits: Fjordheim.",)

    @pytest.mark.parametrize(
        ("code", "kept"),
        [("0150", "0150"), (150, "0150"), ("150", "0150"), ("5003", "5003"), (" ", None), ("N-1", "N-1")],
    )
    def test_pitfall_13_a_postal_code_keeps_its_zero(self, code: Any, kept: str | None) -> None:
        assert one_office(postalCode=code).postal_code == kept

    def test_addresses_fall_back_to_the_other_names(self) -> None:
        source = one_office(
            streetAddress="",
            postalAddress="Boks 1",
            postalCode=None,
            visitPostalCode="0250",
            city=" ",
            visitCity="Oslo",
        )
        assert (source.street_address, source.postal_code, source.city) == ("Boks 1", "0250", "Oslo")

    @pytest.mark.parametrize(("sent", "read"), [(True, True), (False, False), (None, None), ("yes", None), (1, None)])
    def test_web_publish_is_copied_only_as_true_or_false(self, sent: Any, read: bool | None) -> None:
        assert one_office(webPublish=sent).is_active is read

    @pytest.mark.parametrize(
        ("sent", "read"),
        [(4711, 4711), ("4711", 4711), (" 4711 ", 4711), (4711.0, 4711), (None, None), ("", None), ("x", None),
         (True, None), (0, None), (-1, None), (2**40, None), (1.5, None), ([4711], None), ("٤٧", None)],
    )  # fmt: skip
    def test_the_department_id_is_a_whole_number(self, sent: Any, read: int | None) -> None:
        assert one_office(departmentId=sent).vitec_department_id == read

    def test_blank_is_none_and_nul_is_no_character(self) -> None:
        source = one_office(email="  ", phone="22\x00 00", city="\x00", departmentNumber=12)
        assert (source.email, source.phone, source.city, source.department_number) == (None, "22 00", None, "12")


class TestEmployees:
    @pytest.mark.parametrize(
        ("sent", "read"),
        [([4711], (4711,)), ([4711, 4712, 4711], (4711, 4712)), (4711, (4711,)), ("4711", (4711,)), ([], ()),
         (None, ()), (["4711", None, "x", {}], (4711,)), ({}, ()), ("", ()), (True, ())],
    )  # fmt: skip
    def test_pitfall_6_department_id_in_all_its_shapes(self, sent: Any, read: tuple[int, ...]) -> None:
        assert one_person(departmentId=sent).departments == read

    @pytest.mark.parametrize(
        ("name", "first", "last"),
        [
            ("Sverre", "Sverre", ""),
            ("Kari Anne Nordmann", "Kari", "Anne Nordmann"),
            ("  Kari   Anne \t Nordmann ", "Kari", "Anne Nordmann"),
            ("   ", "", ""),
            (None, "", ""),
            (17, "17", ""),
        ],
    )
    def test_pitfall_7_names_are_split_on_white_space(self, name: Any, first: str, last: str) -> None:
        source = one_person(name=name)
        assert (source.first_name, source.last_name) == (first, last)

    @pytest.mark.parametrize(
        ("sent", "status"),
        [(True, EmployeeStatus.ACTIVE), (False, EmployeeStatus.INACTIVE), (None, EmployeeStatus.ACTIVE)],
    )
    def test_pitfall_8_a_missing_active_flag_means_active(self, sent: bool | None, status: EmployeeStatus) -> None:
        assert one_person(employeeActive=sent).status is status
        without = person()
        del without["employeeActive"]
        assert people_read(without).records[0].status is EmployeeStatus.ACTIVE

    @pytest.mark.parametrize(
        ("sent", "read"),
        [("KARNOR01", "KARNOR01"), (3021, "3021"), (" A ", "A"), ("", None), (None, None), ("x" * 101, None)],
    )
    def test_the_employee_id_is_text_of_at_most_100_characters(self, sent: Any, read: str | None) -> None:
        assert one_person(employee_id=sent).vitec_employee_id == read

    @pytest.mark.parametrize(
        ("mobile", "work", "phone"),
        [("900", "22", "900"), ("", "22", "22"), (" ", "22", "22"), (None, None, None), (90000001, None, "90000001")],
    )
    def test_the_phone_is_the_mobile_else_the_one_at_work(self, mobile: Any, work: Any, phone: str | None) -> None:
        assert one_person(mobilePhone=mobile, workPhone=work).phone == phone


class TestRoles:
    @pytest.mark.parametrize(
        ("kind", "role"),
        [
            (1, "eiendomsmegler"),
            (2, "daglig_leder"),
            (3, "fagansvarlig"),
            (4, "antihvitvaskingsansvarlig"),
            (5, "medhjelper"),
            (6, "oppgjor"),
            (7, "administrasjon"),
            (8, "eiendomsmeglerfullmektig"),
            (9, "salgsleder"),
            (10, "kontorleder"),
        ],
    )
    def test_every_known_type_plain_or_nested(self, kind: int, role: str) -> None:
        for position in (kind, str(kind), {"value": kind}, {"id": kind}, {"value": None, "id": kind}):
            assert one_person(employeePositions=[{"type": position}]).system_roles == (role,)

    def test_duplicates_go_and_the_order_of_appearance_stays(self) -> None:
        sent = [{"type": 9}, {"type": 1}, {"type": {"value": 9}}]
        assert one_person(employeePositions=sent).system_roles == ("salgsleder", "eiendomsmegler")

    @pytest.mark.parametrize("sent", [None, [], {}, "1", [None, 1, "x"], [{"type": None}], [{}], [{"type": {}}]])
    def test_pitfall_9_positions_of_any_shape_are_read_without_harm(self, sent: Any) -> None:
        snapshot = people_read(person(employeePositions=sent, title=None))
        assert snapshot.records[0].system_roles == ()
        assert snapshot.unmapped_roles == {}

    def test_pitfall_9_unknown_types_are_counted_and_shown(self) -> None:
        unknown = [{"type": 14}, {"type": {"value": 14}}, {"type": 0}, {"type": "boss"}, {"type": [1]}, {"type": 1}]
        snapshot = people_read(person(employeePositions=unknown), person("B", employeePositions=[{"type": 14}]))
        assert snapshot.unmapped_roles == {"14": 3, "0": 1, "boss": 1, "?": 1}
        assert snapshot.warnings == ("Unmapped position types: 0 ×1, 14 ×3, ? ×1, boss ×1.",)
        assert snapshot.records[0].system_roles == ("eiendomsmegler",)

    @pytest.mark.parametrize(
        ("title", "roles"),
        [
            ("Eiendomsmegler MNEF", ("eiendomsmegler",)),
            ("EIENDOMSMEGLERFULLMEKTIG", ("eiendomsmeglerfullmektig",)),
            ("Daglig leder / Fagansvarlig", ("fagansvarlig", "daglig_leder")),
            ("Eiendomsmegler og daglig  leder", ("eiendomsmegler",)),
            ("Eiendomsmeglerassistent", ()),
            ("Stylist", ()),
            (None, ()),
        ],
    )
    def test_without_positions_the_title_tells(self, title: str | None, roles: tuple[str, ...]) -> None:
        assert one_person(employeePositions=[], title=title).system_roles == roles
        assert one_person(employeePositions=[{"type": 14}], title=title).system_roles == roles

    def test_positions_that_mapped_are_not_added_to_by_the_title(self) -> None:
        assert one_person(employeePositions=[{"type": 5}], title="Daglig leder").system_roles == ("medhjelper",)


class TestAnythingAtAll:
    """Whatever is sent is read or refused as bad data; nothing else is raised."""

    @pytest.mark.parametrize("read", READERS)
    @given(body=st.binary(max_size=200))
    @example(body=b'[{"employeePositions":[{"type":' + b"[" * 400 + b"]" * 400 + b"}]}]")
    @example(body=b'[{"employeeId":' + b"9" * 300 + b',"employeePositions":[{"type":' + b"9" * 300 + b"}]}]")
    def test_bytes(self, read: Any, body: bytes) -> None:
        try:
            read(body)
        except BadData as refused:
            assert refused.message.startswith("Invalid Vitec Hub response.")

    @pytest.mark.parametrize("read", READERS)
    @given(value=JSON | st.lists(st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=6), max_size=4))
    def test_json(self, read: Any, value: Any) -> None:
        body = msgspec.json.encode(value) if _encodable(value) else b"null"
        try:
            snapshot = read(body)
        except BadData:
            assert not isinstance(value, list) or body == b"null"
            return
        records = getattr(snapshot, "records", ())
        texts = [v for r in records for f in r.__slots__ if isinstance(v := getattr(r, f), str) and f != "last_name"]
        assert all(t == t.strip() and "\0" not in t for t in texts)


def _encodable(value: Any) -> bool:
    try:
        msgspec.json.encode(value)
    except (UnicodeEncodeError, OverflowError, msgspec.EncodeError):
        return False
    return True
