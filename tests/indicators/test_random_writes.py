"""Figures equal a recount after random uploads, corrections, moves, deletions and reverts."""

import contextlib
import datetime as dt
import threading
from decimal import Decimal

import pytest
from django.db import close_old_connections, connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from donations.models import Donation
from redcross.accounts.choices import Role
from redcross.branches.models import Branch
from redcross.errors import RefusedError
from redcross.indicators.rollup import verify
from redcross.uploads.choices import UploadState
from redcross.uploads.models import Upload
from redcross.uploads.workflow import revert
from tests.support.gift_ledger import create_effective_upload, ledger_workbook

pytestmark = pytest.mark.django_db
ACTS = st.lists(
    st.tuples(
        st.sampled_from(["upload", "correct", "move branch", "move month", "delete", "undo"]),
        st.integers(1, 1000),
    ),
    min_size=3,
    max_size=8,
)


def rollup_is_exact():
    return all(cell.different == 0 for cell in verify(using="default"))


def execute_act(act, number, clerk, reviewer, now):
    row = Donation.objects.order_by("pk").first()
    match act:
        case "upload":
            content = ledger_workbook(number, number + 1, tickets=f"T{number % 5}")
            branch = Branch.objects.get(code="5301")
            create_effective_upload(clerk, reviewer, branch, content, now=now)
        case "undo":
            upload = Upload.objects.filter(state=UploadState.EFFECTIVE).order_by("-pk").first()
            if upload is not None:
                revert.revert_upload(upload.pk, user=clerk, now=now)
        case "correct" if row:
            Donation.objects.filter(pk=row.pk).update(value=Decimal(number))
        case "move branch" if row:
            Donation.objects.filter(pk=row.pk).update(branch=Branch.objects.get(code="530102"))
        case "move month" if row:
            Donation.objects.filter(pk=row.pk).update(received_on=dt.date(2021, number % 12 + 1, 3))
        case "delete" if row:
            Donation.objects.filter(pk=row.pk).delete()


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_figures_equal_a_recount_after_any_sequence_of_writes(clerk, reviewer, now, acts):
    for act, number in acts:
        with contextlib.suppress(RefusedError, AssertionError):  # the same workbook twice
            execute_act(act, number, clerk, reviewer, now)

    assert rollup_is_exact()


@pytest.mark.django_db(transaction=True)
def test_figures_equal_a_recount_after_concurrent_loads_and_reverts(committed, person, now):
    committed()
    clerk, reviewer = person(Role.STATISTICIAN, "53"), person(Role.REVIEWER, "53")
    branches = [Branch.objects.get(code=code) for code in ("5301", "5329", "5303")]
    failed = []

    def work(at):
        try:
            for turn in range(3):
                content = ledger_workbook(*range(1, 40), tickets=f"P{at}{turn}")
                upload = create_effective_upload(clerk, reviewer, branches[at], content, now=now)
                if turn != 1:
                    revert.revert_upload(upload.pk, user=clerk, now=now)
        except Exception as error:  # noqa: BLE001  the test reports it, whatever it is
            failed.append(error)
        finally:
            close_old_connections()
            connection.close()

    threads = [threading.Thread(target=work, args=(at,)) for at in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not failed
    assert Donation.objects.count() == 3 * 39
    assert rollup_is_exact()
