"""Functions that run as the owner of the tables find nothing that their caller made."""

import uuid

import psycopg2
import pytest
from django.conf import settings
from django.db import connection

from donations.models import Donation
from redcross.accounts.choices import Role
from redcross.accounts.database.functions import SEARCH_PATH, secure_functions
from redcross.accounts.scope import acting_as_system
from redcross.audit.choices import Act
from redcross.audit.models import AccessEntry
from redcross.audit.services import verify_chain, write_entry
from redcross.branches.models import Branch
from redcross.indicators.models import Rollup
from redcross.locks.services import lock_period
from redcross.periods import Period

pytestmark = pytest.mark.django_db(transaction=True)

OURS = (
    "FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
    " WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')"
    " AND n.nspname NOT LIKE 'pg\\_%' AND NOT EXISTS (SELECT FROM pg_depend d"
    " WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')"
)
CALLED_BY_THE_APPLICATION = {
    "completeness_covering", "donors_erase", "training_certificate_check",
}  # fmt: skip


def rows(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


@pytest.fixture
def login():
    """The application's own login, outside of any scope, as who could send it any SQL."""
    database = connection.settings_dict
    opened = psycopg2.connect(
        host=database["HOST"] or None, port=database["PORT"] or None,
        dbname=database["NAME"], user=settings.APPLICATION_ROLE,
        password=database["PASSWORD"] or None,
    )  # fmt: skip
    yield opened
    opened.close()


@pytest.fixture
def gift(committed):
    upload = committed()
    return Donation.objects.create(
        branch=Branch.objects.get(code="53"), upload=upload, row_key=uuid.uuid4(),
        giver_name="示例", value=100, received_on="2021-08-08",
    )  # fmt: skip


def take_every_scope(cursor):
    """Set the scope to every branch, which the login can do by itself."""
    cursor.execute(
        "SELECT set_config('redcross.scope', (SELECT string_agg(id::text, ',')"
        " FROM branches_branch), false)"
    )


def test_every_function_has_the_pinned_search_path():
    functions = rows(f"SELECT p.oid::regprocedure::text, p.prosecdef, p.proconfig {OURS}")

    assert sum(definer for _, definer, _ in functions) > 50
    assert [
        name for name, _, config in functions if f"search_path={SEARCH_PATH}" not in (config or [])
    ] == []


def test_application_may_execute_three_functions_only():
    functions = rows(
        f"SELECT DISTINCT p.proname {OURS}"
        f" AND has_function_privilege('{settings.APPLICATION_ROLE}', p.oid, 'EXECUTE')"
    )

    assert {name for (name,) in functions} == CALLED_BY_THE_APPLICATION


def test_functions_of_a_migrated_database_are_secured_again():
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER FUNCTION audit_seal() SET search_path = public;"
            "GRANT EXECUTE ON FUNCTION audit_seal() TO PUBLIC;"
            "CREATE FUNCTION made_by_hand() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'"
        )
    try:
        secure_functions(using="default")

        assert rows(
            "SELECT proname, proconfig, has_function_privilege('public', oid, 'EXECUTE')"
            " FROM pg_proc WHERE proname IN ('audit_seal', 'made_by_hand') ORDER BY 1"
        ) == [
            ("audit_seal", [f"search_path={SEARCH_PATH}"], False),
            ("made_by_hand", [f"search_path={SEARCH_PATH}"], False),
        ]
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION made_by_hand()")


def test_application_cannot_create_in_public_schema(login):
    with login.cursor() as cursor, pytest.raises(psycopg2.errors.InsufficientPrivilege):
        cursor.execute("CREATE TABLE public.mine (id int)")


SHADOW_THE_ROLLUP = """
CREATE TEMPORARY TABLE ran (who text);
GRANT ALL ON ran TO PUBLIC;
CREATE TEMPORARY TABLE indicators_rollup (LIKE public.indicators_rollup INCLUDING ALL);
GRANT ALL ON pg_temp.indicators_rollup TO PUBLIC;
CREATE FUNCTION pg_temp.note_user() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN INSERT INTO pg_temp.ran VALUES (current_user); RETURN NEW; END $$;
GRANT EXECUTE ON FUNCTION pg_temp.note_user() TO PUBLIC;
CREATE TRIGGER note_user BEFORE INSERT OR UPDATE ON pg_temp.indicators_rollup
  FOR EACH ROW EXECUTE FUNCTION pg_temp.note_user();
"""


