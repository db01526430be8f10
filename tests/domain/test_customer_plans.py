"""What a list from CETEC changes in the stored customers, and what absence from it proves (cetec-mysql.md §9)."""

from __future__ import annotations

from dataclasses import replace

from app.domain.customer_plans import Absent, absent, plan_customers
from app.domain.customers import CustomerStatus, DatabaseStatus, SupportLevel
from app.domain.directory_plans import PlanSettings
from app.domain.outcomes import Action, FieldChange
from app.store.values import now
from tests.support.customer_records import CONNECTION, a_customer, a_list, a_record

SETTINGS = PlanSettings(CONNECTION)


def test_a_new_customer_is_created_and_a_known_one_compared_by_its_id() -> None:
    found = a_list(a_record(1), a_record(2, name="Renamed Inc"))
    plan = plan_customers(found, [a_customer(2)], SETTINGS)
    assert [(s.action, s.source_id) for s in plan.steps] == [(Action.CREATE, "1"), (Action.UPDATE, "2")]
    assert plan.steps[1].changes == (FieldChange("name", "Example Circuits 2", "Renamed Inc"),)


def test_a_customer_of_another_connection_with_the_same_id_is_another_customer() -> None:
    other = replace(a_customer(1), connection="cetec-2")
    assert plan_customers(a_list(a_record(1)), [other], SETTINGS).steps[0].action is Action.CREATE


def test_what_was_not_fetched_overwrites_nothing() -> None:
    known = a_customer(1, priority_support=SupportLevel.ENTERPRISE, num_prod_users=7.0)
    record = a_record(1, fields=frozenset({"name", "domain", "ok_to_bill"}))
    assert plan_customers(a_list(record), [known], SETTINGS).steps[0].action is Action.UNCHANGED


def test_what_a_check_found_is_no_business_of_the_list() -> None:
    known = a_customer(1, database_status=DatabaseStatus.EXISTS, good_status=DatabaseStatus.EXISTS)
    (step,) = plan_customers(a_list(a_record(1, domain="moved")), [known], SETTINGS).steps
    assert step.record is not None
    assert step.record.good_status is DatabaseStatus.EXISTS
    assert [c.field for c in step.changes] == ["domain"]


def test_who_is_no_longer_billed_is_neither_gone_nor_counted_as_missing() -> None:
    stored = [a_customer(n) for n in range(1, 21)]
    found = a_list(*(a_record(n) for n in range(1, 19)))
    plan = plan_customers(found, stored, SETTINGS, Absent(frozenset({"19"})))
    unbilled = plan.steps[-1]
    assert unbilled.record is not None
    assert (unbilled.source_id, unbilled.record.status) == ("19", CustomerStatus.NOT_BILLABLE)
    assert [c.id for c in plan.missing] == ["20"]
    assert plan.reasons() == {"not_billable": 1}
    assert not plan.suspicious


def test_a_customer_that_is_billed_again_counts_again() -> None:
    known = a_customer(1, ok_to_bill=False, status=CustomerStatus.NOT_BILLABLE)
    (step,) = plan_customers(a_list(a_record(1)), [known], SETTINGS).steps
    assert step.record is not None
    assert step.record.status is CustomerStatus.ACTIVE


def test_a_customer_that_a_person_switched_off_stays_off() -> None:
    known = a_customer(1, status=CustomerStatus.INACTIVE)
    (step,) = plan_customers(a_list(a_record(1)), [known], SETTINGS).steps
    assert step.action is Action.UNCHANGED


def test_a_list_that_lacks_too_many_is_suspicious_and_says_so() -> None:
    stored = [a_customer(n) for n in range(1, 11)]
    plan = plan_customers(a_list(*(a_record(n) for n in range(1, 9))), stored, SETTINGS, Absent())
    assert plan.suspicious
    assert plan.warnings == (
        "2 customers are no longer listed by CETEC.",
        "That is more than usual, so they stay as they are until the list is complete again.",
    )


def test_absence_proves_nothing_where_the_list_was_narrowed() -> None:
    stored = [a_customer(1), a_customer(2)]
    plan = plan_customers(a_list(a_record(1)), stored, SETTINGS, None)
    assert (plan.missing, plan.suspicious, plan.warnings) == ((), False, ())


def test_a_customer_that_is_listed_again_has_returned() -> None:
    known = a_customer(1, missing_since=now())
    assert plan_customers(a_list(a_record(1)), [known], SETTINGS, Absent()).returned == (known,)


def test_absent_are_only_customers_that_count_and_of_this_connection() -> None:
    stored = [
        a_customer(1),
        a_customer(2, status=CustomerStatus.INACTIVE),
        replace(a_customer(3), connection="cetec-2"),
        a_customer(4),
    ]
    assert [c.id for c in absent(a_list(a_record(1)), stored, CONNECTION)] == ["4"]


def test_a_customer_that_a_setting_leaves_out_is_switched_off_and_not_missing() -> None:
    plan = plan_customers(
        a_list(a_record(1)), [a_customer(1), a_customer(2)], SETTINGS, Absent(excluded=frozenset("2"))
    )
    assert [(s.source_id, s.reason) for s in plan.steps if s.reason] == [("2", "excluded")]
    assert (plan.missing, plan.suspicious) == ((), False)
