"""Row-level security: a query without a filter shows no row of another branch."""

import uuid

import psycopg2
import pytest
from django.conf import settings
from django.db import connection
from django.db.utils import DatabaseError

from donations.models import Donation
from redcross.accounts.choices import Role
from redcross.accounts.database.policies import visible_models
from redcross.accounts.models import RoleAssignment
from redcross.accounts.scope import acting_as_system, acting_for
from redcross.branches.models import Branch


@pytest.fixture
def gifts(committed):
    upload = committed()
    for code in ("53", "5301", "530102", "5303"):
        Donation.objects.create(
            branch=Branch.objects.get(code=code), upload=upload, row_key=uuid.uuid4(),
            giver_name=code, value=1, received_on="2021-08-08",
        )  # fmt: skip
    return upload


def read_unfiltered():
    """Read all rows without a filter, as a page without `visible_to` would."""
    return set(Donation.objects.values_list("branch__code", flat=True))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("role", "code", "expected"),
    [
        (Role.STATISTICIAN, "5301", {"5301", "530102"}),
        (Role.STATISTICIAN, "530102", {"530102"}),
        (Role.REVIEWER, "53", {"53", "5301", "530102", "5303"}),
        (Role.AUDITOR, "53", set()),
        (Role.ADMINISTRATOR, "53", set()),
    ],
)
def test_row_level_security_limits_each_role_to_its_subtree(gifts, person, role, code, expected):
    with acting_for(person(role, code)):
        assert read_unfiltered() == expected


@pytest.mark.django_db(transaction=True)
def test_row_level_security_without_scope_shows_nothing(gifts):
    database = connection.settings_dict
    login = psycopg2.connect(
        host=database["HOST"] or None, port=database["PORT"] or None,
        dbname=database["NAME"], user=settings.APPLICATION_ROLE,
        password=database["PASSWORD"] or None,
    )  # fmt: skip
    with login, login.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM donations_donation")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT count(*) FROM donations_donationevent")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False, False)
    login.close()


@pytest.mark.django_db
def test_row_level_security_refuses_writes_outside_the_scope(person, branch, now, clerk):
    from redcross.uploads.models import Upload

    with pytest.raises(DatabaseError), acting_for(clerk):
        Upload.objects.create(
            branch=branch("5303"), sheet="donations.ledger", first_month="2021-01-01",
            last_month="2021-01-01", mode="append", uploaded_by=clerk, created_at=now,
        )  # fmt: skip


@pytest.mark.django_db
def test_nested_scope_restores_the_outer_scope(person):
    narrow, wide = person(Role.STATISTICIAN, "5301"), person(Role.REVIEWER, "53")

    def scope():
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('redcross.scope', true), current_user")
            return cursor.fetchone()

    with acting_for(wide):
        outer = scope()
        with acting_for(narrow):
            assert scope() != outer
        assert scope() == outer
    assert scope()[0] in (None, "")
    with acting_as_system("测试"):
        assert len(scope()[0].split(",")) == Branch.objects.count()


@pytest.mark.django_db
def test_expired_role_has_an_empty_scope(person, now):
    user = person(Role.STATISTICIAN, "5301")
    RoleAssignment.objects.filter(user=user).update(ends_on="2020-01-01")

    with acting_for(user), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('redcross.scope', true)")
        assert cursor.fetchone() == ("",)


@pytest.mark.django_db
def test_administrator_and_auditor_roles_of_one_person_are_refused(person, branch):
    user = person(Role.ADMINISTRATOR, "53")

    with pytest.raises(DatabaseError, match="administrator_is_no_auditor"):
        RoleAssignment.objects.create(
            user=user, role=Role.AUDITOR, branch=branch("53"), starts_on="2022-01-01"
        )


@pytest.mark.django_db
def test_row_level_security_policy_is_on_every_owned_table():
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_policies WHERE policyname = 'branch_in_scope'")
        tables = {name for (name,) in cursor.fetchall()}

    assert {model._meta.db_table for model in visible_models()} <= tables
