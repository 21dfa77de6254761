"""Who may change whose role: every role by every role, at every place, with every verb.

The roles are written out here, taken from no rule they are to check.
"""

import datetime as dt

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from redcross.accounts.choices import Role
from redcross.accounts.models import RoleAssignment
from redcross.accounts.services import grant_role
from redcross.audit.choices import Act
from redcross.audit.models import AccessEntry
from redcross.branches.models import Branch
from redcross.people.choices import ActionVerb
from redcross.people.models import AccountActionRequest
from redcross.people.rules import RoleScope, may_act_on, needs_confirmation

pytestmark = pytest.mark.django_db

ALL = frozenset({
    Role.STATISTICIAN, Role.REVIEWER, Role.DESK, Role.OFFICE, Role.FINANCE, Role.LEADER,
    Role.ORGAN_COORDINATOR, Role.STEM_CELL_STAFF, Role.STOREKEEPER, Role.SUPERVISOR,
    Role.AUDITOR, Role.ADMINISTRATOR,
})  # fmt: skip
ORDINARY = frozenset({
    Role.STATISTICIAN, Role.REVIEWER, Role.DESK, Role.OFFICE, Role.FINANCE, Role.LEADER,
    Role.STOREKEEPER, Role.SUPERVISOR,
})  # fmt: skip
VAULT = frozenset({Role.ORGAN_COORDINATOR, Role.STEM_CELL_STAFF})
OVERSEERS = frozenset({Role.AUDITOR, Role.ADMINISTRATOR})
CLERKS = frozenset({Role.STATISTICIAN, Role.STOREKEEPER})
WORKERS = frozenset({Role.STATISTICIAN, Role.STOREKEEPER, Role.REVIEWER, Role.DESK})
NOBODY: frozenset[Role] = frozenset()

# Where the actor works, where the role is; whose roles a reviewer, an office, an administrator
# disposes of there. Every other role disposes of none anywhere.
PLACES = [
    ("53", "5301", ORDINARY, ORDINARY, ALL),
    ("53", "530102", ORDINARY, ORDINARY, ALL),
    ("53", "53", CLERKS, WORKERS, ALL),
    ("5301", "530102", ORDINARY, ORDINARY, ALL),
    ("5301", "5301", NOBODY, NOBODY, NOBODY),
    ("5301", "53", NOBODY, NOBODY, NOBODY),
    ("5301", "5303", NOBODY, NOBODY, NOBODY),
    ("5301", "530302", NOBODY, NOBODY, NOBODY),
    ("530102", "530102", NOBODY, NOBODY, NOBODY),
    ("530102", "5301", NOBODY, NOBODY, NOBODY),
    ("530102", "530103", NOBODY, NOBODY, NOBODY),
]
CONFIRMED = {
    ActionVerb.OPEN: VAULT | OVERSEERS,
    ActionVerb.RESET_PASSWORD: VAULT | OVERSEERS,
    ActionVerb.RESET_SECOND_FACTOR: VAULT | OVERSEERS,
    ActionVerb.SIGN_OUT: NOBODY,
    ActionVerb.STAND_IN: VAULT | OVERSEERS,
    ActionVerb.HAND_OVER: VAULT | OVERSEERS,
    ActionVerb.GRANT_ROLE: VAULT | OVERSEERS,
    ActionVerb.END_ROLE: OVERSEERS,
    ActionVerb.CLOSE_ACCOUNT: OVERSEERS,
    ActionVerb.REOPEN_ACCOUNT: VAULT | OVERSEERS,
    ActionVerb.EDIT_ACCOUNT: NOBODY,
}
WITHOUT_STAND_IN = OVERSEERS


def test_tables_cover_every_role_and_verb():
    assert set(Role) == ALL
    assert set(CONFIRMED) == set(ActionVerb)


@pytest.mark.parametrize(("at", "over", "reviewer", "office", "administrator"), PLACES)
def test_disposal_matrix(at, over, reviewer, office, administrator, person):
    expected = {Role.REVIEWER: reviewer, Role.OFFICE: office, Role.ADMINISTRATOR: administrator}
    place = Branch.objects.select_related("parent").get(code=over)

    wrong = [
        f"{actor_role} {role} {verb}"
        for actor_role in Role
        for actor in [person(actor_role, at)]
        for role in Role
        for verb in ActionVerb
        if may_act_on(actor, RoleScope(role, place), verb)
        != (
            role in expected.get(actor_role, NOBODY)
            and not (verb is ActionVerb.STAND_IN and role in WITHOUT_STAND_IN)
        )
    ]

    assert wrong == []


def test_confirmation_matrix(branch):
    for verb, roles in CONFIRMED.items():
        assert {
            role for role in Role if needs_confirmation(RoleScope(role, branch("5301")), verb)
        } == roles, verb