def shadow_rollup(cursor, gift):
    """Change a gift behind a temporary table in the rollup's name; return who ran its trigger."""
    take_every_scope(cursor)
    cursor.execute(SHADOW_THE_ROLLUP)
    cursor.execute("UPDATE donations_donation SET value = value + 1 WHERE id = %s", [gift.pk])
    assert cursor.rowcount == 1
    cursor.execute("SELECT DISTINCT who FROM ran")
    return [who for (who,) in cursor.fetchall()]


def raised():
    return Rollup.objects.get(indicator="donations.raised", breakdown="").value


def test_temporary_rollup_table_is_not_written_by_the_owner(login, gift):
    before = raised()

    with login.cursor() as cursor:
        assert shadow_rollup(cursor, gift) == []
        cursor.execute("SELECT count(*) FROM pg_temp.indicators_rollup")
        assert cursor.fetchone() == (0,)

    login.commit()
    assert raised() == before + 1


def test_temporary_rollup_table_is_written_under_the_former_path(login, gift):
    """The replay is a real one: PostgreSQL then looks there first."""
    function = 'ALTER FUNCTION "rollup_donations_donation"() SET search_path = '
    owner = connection.settings_dict["USER"]
    with connection.cursor() as cursor:
        cursor.execute(f"{function} public")
    try:
        with login.cursor() as cursor:
            assert shadow_rollup(cursor, gift) == [owner]
        login.rollback()
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"{function} {SEARCH_PATH}")


def test_temporary_access_log_table_forges_no_entry(login, now):
    with acting_as_system("测试"):
        write_entry(None, Act.VIEW, "/示例/")
    last = AccessEntry.objects.order_by("-pk")[0].pk
    with login.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE audit_accessentry (id bigint, digest bytea);"
            "GRANT ALL ON pg_temp.audit_accessentry TO PUBLIC;"
            "INSERT INTO pg_temp.audit_accessentry VALUES (9223372036854775800, '\\x66');"
            "INSERT INTO public.audit_accessentry (at, username, act, what, branch_code, reason,"
            " status, digest) VALUES (now(), '', 'VIEW', '/伪造/', '', '', 200, '\\x')"
        )
    login.commit()

    assert AccessEntry.objects.get(what="/伪造/").pk == last + 1
    assert verify_chain(using="default").broken == []


def test_temporary_lock_table_opens_no_closed_month(login, gift, person, now):
    office = person(Role.OFFICE, "53")
    with acting_as_system("测试"):
        lock_period("donations", gift.branch, Period.parse("2021"), user=office, now=now)
    with login.cursor() as cursor:
        take_every_scope(cursor)
        cursor.execute("CREATE TEMPORARY TABLE uploads_periodlock (domain text)")

        with pytest.raises(psycopg2.Error, match="2021年8月"):
            cursor.execute("UPDATE donations_donation SET value = 7 WHERE id = %s", [gift.pk])


@pytest.mark.parametrize(
    "function", ["rollup_donations_donation", "audit_seal", "uploads_locked_donations_donation"]
)
def test_trigger_functions_cannot_be_used_on_temporary_tables(login, function):
    with login.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE mine (LIKE public.donations_donation)")

        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            cursor.execute(
                "CREATE TRIGGER counted AFTER INSERT ON mine REFERENCING NEW TABLE AS new_rows"
                f" FOR EACH STATEMENT EXECUTE FUNCTION public.{function}()"
            )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE indicators_rollup SET value = 0",
        "DELETE FROM audit_accessentry",
        "UPDATE donations_donationevent SET value = 0",
        "ALTER TABLE audit_accessentry DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
        "CREATE OR REPLACE FUNCTION public.audit_seal() RETURNS trigger LANGUAGE sql AS ''",
    ],
)
def test_owner_statements_are_refused_to_the_application(login, statement):
    with login.cursor() as cursor, pytest.raises(psycopg2.errors.InsufficientPrivilege):
        cursor.execute(statement)
