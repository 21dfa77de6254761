"""Management of accounts by the level above: creation, reset, deputies, leaving."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from redcross.accounts.choices import Role
from redcross.accounts.models import RoleAssignment, User
from redcross.branches.models import Branch
from redcross.people.account_actions import AccountAction
from redcross.people.choices import ActionVerb
from redcross.people.execution import PeopleError
from redcross.people.models import AccountRequest
from redcross.people.services import open_accounts, perform
from redcross.uploads.models import Upload
from tests.conftest import NOW
from tests.support.gift_ledger import create_checked_upload, ledger_workbook

pytestmark = pytest.mark.django_db
HEADINGS = "单位 姓名 登录名 角色 业务"
TODAY = dt.date(2022, 2, 22)


def stand_in(absent, deputy, days):
    until = TODAY + dt.timedelta(days=days)
    return AccountAction(ActionVerb.STAND_IN, absent, receiver=deputy, ends_on=until)


@pytest.fixture
def accounts_sheet(pipeline):
    rows = [
        ("五华区", "张示例", "wuhua-1", "统计员", ""),
        ("昆明市", "李示例", "kunming-1", "审核员", "募捐筹资"),
    ]
    pipeline.effective("people.accounts", HEADINGS, *rows)
    return AccountRequest.objects.order_by("username")


def test_accounts_workbook_creates_accounts_for_every_branch(pipeline, signed_in, person):
    branches = Branch.objects.exclude(code="53").in_official_order()
    rows = [
        (branch.name, "张示例", f"tongji-{branch.code}", "统计员", "")
        for branch in branches
        if branch.code.isdigit()
    ]
    pipeline.effective("people.accounts", HEADINGS, *rows, code="53")
    page = signed_in(person(Role.REVIEWER, "53"))

    keys = [str(pk) for pk in AccountRequest.objects.values_list("pk", flat=True)]
    answer = page.post(reverse("accounts-waiting"), {"pk": keys})

    assert len(answer.context["opened"]) == len(rows) >= 145
    assert User.objects.filter(username__startswith="tongji-").count() == len(rows)
    assert page.get(reverse("accounts-waiting")).context["account_requests"] == []


def test_initial_password_is_shown_once_and_changed_at_first_sign_in(accounts_sheet, pipeline):
    opened = open_accounts(accounts_sheet, by=pipeline.reviewer, now=NOW)
    first = next(account for account in opened if account.action.person.username == "wuhua-1")
    client = Client()

    signed = client.post(
        reverse("login"), {"username": "wuhua-1", "password": first.result.password}
    )
    assert signed.status_code == 302
    assert client.get(reverse("home")).url == reverse("password_change")


def test_account_creation_above_own_level_is_refused(accounts_sheet, person):
    prefecture = person(Role.REVIEWER, "5301")

    with pytest.raises(PeopleError, match="不能为昆明市开通"):
        open_accounts(accounts_sheet, by=prefecture, now=NOW)

    assert not User.objects.filter(username="wuhua-1").exists()


@pytest.mark.parametrize("role", ["系统管理员", "安全审计员"])
def test_administrator_creation_by_a_reviewer_is_refused(role, pipeline):
    pipeline.effective("people.accounts", HEADINGS, ("昆明市", "张示例", "power", role, ""))

    with pytest.raises(PeopleError, match="不能为昆明市开通"):
        open_accounts(AccountRequest.objects.all(), by=pipeline.reviewer, now=NOW)


def test_account_with_existing_username_is_refused(accounts_sheet, pipeline):
    User.objects.create_user("wuhua-1", display_name="王示例")

    with pytest.raises(PeopleError, match="已属于王示例"):
        open_accounts(accounts_sheet, by=pipeline.reviewer, now=NOW)


def test_password_is_reset_by_the_level_above(clerk, reviewer, signed_in):
    theirs = signed_in(clerk)
    page = signed_in(reviewer)

    answer = page.post(reverse("person-act", kwargs={"pk": clerk.pk, "verb": "password"}))

    password = answer.context["password"]
    assert password in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    form = {"username": clerk.username, "password": password}
    assert Client().post(reverse("login"), form).status_code == 302
    assert theirs.get(reverse("home")).status_code == 302


@pytest.mark.parametrize("verb", ["password", "sign-out", "stand-in", "hand-over"])
def test_account_of_another_branch_is_not_found(verb, person, signed_in):
    neighbour = person(Role.STATISTICIAN, "5303")
    page = signed_in(person(Role.REVIEWER, "5301"))

    answer = page.post(reverse("person-act", kwargs={"pk": neighbour.pk, "verb": verb}))

    assert answer.status_code == 404


def test_people_page_is_refused_to_clerks(clerk, signed_in):
    assert signed_in(clerk).get(reverse("people")).status_code == 403


def test_deputy_role_ends_by_itself(person, reviewer, now):
    absent, deputy = person(Role.REVIEWER, "5301"), person(Role.STATISTICIAN, "5301")

    perform(stand_in(absent, deputy, 7), by=reviewer, now=now)

    assignments = RoleAssignment.objects.filter(user=deputy, role=Role.REVIEWER)
    assert assignments.on(TODAY + dt.timedelta(days=7)).exists()
    assert not assignments.on(TODAY + dt.timedelta(days=8)).exists()


def test_deputy_role_with_past_end_is_refused(person, reviewer, now):
    absent, deputy = person(Role.REVIEWER, "5301"), person(Role.STATISTICIAN, "5301")

    with pytest.raises(PeopleError, match="早于今天"):
        perform(stand_in(absent, deputy, -1), by=reviewer, now=now)


def test_open_uploads_of_a_leaving_clerk_are_reassigned(clerk, person, reviewer, branch, now):
    upload = create_checked_upload(clerk, branch("5301"), ledger_workbook(1, 2), now=now)
    successor = person(Role.STATISTICIAN, "530102")

    action = AccountAction(ActionVerb.HAND_OVER, clerk, receiver=successor)
    outcome = perform(action, by=reviewer, now=now)

    assert outcome.result.count == 1
    assert Upload.objects.get(pk=upload.pk).uploaded_by == successor
    clerk.refresh_from_db()
    assert not clerk.is_active
    successor = User.objects.get(pk=successor.pk)
    assert {
        (assignment.role, assignment.branch.code) for assignment in successor.current_roles()
    } == {
        (Role.STATISTICIAN, "530102"),
        (Role.STATISTICIAN, "5301"),
    }


@pytest.mark.parametrize("count", [1, 3])
def test_people_list_query_count_is_constant(
    count, person, reviewer, signed_in, django_assert_num_queries
):
    for _ in range(count):
        person(Role.STATISTICIAN, "5301")
    page = signed_in(reviewer)

    page.get(reverse("people"))  # what a process keeps is read before it is counted

    with django_assert_num_queries(19):
        response = page.get(reverse("people"))

    assert response.status_code == 200
