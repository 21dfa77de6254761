"""The tree of branches cached in a process is never older than the database."""

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from redcross.branches.models import Branch, BranchAlias
from redcross.branches.naming import normalize_branch_name
from redcross.branches.tree import get_tree

pytestmark = pytest.mark.django_db


def test_branch_tree_is_in_official_order_with_parents():
    branches_ = get_tree()

    assert list(branches_.branches) == list(Branch.objects.in_official_order())
    with CaptureQueriesContext(connection) as queries:
        parents = {
            branch.code: branch.parent.code for branch in branches_.branches if branch.parent_id
        }
    assert not queries
    assert parents["530102"] == "5301"
    assert len(branches_.under("5301")) == Branch.objects.filter(code__startswith="5301").count()
    assert branches_.under() == ()


def test_branch_tree_is_validated_by_one_query():
    known = get_tree()

    with CaptureQueriesContext(connection) as queries:
        assert get_tree() is known
    assert len(queries) == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda: Branch.objects.filter(code="530102").update(short_name="五华新区"),
        lambda: Branch.objects.create(
            code="5301X77", name="示例", short_name="示例", bare_name="示例", level="UNIT",
            parent=Branch.objects.get(code="5301"),
        ),
        lambda: BranchAlias.objects.create(
            branch=Branch.objects.get(code="530102"), name="老五华", kind="ABBREVIATION"
        ),
        lambda: BranchAlias.objects.all().delete(),
    ],
)  # fmt: skip
def test_branch_tree_change_and_its_rollback_are_seen(change):
    before = get_tree()

    with transaction.atomic():
        change()
        during = get_tree()
        transaction.set_rollback(True)

    assert during is not before
    after = get_tree()
    assert after.version == before.version
    assert after.short_names == before.short_names
    assert after.resolve_names(after.branches[0]) == before.resolve_names(before.branches[0])


def test_branch_name_added_is_resolved_at_once():
    wuhua, home = Branch.objects.get(code="530102"), Branch.objects.get(code="5301")
    assert normalize_branch_name("老五华") not in get_tree().resolve_names(home)

    BranchAlias.objects.create(branch=wuhua, name="老五华", kind="ABBREVIATION")

    assert get_tree().resolve_names(home)[normalize_branch_name("老五华")] == (wuhua.pk,)


def test_branch_tree_version_write_by_the_application_role_is_refused():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_table_privilege(%s, 'branches_treeversion', 'SELECT'),"
            " has_table_privilege(%s, 'branches_treeversion', 'UPDATE')",
            [settings.APPLICATION_ROLE] * 2,
        )
        assert cursor.fetchone() == (True, False)