# A reviewer's limits; a role's limits; whether the one includes the other.
LIMITS = [
    ("", [], "", [], True),
    ("", [], "donors", ["donors.cases"], True),
    ("donations", [], "donations", [], True),
    ("donations", [], "donations", ["donations.ledger"], True),
    ("donations", [], "", ["donations.ledger"], True),
    ("donations", [], "", [], False),
    ("donations", [], "training", [], False),
    ("donations", [], "", ["donations.ledger", "training.roster"], False),
    ("", ["reform.network"], "", ["reform.network"], True),
    ("", ["reform.network"], "reform", ["reform.network"], True),
    ("", ["reform.network"], "", [], False),
    ("", ["reform.network"], "reform", [], False),
    ("", ["reform.network"], "", ["reform.network", "reform.liaison"], False),
    ("reform", ["reform.network"], "reform", ["reform.network"], True),
    ("reform", ["reform.network"], "donations", ["reform.network"], False),
]


@pytest.mark.parametrize(("domain", "sheets", "role_domain", "role_sheets", "included"), LIMITS)
@pytest.mark.parametrize("role", [Role.REVIEWER, Role.OFFICE, Role.ADMINISTRATOR])
def test_limits_of_the_actor_must_include_limits_of_the_role(
    role, domain, sheets, role_domain, role_sheets, included, person, branch
):
    actor = person(role, "53", domain=domain, sheets=sheets)
    scope = RoleScope(Role.STATISTICIAN, branch("5301"), role_domain, tuple(role_sheets))

    for verb in ActionVerb:
        assert may_act_on(actor, scope, verb) == included, verb


# The pages ---------------------------------------------------------------------------

WORDS = ("password", "second-factor", "sign-out", "stand-in", "hand-over")
NEVER_CONFIRMED = ("sign-out",)


def form_of(word, receiver):
    until = str(timezone.localdate() + dt.timedelta(days=7))
    return {
        "stand-in": {"other": receiver.pk, "until": until},
        "hand-over": {"other": receiver.pk},
    }.get(word, {})


def outcome_of(page, user, word, form):
    """Ask for an act and return "done", "asked", "refused" or the status; nothing of it stays."""
    with transaction.atomic():
        address = reverse("person-act", kwargs={"pk": user.pk, "verb": word})
        answer = page.post(address, form)
        refused = AccessEntry.objects.filter(act=Act.REFUSED, what__startswith="人员：").exists()
        is_requested = AccountActionRequest.objects.exists()
        done = AccessEntry.objects.filter(act=Act.CHANGE, what__startswith="人员：").exists()
        transaction.set_rollback(True)
    if answer.status_code not in (200, 302):
        return answer.status_code
    return "refused" if refused else "asked" if is_requested else "done" if done else "nothing"


@pytest.mark.parametrize("actor_role", [Role.REVIEWER, Role.OFFICE, Role.ADMINISTRATOR])
@pytest.mark.parametrize(
    ("over", "column"), [("53", {Role.REVIEWER: CLERKS, Role.OFFICE: WORKERS}), ("5301", {})]
)
def test_person_page_follows_the_matrix(actor_role, over, column, person, signed_in):
    page = signed_in(person(actor_role, "53"))
    person(Role.ADMINISTRATOR, "53")
    receiver = person(Role.DESK, "53", domain="relief")
    disposable = ALL if actor_role is Role.ADMINISTRATOR else column.get(actor_role, ORDINARY)
    wrong = []
    for role in Role:
        user = person(role, over)
        for word in WORDS:
            expected = "done"
            if role not in disposable or (word == "stand-in" and role in WITHOUT_STAND_IN):
                expected = "refused"
            elif role in VAULT | OVERSEERS and word not in NEVER_CONFIRMED:
                expected = "asked"
            got = outcome_of(page, user, word, form_of(word, receiver))
            if got != expected:
                wrong.append(f"{role} {word}: {got} instead of {expected}")

    assert wrong == []


@pytest.mark.parametrize(
    "actor_role", sorted(ALL - {Role.REVIEWER, Role.OFFICE, Role.ADMINISTRATOR})
)
def test_person_page_is_forbidden_to_other_roles(actor_role, person, signed_in):
    page, user = signed_in(person(actor_role, "53")), person(Role.STATISTICIAN, "5301")

    for word in WORDS:
        assert outcome_of(page, user, word, form_of(word, user)) == 403


# Four ways to every role that were open -------------------------------------------------


@pytest.fixture
def provincial(person):
    """The people of the province by role, the administrator twice."""
    return {role: person(role, "53") for role in (*Role, Role.ADMINISTRATOR)}


LIMITED = {"domain": "", "sheets": ["reform.network"]}


