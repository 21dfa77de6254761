"""Acts that need two administrators, whom they notify, and the other ways to a role."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from redcross.accounts.choices import Role
from redcross.accounts.models import RoleAssignment, SafetySettings, User
from redcross.api.models import ApiToken, create_token
from redcross.audit.choices import Act
from redcross.audit.models import AccessEntry
from redcross.branches.models import Branch
from redcross.notices.models import Notice
from redcross.people.account_actions import AccountAction
from redcross.people.choices import ActionVerb, RequestState
from redcross.people.execution import PeopleError
from redcross.people.models import AccountActionRequest, AccountRequest
from redcross.people.rules import RoleScope
from redcross.people.services import (
    ActionRefusedError,
    confirm_request,
    decline_request,
    open_accounts,
    perform,
)

pytestmark = pytest.mark.django_db
HEADINGS = "单位 姓名 登录名 角色 业务"
TWO_PERSON = [Role.ORGAN_COORDINATOR, Role.STEM_CELL_STAFF, Role.AUDITOR, Role.ADMINISTRATOR]


@pytest.fixture
def first(person):
    return person(Role.ADMINISTRATOR, "53")


@pytest.fixture
def second(person):
    return person(Role.ADMINISTRATOR, "53")


@pytest.fixture
def auditor(person):
    return person(Role.AUDITOR, "53")


def reset(user):
    return AccountAction(ActionVerb.RESET_PASSWORD, user)


def grant(user, role, code="53", **limits):
    return AccountAction(
        ActionVerb.GRANT_ROLE, user, scope=RoleScope(role, Branch.objects.get(code=code), **limits)
    )


def notices_of(user):
    return list(Notice.objects.filter(user=user).order_by("pk").values_list("text", flat=True))


@pytest.mark.parametrize("role", TWO_PERSON)
def test_password_of_two_person_role_is_reset_only_on_confirmation(
    role, first, second, person, now
):
    user = person(role, "53")
    before = user.password

    outcome = perform(reset(user), by=first, now=now)

    user.refresh_from_db()
    assert (outcome.result.password, user.password) == ("", before)
    done = confirm_request(outcome.request.pk, by=second, now=now)
    user.refresh_from_db()
    assert user.check_password(done.result.password)
    assert user.must_change_password
    outcome.request.refresh_from_db()
    assert (outcome.request.state, outcome.request.decided_by) == (RequestState.CONFIRMED, second)


def test_confirmation_by_requester_person_or_receiver_is_refused(first, second, person, now):
    request = perform(reset(second), by=first, now=now).request
    coordinator, third = person(Role.ORGAN_COORDINATOR, "53"), person(Role.ADMINISTRATOR, "53")
    hand_over = perform(
        AccountAction(ActionVerb.HAND_OVER, coordinator, receiver=third), by=first, now=now
    ).request

    for pending, actor in ((request, first), (request, second), (hand_over, third)):
        with pytest.raises(ActionRefusedError):
            confirm_request(pending.pk, by=actor, now=now)

    assert coordinator.roles.on(timezone.localdate()).exists()


def test_database_refuses_confirmation_by_requester(first, second, person, now):
    request = perform(reset(second), by=first, now=now).request

    with pytest.raises(IntegrityError, match="confirmed_by_another"), transaction.atomic():
        AccountActionRequest.objects.filter(pk=request.pk).update(
            state=RequestState.CONFIRMED, decided_by=first
        )


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.OFFICE, Role.AUDITOR])
def test_confirmation_by_other_roles_is_refused(role, first, person, now, signed_in):
    request = perform(reset(person(Role.ORGAN_COORDINATOR, "53")), by=first, now=now).request
    actor = person(role, "53")

    with pytest.raises(ActionRefusedError, match="系统管理员"):
        confirm_request(request.pk, by=actor, now=now)
    address = reverse("confirmation-decide", kwargs={"pk": request.pk, "verb": "confirm"})
    assert signed_in(actor).post(address).status_code == 403


def test_unconfirmed_request_expires_after_a_week(first, second, person, now):
    user = person(Role.ORGAN_COORDINATOR, "53")
    request = perform(reset(user), by=first, now=now).request

    with pytest.raises(PeopleError, match="超过七天"):
        confirm_request(request.pk, by=second, now=now + dt.timedelta(days=8))
    again = perform(reset(user), by=first, now=now + dt.timedelta(days=8)).request
    request.refresh_from_db()
    assert (request.state, again.state) == (RequestState.EXPIRED, RequestState.WAITING)


def test_duplicate_request_is_refused(first, second, person, now):
    user = person(Role.ORGAN_COORDINATOR, "53")
    perform(reset(user), by=first, now=now)

    with pytest.raises(PeopleError, match="正待另一名系统管理员确认"):
        perform(reset(user), by=second, now=now)


def test_decided_request_cannot_be_confirmed_again(first, second, person, now):
    user = person(Role.ORGAN_COORDINATOR, "53")
    declined = perform(reset(user), by=first, now=now).request
    decline_request(declined.pk, by=first, now=now)
    with pytest.raises(PeopleError, match="已经办理过"):
        confirm_request(declined.pk, by=second, now=now)

    done = perform(reset(user), by=first, now=now).request
    confirm_request(done.pk, by=second, now=now)
    with pytest.raises(PeopleError, match="已经办理过"):
        confirm_request(done.pk, by=second, now=now)


@pytest.mark.parametrize("change", ["closed", "no longer an administrator"])
def test_confirmation_fails_when_requester_lost_the_right(change, first, second, person, now):
    request = perform(reset(person(Role.ORGAN_COORDINATOR, "53")), by=first, now=now).request
    if change == "closed":
        User.objects.filter(pk=first.pk).update(is_active=False)
    else:
        first.roles.update(ends_on="2020-01-01")

    with pytest.raises(PeopleError):
        confirm_request(request.pk, by=second, now=now)


def test_only_administrator_grants_the_second_without_confirmation(first, person, now):
    one, two = person(Role.STATISTICIAN, "5301"), person(Role.STATISTICIAN, "5301")

    assert perform(grant(one, Role.ADMINISTRATOR), by=first, now=now).request is None
    assert perform(grant(two, Role.ADMINISTRATOR), by=first, now=now).request is not None


@pytest.mark.parametrize(
    "verb", [ActionVerb.CLOSE_ACCOUNT, ActionVerb.END_ROLE, ActionVerb.HAND_OVER]
)
def test_removal_of_administrator_or_auditor_needs_confirmation(
    verb, first, second, auditor, person, now
):
    for user, role in ((second, Role.ADMINISTRATOR), (auditor, Role.AUDITOR)):
        scope = RoleScope(role, Branch.objects.get(code="53"))
        action = AccountAction(
            verb, user,
            receiver=person(Role.DESK, "53") if verb is ActionVerb.HAND_OVER else None,
            scope=scope if verb is ActionVerb.END_ROLE else None,
        )  # fmt: skip

        assert perform(action, by=first, now=now).request is not None


@pytest.mark.parametrize("verb", [ActionVerb.SIGN_OUT, ActionVerb.CLOSE_ACCOUNT])
def test_vault_role_is_signed_out_and_closed_without_confirmation(verb, first, second, person, now):
    user = person(Role.ORGAN_COORDINATOR, "5301")

    assert perform(AccountAction(verb, user), by=first, now=now).request is None


def test_hand_over_of_auditor_role_to_administrator_is_refused(first, second, auditor, person, now):
    request = perform(
        AccountAction(ActionVerb.HAND_OVER, auditor, receiver=person(Role.ADMINISTRATOR, "53")),
        by=first,
        now=now,
    ).request

    with pytest.raises(PeopleError, match="不能由同一人担任"):
        confirm_request(request.pk, by=second, now=now)


def test_every_act_on_own_account_is_refused(first, second, now):
    for verb in ActionVerb:
        with pytest.raises(ActionRefusedError, match="不能办理自己的账户"):
            perform(AccountAction(verb, first), by=first, now=now)


def test_pages_show_the_password_to_the_confirmer_only(first, second, person, signed_in):
    user = person(Role.ORGAN_COORDINATOR, "5301")
    address = reverse("person-act", kwargs={"pk": user.pk, "verb": "password"})

    response = signed_in(first).post(address, follow=True)
    request = AccountActionRequest.objects.get()
    own = signed_in(first).get(reverse("confirmations")).content.decode()
    decide = reverse("confirmation-decide", kwargs={"pk": request.pk, "verb": "confirm"})
    refused = signed_in(first).post(decide, follow=True)
    done = signed_in(second).post(decide)

    assert "须由另一名系统管理员" in response.content.decode()
    assert decide not in own
    assert "须由另一名系统管理员确认" in refused.content.decode()
    password = done.context["outcome"].result.password
    assert password in done.content.decode()
    assert "no-store" in done["Cache-Control"]
    form = {"username": user.username, "password": password}
    assert Client().post(reverse("login"), form).status_code == 302


# Notices -----------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["password", "second-factor", "sign-out", "stand-in", "hand-over"])
def test_act_notifies_person_level_above_and_auditor_and_is_logged(
    word, auditor, person, signed_in
):
    user, actor = person(Role.STATISTICIAN, "530102"), person(Role.REVIEWER, "53")
    above, deputy = person(Role.OFFICE, "5301"), person(Role.STOREKEEPER, "530102")
    until = str(timezone.localdate() + dt.timedelta(days=3))

    signed_in(actor).post(
        reverse("person-act", kwargs={"pk": user.pk, "verb": word}),
        {"other": deputy.pk, "until": until},
    )

    for recipient in (user, above, auditor):
        assert [str(actor) in text for text in notices_of(recipient)] == [True]
    entry = AccessEntry.objects.get(what__startswith="人员：")
    assert (entry.username, entry.act) == (actor.username, Act.CHANGE)
    assert user.username in entry.what


def test_refused_act_is_logged(first, person, signed_in):
    page = signed_in(person(Role.REVIEWER, "53"))

    page.post(reverse("person-act", kwargs={"pk": first.pk, "verb": "password"}))

    entry = AccessEntry.objects.get(act=Act.REFUSED)
    assert entry.what == f"人员：{first.username} 重置密码"


def test_bulk_opening_sends_one_notice_to_the_auditor_and_one_per_person(
    pipeline, reviewer, auditor, now
):
    rows = [("昆明市", "张示例", f"kunming-{number}", "统计员", "") for number in range(7)]
    pipeline.effective("people.accounts", HEADINGS, *rows)

    open_accounts(AccountRequest.objects.order_by("username"), by=reviewer, now=now)

    (text,) = notices_of(auditor)
    assert "等7人" in text
    assert len(notices_of(User.objects.get(username="kunming-3"))) == 1
    assert AccessEntry.objects.filter(what__startswith="人员：kunming-").count() == 7


# Stand-ins -----------------------------------------------------------------------------


def stand_in(absent, deputy, days):
    until = dt.date(2022, 2, 22) + dt.timedelta(days=days)
    return AccountAction(ActionVerb.STAND_IN, absent, receiver=deputy, ends_on=until)


def test_stand_in_length_is_limited_by_setting(person, reviewer, now):
    absent, deputy = person(Role.DESK, "5301"), person(Role.STATISTICIAN, "5301")
    SafetySettings.objects.create(pk=1, stand_in_days=10)

    with pytest.raises(PeopleError, match="代理最长10天"):
        perform(stand_in(absent, deputy, 11), by=reviewer, now=now)
    perform(stand_in(absent, deputy, 10), by=reviewer, now=now)


def test_stand_in_of_a_deputy_ends_with_his_own(person, reviewer, now):
    absent = person(Role.DESK, "5301")
    deputy, next_deputy = person(Role.STATISTICIAN, "5301"), person(Role.STOREKEEPER, "5301")
    perform(stand_in(absent, deputy, 5), by=reviewer, now=now)

    perform(stand_in(deputy, next_deputy, 30), by=reviewer, now=now)

    assert next_deputy.roles.get(role=Role.DESK).ends_on == dt.date(2022, 2, 27)


def test_ended_stand_in_does_not_prevent_a_new_one(person, reviewer, now, branch):
    absent, deputy = person(Role.DESK, "5301"), person(Role.STATISTICIAN, "5301")
    RoleAssignment.objects.create(
        user=deputy, role=Role.DESK, branch=branch("5301"),
        starts_on="2021-01-01", ends_on="2021-02-01",
    )  # fmt: skip

    perform(stand_in(absent, deputy, 5), by=reviewer, now=now)

    assert deputy.roles.on(dt.date(2022, 2, 22)).filter(role=Role.DESK).count() == 1


def test_actor_as_deputy_or_successor_is_refused(person, reviewer, now):
    user = person(Role.STATISTICIAN, "5301")

    for verb in (ActionVerb.STAND_IN, ActionVerb.HAND_OVER):
        action = AccountAction(verb, user, receiver=reviewer, ends_on=dt.date(2022, 2, 23))
        with pytest.raises(ActionRefusedError, match="不能指定自己"):
            perform(action, by=reviewer, now=now)


# Accounts by workbook ------------------------------------------------------------------


@pytest.mark.parametrize("role", ["人体器官捐献协调员", "造血干细胞工作人员", "安全审计员"])
def test_two_person_account_opens_only_on_confirmation(role, pipeline, first, second, now):
    pipeline.effective("people.accounts", HEADINGS, ("昆明市", "张示例", "power", role, ""))

    (outcome,) = open_accounts(AccountRequest.objects.all(), by=first, now=now)

    user = User.objects.get(username="power")
    assert (outcome.result.password, user.has_usable_password()) == ("", False)
    assert not user.roles.exists()
    done = confirm_request(outcome.request.pk, by=second, now=now)
    user.refresh_from_db()
    assert user.check_password(done.result.password)
    assert user.roles.get().get_role_display() == role


def test_opening_a_role_for_oneself_is_refused(pipeline, reviewer, signed_in, now):
    pipeline.effective(
        "people.accounts", HEADINGS,
        ("昆明市", reviewer.display_name, reviewer.username, "业务主管", ""),
    )  # fmt: skip

    with pytest.raises(ActionRefusedError, match="不能办理自己的账户"):
        open_accounts(AccountRequest.objects.all(), by=reviewer, now=now)
    assert signed_in(reviewer).get(reverse("accounts-waiting")).context["account_requests"] == []


def test_reviewer_cannot_add_a_role_to_an_administrator_account(pipeline, reviewer, first, now):
    pipeline.effective(
        "people.accounts", HEADINGS,
        ("昆明市", first.display_name, first.username, "统计员", ""),
    )  # fmt: skip

    with pytest.raises(ActionRefusedError, match="系统管理员"):
        open_accounts(AccountRequest.objects.all(), by=reviewer, now=now)


def test_domain_reviewer_opens_accounts_of_his_domain_only(pipeline, person, now):
    limited = person(Role.REVIEWER, "53", domain="donations")
    pipeline.effective(
        "people.accounts", HEADINGS,
        ("昆明市", "张示例", "gifts", "统计员", "募捐筹资"),
        ("昆明市", "李示例", "classes", "统计员", "应急救护"),
        ("昆明市", "王示例", "everything", "统计员", ""),
    )  # fmt: skip

    for request in AccountRequest.objects.exclude(username="gifts"):
        with pytest.raises(ActionRefusedError, match="业务和报表范围须包含"):
            open_accounts([request], by=limited, now=now)
    open_accounts(AccountRequest.objects.filter(username="gifts"), by=limited, now=now)
    assert set(User.objects.filter(roles__domain="donations", roles__role=Role.STATISTICIAN)) == {
        User.objects.get(username="gifts")
    }


# Programs ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "verb", [ActionVerb.RESET_PASSWORD, ActionVerb.RESET_SECOND_FACTOR, ActionVerb.SIGN_OUT]
)
def test_reset_and_sign_out_revoke_api_tokens(verb, person, reviewer, now):
    user = person(Role.STATISTICIAN, "5301")
    today = timezone.localdate()
    create_token(user, name="示例", scopes=["read"], ends_on=today, today=today)

    perform(AccountAction(verb, user), by=reviewer, now=now)

    assert not ApiToken.objects.on(today).filter(user=user).exists()


# The record pages ----------------------------------------------------------------------


def change(page, user, rows=(), **fields):
    """Send the form of a person in the record pages with these rows of roles."""
    assignments = list(user.roles.order_by("pk"))
    data = {
        "username": user.username, "display_name": user.display_name, "phone": user.phone,
        "roles-TOTAL_FORMS": len(assignments) + len(rows),
        "roles-INITIAL_FORMS": len(assignments), "roles-MIN_NUM_FORMS": 0,
        "roles-MAX_NUM_FORMS": 1000,
    }  # fmt: skip
    if user.is_active:
        data["is_active"] = "on"
    for index, assignment in enumerate(assignments):
        data[f"roles-{index}-id"], data[f"roles-{index}-user"] = assignment.pk, user.pk
        data[f"roles-{index}-ends_on"] = assignment.ends_on or ""
    for index, row in enumerate(rows, start=len(assignments)):
        data |= {f"roles-{index}-{name}": value for name, value in row.items()}
        data |= {f"roles-{index}-user": user.pk, f"roles-{index}-starts_on": "2026-01-01"}
    data |= fields
    data = {name: value for name, value in data.items() if value is not None}
    address = reverse("admin:accounts_user_change", args=[user.pk])
    return page.post(address, data, follow=True)


def row(role, code="53"):
    return {"role": role, "branch": Branch.objects.get(code=code).pk}


def test_ordinary_role_is_granted_in_record_pages(first, person, signed_in):
    user = person(Role.STATISTICIAN, "5301")

    change(signed_in(first), user, [row(Role.DESK, "5301")])

    assert user.roles.filter(role=Role.DESK).exists()
    assert any("授予或延长角色" in text for text in notices_of(user))


@pytest.mark.parametrize("role", TWO_PERSON)
def test_two_person_role_in_record_pages_becomes_a_request(role, first, second, person, signed_in):
    user = person(Role.STATISTICIAN, "5301")

    answer = change(signed_in(first), user, [row(role)])

    assert "须由另一名系统管理员确认后才生效" in answer.content.decode()
    assert not user.roles.filter(role=role).exists()
    confirm_request(AccountActionRequest.objects.get().pk, by=second, now=timezone.now())
    assert user.roles.filter(role=role).exists()


def test_administrator_cannot_change_himself_in_record_pages(first, second, signed_in):
    page = signed_in(first)

    answer = change(page, first, [row(Role.FINANCE)])
    also = change(page, first, phone="0871-1")

    assert "不能办理自己的账户" in answer.content.decode()
    assert "不能办理自己的账户" in also.content.decode()
    assert set(first.roles.values_list("role", flat=True)) == {Role.ADMINISTRATOR}


def test_role_extension_needs_confirmation_and_shortening_does_not(
    first, second, person, signed_in
):
    user, page = person(Role.ORGAN_COORDINATOR, "5301"), signed_in(first)
    today = timezone.localdate()
    user.roles.update(ends_on=today + dt.timedelta(days=30))

    change(page, user, **{"roles-0-ends_on": str(today + dt.timedelta(days=300))})
    assert user.roles.get().ends_on == today + dt.timedelta(days=30)
    assert AccountActionRequest.objects.get().verb == ActionVerb.GRANT_ROLE
    change(page, user, **{"roles-0-ends_on": str(today + dt.timedelta(days=3))})
    assert user.roles.get().ends_on == today + dt.timedelta(days=3)


def test_existing_role_cannot_be_rewritten_in_record_pages(
    first, second, person, signed_in, branch
):
    user = person(Role.STATISTICIAN, "5301")

    change(
        signed_in(first), user,
        **{"roles-0-role": Role.ORGAN_COORDINATOR, "roles-0-branch": branch("53").pk},
    )  # fmt: skip

    assert [(assignment.role, assignment.branch.code) for assignment in user.roles.all()] == [
        (Role.STATISTICIAN, "5301")
    ]


def test_auditor_cannot_be_closed_or_deleted_by_one_administrator(
    first, second, auditor, signed_in
):
    page = signed_in(first)

    change(page, auditor, is_active=None)
    deleted = change(page, auditor, **{"roles-0-DELETE": "on"})

    auditor.refresh_from_db()
    assert auditor.is_active
    assert "不能删除" in deleted.content.decode()
    assert auditor.roles.exists()
    assert AccountActionRequest.objects.get().verb == ActionVerb.CLOSE_ACCOUNT


def test_prefecture_administrator_cannot_change_provincial_people(person, signed_in):
    lower, user = person(Role.ADMINISTRATOR, "5301"), person(Role.STATISTICIAN, "53")

    answer = change(signed_in(lower), user, [row(Role.DESK, "53")], phone="0871-1")

    assert "由云南省红十字会的" in answer.content.decode()
    user.refresh_from_db()
    assert (user.phone, user.roles.count()) == ("", 1)


def test_service_account_cannot_be_changed_in_record_pages(first, second, signed_in):
    user = User.objects.get(username="系统")

    answer = change(signed_in(first), user, [row(Role.AUDITOR)])

    assert "服务账户" in answer.content.decode()
    assert user.roles.count() == 1


def test_person_added_in_record_pages_has_no_usable_password(first, second, signed_in):
    data = {
        "username": "new", "display_name": "新示例", "phone": "", "is_active": "on",
        "roles-TOTAL_FORMS": 1, "roles-INITIAL_FORMS": 0, "roles-MIN_NUM_FORMS": 0,
        "roles-MAX_NUM_FORMS": 1000, "roles-0-starts_on": "2026-01-01",
        **{f"roles-0-{name}": value for name, value in row(Role.STEM_CELL_STAFF).items()},
    }  # fmt: skip

    signed_in(first).post(reverse("admin:accounts_user_add"), data)

    user = User.objects.get(username="new")
    assert not user.has_usable_password()
    assert not user.roles.exists()
    assert AccountActionRequest.objects.get().person == user
