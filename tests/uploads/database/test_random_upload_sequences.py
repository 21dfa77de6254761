"""Random loads, replacements, reverts and restores against a reference model."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from donations.models import Donation
from redcross.indicators.rollup import verify
from redcross.uploads.choices import UploadState
from redcross.uploads.workflow import apply, revert, services
from tests.support.gift_ledger import create_checked_upload
from tests.support.workbooks import gift_workbook

pytestmark = pytest.mark.django_db

LEDGERS = st.dictionaries(st.sampled_from("ABCDE"), st.integers(1, 3), min_size=1)
ACTS = st.one_of(
    st.tuples(st.just("append"), LEDGERS),
    st.tuples(st.just("replace"), LEDGERS),
    st.tuples(st.just("keep"), LEDGERS),
    st.tuples(st.just("undo")),
    st.tuples(st.just("restore")),
)


class ReferenceModel:
    """The expected table: amounts by ticket, and the effective and reverted uploads."""

    def __init__(self):
        self.rows = {}
        self.standing = []
        self.undone = []

    def load(self, upload, rows, *, deleting):
        self.standing.append((upload, rows, deleting, self.rows))
        self.rows = rows if deleting else self.rows | rows

    def undo(self):
        upload, rows, deleting, before = self.standing.pop()
        self.undone.append((upload, rows, deleting))
        self.rows = before
        return upload

    def restore(self):
        upload, rows, deleting = self.undone.pop()
        self.load(upload, rows, deleting=deleting)
        return upload


class PortalActs:
    """The same acts on the portal."""

    def __init__(self, clerk, reviewer, branch, now):
        self.clerk, self.reviewer, self.branch, self.now = clerk, reviewer, branch, now
        self.count = 0

    def tick(self):
        """Let a minute pass: what became effective later stands on what did before."""
        self.now += dt.timedelta(minutes=1)
        return self.now

    def load(self, rows, *, mode, deleting, before):
        self.count += 1
        gifts = [("示例", amount, "2021-08-08", name) for name, amount in sorted(rows.items())]
        # A note below the table makes each file another one.
        content = gift_workbook(*gifts, [f"备注：第{self.count}份"])
        upload = create_checked_upload(self.clerk, self.branch, content, now=self.now, mode=mode)
        assert upload.state == UploadState.READY, upload.message
        assert upload.changes == expected_diff(before, rows, replacing=mode == "replace")
        services.set_options(
            upload.pk, user=self.clerk, accept_good_rows=False, delete_missing=deleting
        )
        services.submit(upload.pk, user=self.clerk, now=self.now, note="说明")
        services.approve(upload.pk, user=self.reviewer, now=self.now)
        apply.apply_upload(upload.pk, now=self.tick())
        return upload.pk


def expected_diff(before, rows, *, replacing):
    common = before.keys() & rows.keys()
    changed = sum(before[name] != rows[name] for name in common)
    return {
        "new": len(rows) - len(common),
        "changed": changed,
        "unchanged": len(common) - changed,
        "missing": len(before.keys() - rows.keys()) if replacing else 0,
        "edited_by_hand": 0,
    }


def read_table():
    return dict(Donation.objects.values_list("ticket_number", "value"))


@given(acts=st.lists(ACTS, min_size=2, max_size=8))
@settings(
    max_examples=8,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_random_loads_reverts_and_restores_match_the_reference_model(
    acts, clerk, reviewer, branch, now
):
    before = transaction.savepoint()
    model, life = ReferenceModel(), PortalActs(clerk, reviewer, branch("5301"), now)
    for act in acts:
        match act:
            case ("append" | "replace" | "keep" as how, rows):
                mode = "append" if how == "append" else "replace"
                deleting = how == "replace"
                upload = life.load(rows, mode=mode, deleting=deleting, before=model.rows)
                model.load(upload, rows, deleting=deleting)
            case ("undo",) if model.standing:
                done = revert.revert_upload(model.undo(), user=clerk, now=life.tick())
                assert done.kept_rows == ()
            case ("restore",) if model.undone:
                revert.restore_upload(model.restore(), user=clerk, now=life.tick())
        assert read_table() == {name: Decimal(value) for name, value in model.rows.items()}
    assert [cell for cell in verify(using="default") if cell.different] == []
    transaction.savepoint_rollback(before)
