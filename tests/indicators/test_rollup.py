"""The rollup equals a recount after any sequence of writes, by any role of the database."""

import datetime as dt
import threading
import uuid
from decimal import Decimal

import pytest
from django.conf import settings
from django.db import connection, connections, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from donations.models import Donation
from redcross.accounts.models import User
from redcross.branches.models import Branch
from redcross.discovery import DuplicateKeyError
from redcross.indicators import rollup
from redcross.indicators.declare.declaration import DeclarationError, Indicator, Sum, registry
from redcross.indicators.models import Rollup
from redcross.units import Unit
from redcross.uploads.models import Upload

CODES = ("53", "5301", "530102", "5329")
DAYS = (dt.date(2021, 5, 31), dt.date(2021, 6, 1), dt.date(2022, 1, 1))
FUNDS = (None, "dianmiao", "general")


@pytest.fixture
def upload(db, now):
    user = User.objects.get(username="命令行（填报）")
    return Upload.objects.create(
        branch=Branch.objects.get(code="53"),
        sheet="donations.ledger",
        first_month=dt.date(2021, 1, 1),
        last_month=dt.date(2021, 12, 1),
        mode="append",
        uploaded_by=user,
        created_at=now,
    )


def make_gift(upload, **values):
    return Donation(
        **{
            "branch": upload.branch,
            "upload": upload,
            "row_key": uuid.uuid4(),
            "giver_name": "示例",
            "value": Decimal(1),
            "received_on": DAYS[0],
            **values,
        }
    )


def different_cells():
    return [cell for cell in rollup.verify(using="default") if cell.different]


acts = st.lists(
    st.tuples(
        st.sampled_from(["insert", "move", "change", "delete", "upsert", "bulk"]),
        st.integers(0, 7),
        st.sampled_from(CODES),
        st.sampled_from(DAYS),
        st.sampled_from(FUNDS),
        st.decimals(Decimal("0.01"), Decimal(99999), places=2),
        st.sampled_from(["SOCIETY", "INTERNAL", "HIGHER_LEVEL"]),
    ),
    min_size=1,
    max_size=12,
)


@hypothesis_settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts)
def test_rollup_equals_a_recount_after_random_writes(upload, what):
    branches = {code: Branch.objects.get(code=code) for code in CODES}
    with transaction.atomic():
        rows = []
        for act, at, code, day, fund, value, source in what:
            form = {
                "branch": branches[code], "received_on": day, "fund_id": fund,
                "value": value, "source": source,
            }  # fmt: skip
            alive = [row for row in rows if row.pk]
            if act == "insert" or not alive:
                row = make_gift(upload, **form)
                row.save()
                rows.append(row)
            elif act == "bulk":
                rows += Donation.objects.bulk_create([make_gift(upload, **form) for _ in range(3)])
            elif act == "delete":
                alive[at % len(alive)].delete()
            elif act == "upsert":
                row = alive[at % len(alive)]
                twin = make_gift(upload, **{**form, "branch": row.branch, "row_key": row.row_key})
                Donation.objects.bulk_create(
                    [twin],
                    update_conflicts=True,
                    update_fields=["value", "received_on", "fund", "source"],
                    unique_fields=["branch", "row_key"],
                )
            else:
                row = alive[at % len(alive)]
                names = (
                    ["branch", "received_on"] if act == "move" else ["fund_id", "value", "source"]
                )
                for name in names:
                    setattr(row, name, form[name])
                row.save()
        assert different_cells() == []
        transaction.set_rollback(True)


def test_rollup_follows_a_change_of_campaign_kind(upload):
    make_gift(upload, campaign_id="yangbi-2021", campaign_kind="APPEAL").save()
    key = {"indicator": "donations.received_for_event", "breakdown": ""}
    assert Rollup.objects.get(**key).value == 1

    with connection.cursor() as cursor:
        cursor.execute("UPDATE donations_campaign SET kind = 'PROJECT' WHERE code = 'yangbi-2021'")

    assert Rollup.objects.get(**key).rows == 0
    assert different_cells() == []


def test_rollup_is_emptied_when_records_are_truncated(upload):
    make_gift(upload).save()

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE donations_donation CASCADE")

    assert not Rollup.objects.filter(indicator="donations.raised").exists()


def test_rollup_verification_finds_a_falsified_cell_and_rebuild_repairs_it(upload):
    make_gift(upload).save()
    Rollup.objects.filter(indicator="donations.raised").update(value=5)
    assert [cell.indicator for cell in different_cells()] == ["donations.raised"]

    rollup.rebuild([registry["donations.raised"]], using="default")

    assert different_cells() == []


def test_rollup_write_by_the_application_role_is_refused(upload):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_table_privilege(%s, 'indicators_rollup', 'SELECT'),"
            " has_table_privilege(%s, 'indicators_rollup', 'INSERT'),"
            " has_table_privilege(%s, 'indicators_rollup', 'UPDATE'),"
            " has_table_privilege(%s, 'donations_donationevent', 'INSERT')",
            [settings.APPLICATION_ROLE] * 4,
        )
        assert cursor.fetchone() == (True, False, False, False)


def test_rollup_declaration_with_a_path_into_another_table_is_refused():
    crooked = Indicator(
        "test.crooked", "歪", unit=Unit.YUAN, source=Donation, measure=Sum("value"),
        date_field="received_on", by=["campaign__kind"],
    )  # fmt: skip

    with pytest.raises(DeclarationError):
        registry.add(crooked)


def test_indicator_key_used_twice_is_refused():
    twin = Indicator("donations.raised", "又一个", unit=Unit.YUAN)

    with pytest.raises(DuplicateKeyError):
        registry.add(twin)


@pytest.mark.django_db(transaction=True)
def test_rollup_is_exact_after_parallel_writes_to_the_same_cells(committed, now):
    upload = committed()
    failures = []

    def write(number):
        try:
            for _ in range(5):
                with transaction.atomic():
                    Donation.objects.bulk_create(
                        [make_gift(upload, value=Decimal(number + 1)) for _ in range(20)]
                    )
        except Exception as error:  # noqa: BLE001
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    total = Rollup.objects.get(
        indicator="donations.raised",
        breakdown="",
        branch_id=upload.branch_id,
        month=dt.date(2021, 5, 1),
    )
    assert total.value == Decimal(5 * 20 * (1 + 2 + 3 + 4))
    assert different_cells() == []