@pytest.mark.parametrize("word", ["password", "second-factor", "sign-out"])
@pytest.mark.parametrize(
    ("actor_role", "limits"),
    [(Role.REVIEWER, {}), (Role.OFFICE, {}), (Role.REVIEWER, LIMITED)],
)
def test_attack_1_account_takeover_by_reset_is_refused(
    word, actor_role, limits, provincial, person, signed_in
):
    page = signed_in(person(actor_role, "53", **limits))

    for role in (
        Role.ADMINISTRATOR, Role.AUDITOR, Role.ORGAN_COORDINATOR, Role.FINANCE, Role.LEADER,
        Role.STEM_CELL_STAFF,
    ):  # fmt: skip
        user = provincial[role]
        before = user.password
        answer = page.post(reverse("person-act", kwargs={"pk": user.pk, "verb": word}), follow=True)
        user.refresh_from_db()
        assert user.password == before
        assert "办理" in str(next(iter(answer.context["messages"]))), role
        assert "系统管理员" in answer.content.decode()


def test_attack_2_stand_in_for_coordinator_is_refused(provincial, person, signed_in):
    reviewer, accomplice = person(Role.REVIEWER, "53"), person(Role.STATISTICIAN, "53")
    page, coordinator = signed_in(reviewer), provincial[Role.ORGAN_COORDINATOR]

    for receiver in (reviewer, accomplice):
        page.post(
            reverse("person-act", kwargs={"pk": coordinator.pk, "verb": "stand-in"}),
            {"other": receiver.pk, "until": "2027-01-31"},
        )

    assert set(
        RoleAssignment.objects.filter(role=Role.ORGAN_COORDINATOR).values_list("user", flat=True)
    ) == {coordinator.pk}
    page.post(reverse("vault"), {"verb": "open", "branch": Branch.objects.get(code="53").pk})
    assert not reviewer.roles.exclude(role=Role.REVIEWER).exists()


@pytest.mark.parametrize("actor_role", [Role.REVIEWER, Role.OFFICE, Role.ADMINISTRATOR])
def test_attack_3_self_or_endless_stand_in_is_refused(actor_role, provincial, person, signed_in):
    actor, deputy = person(actor_role, "53"), person(Role.STATISTICIAN, "53")
    page, finance = signed_in(actor), provincial[Role.FINANCE]
    address = reverse("person-act", kwargs={"pk": finance.pk, "verb": "stand-in"})

    own = page.post(address, {"other": actor.pk, "until": str(timezone.localdate())})
    endless = page.post(address, {"other": deputy.pk, "until": "2099-12-31"}, follow=True)

    assert own.status_code == 200
    assert own.context["stand_in"].errors
    assert set(RoleAssignment.objects.filter(role=Role.FINANCE).values_list("user", flat=True)) == {
        finance.pk
    }
    text = endless.content.decode()
    assert ("代理最长60天" if actor_role is Role.ADMINISTRATOR else "系统管理员办理") in text


@pytest.mark.parametrize("actor_role", [Role.REVIEWER, Role.OFFICE])
def test_attack_4_hand_over_of_administrator_is_refused(actor_role, provincial, person, signed_in):
    actor, accomplice = person(actor_role, "53"), person(Role.STATISTICIAN, "53")
    page, administrator = signed_in(actor), provincial[Role.ADMINISTRATOR]

    for receiver in (actor, accomplice):
        page.post(
            reverse("person-act", kwargs={"pk": administrator.pk, "verb": "hand-over"}),
            {"other": receiver.pk},
        )

    administrator.refresh_from_db()
    assert administrator.is_active
    assert not RoleAssignment.objects.filter(
        role=Role.ADMINISTRATOR, user__in=[actor, accomplice]
    ).exists()
    assert page.get("/records/accounts/user/").status_code in (302, 403)


def test_every_role_of_the_person_must_be_disposable(person, reviewer, signed_in):
    user = person(Role.STATISTICIAN, "5301")
    page = signed_in(reviewer)
    assert outcome_of(page, user, "password", {}) == "done"

    grant_role(user, Role.ORGAN_COORDINATOR, Branch.objects.get(code="5301"))

    for word in WORDS:
        form = form_of(word, person(Role.DESK, "53"))
        assert outcome_of(page, user, word, form) == "refused", word


def test_future_role_counts_as_current(person, reviewer, signed_in, branch):
    user = person(Role.STATISTICIAN, "5301")
    RoleAssignment.objects.create(
        user=user, role=Role.ADMINISTRATOR, branch=branch("53"),
        starts_on=timezone.localdate() + dt.timedelta(days=2),
    )  # fmt: skip

    assert outcome_of(signed_in(reviewer), user, "password", {}) == "refused"
