"""Who opens which page: every named address, by every role, with every method.

The roles stand here in words of their own, taken from no rule they are to check. An address
that stands in no line fails.
"""

import dataclasses

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from donations.models import Campaign, Fund
from redcross.accounts.choices import Role
from redcross.branches.models import Branch
from relief.models import Event
from tests.addresses import PAGES, PUBLIC, make_things

pytestmark = pytest.mark.django_db

EVERYBODY = frozenset(Role)
NOBODY: frozenset[Role] = frozenset()
MACHINE = frozenset({Role.AUDITOR, Role.ADMINISTRATOR})
FIGURES = EVERYBODY - MACHINE
RECORDS = FIGURES - {Role.LEADER}
ENTERING = frozenset({Role.STATISTICIAN, Role.DESK, Role.STOREKEEPER})
REMINDING = frozenset({Role.REVIEWER, Role.DESK, Role.OFFICE})
LOOKING_AFTER = frozenset({Role.REVIEWER, Role.OFFICE, Role.ADMINISTRATOR})
MERGING = frozenset({Role.REVIEWER, Role.DESK})
CASES = frozenset(
    {Role.ORGAN_COORDINATOR, Role.STATISTICIAN, Role.REVIEWER, Role.DESK, Role.SUPERVISOR}
)
FILES = frozenset({Role.STATISTICIAN, Role.REVIEWER, Role.DESK, Role.STOREKEEPER, Role.FINANCE})
OFFICE = frozenset({Role.OFFICE})
AUDITOR = frozenset({Role.AUDITOR})
ADMINISTRATOR = frozenset({Role.ADMINISTRATOR})
NAMING = frozenset({Role.DESK, Role.OFFICE})
LOCKING = NAMING | ADMINISTRATOR
ENTERING_SITE = RECORDS | ADMINISTRATOR


@dataclasses.dataclass(frozen=True, slots=True)
class Rule:
    """Who reads a page and who sends it a form; None: nobody can, it has no such method."""

    reads: frozenset[Role] | None
    sends: frozenset[Role] | None = None
    refusal: int = 404
    """What everybody else is answered."""

    def expected(self, role, method):
        """Return the answer a role gets: "open", or the status of a refusal."""
        who = self.reads if method == "GET" else self.sends
        if who is None:
            return 405
        return "open" if role in who else self.refusal


# Objects are of the prefecture 5301 and asked for by people of the province.
RULES = [
    (Rule(EVERYBODY), "home search help exports blanks blank code uploads"),
    (Rule(EVERYBODY, EVERYBODY), "account password_change review"),
    (Rule(None, EVERYBODY), "notices-read"),
    (Rule(ENTERING, ENTERING, 403), "upload-new upload-typed"),
    (Rule(None, ENTERING, 403), "upload-zero"),
    (Rule(RECORDS), "progress classes training-worklists class class-certificates"),
    (Rule(None, REMINDING), "remind"),
    (Rule(FIGURES), "upload upload-state upload-paper upload-download"),
    (Rule(None, FIGURES), "upload-act report-act"),
    (Rule(FILES, FILES, 403), "upload-original"),
    (Rule(FIGURES), "screen board board-export figure figure-export reports funds fund campaigns"),
    (Rule(FIGURES), "campaign events event readiness stem-cells publicity-cases disclosure"),
    (Rule(FIGURES), "reform-matrix reform-tasks reform-briefings reform-briefing"),
    (Rule(FIGURES), "report report-word report-figures"),
    (Rule(FIGURES, FIGURES), "tokens"),
    (Rule(None, EVERYBODY), "report-write"),
    (Rule(OFFICE, OFFICE), "report-template"),
    (Rule(RECORDS, None, 403), "givers"),
    (Rule(RECORDS, MERGING, 403), "giver"),
    (Rule(CASES), "cases case"),
    (Rule(LOOKING_AFTER, None, 403), "people person"),
    (Rule(LOOKING_AFTER, LOOKING_AFTER, 403), "accounts-waiting"),
    (Rule(None, LOOKING_AFTER, 403), "person-act"),
    (Rule(AUDITOR, None, 403), "access-log"),
    # Nobody's but of the one person whose it is.
    (Rule(NOBODY), "export"),
    (Rule(None, NOBODY), "export-file token-revoke"),
    # By programs, with a token of the same person.
    (Rule(EVERYBODY), "api-schema api-docs api-sheets api-template api-record-kinds"),
    (Rule(FIGURES), "api-upload api-report api-report-word"),
    (Rule(EVERYBODY), "api-reports"),
    (Rule(EVERYBODY, EVERYBODY), "api-uploads"),
    (Rule(None, FIGURES), "api-submit api-withdraw api-undo api-approve api-return"),
    (Rule(FIGURES, None, 403), "api-indicators"),
    (Rule(RECORDS, None, 403), "api-records"),
    # The second factor is everybody's own affair.
    (Rule(EVERYBODY, EVERYBODY), "account_reauthenticate mfa_reauthenticate mfa_activate_totp"),
    (Rule(EVERYBODY, EVERYBODY), "mfa_deactivate_totp mfa_generate_recovery_codes"),
    (Rule(EVERYBODY), "mfa_index mfa_view_recovery_codes mfa_download_recovery_codes"),
    (Rule(EVERYBODY), "mfa_list_webauthn"),
    (Rule(EVERYBODY, EVERYBODY), "mfa_add_webauthn mfa_reauthenticate_webauthn"),
    (Rule(NOBODY, NOBODY), "mfa_edit_webauthn mfa_remove_webauthn"),
]
TABLE = {name: rule for rule, names in RULES for name in names.split()}
assert len(TABLE) == sum(len(names.split()) for _, names in RULES)
PUBLIC_HERE = PUBLIC | {"metrics", "admin:login"}

# The record pages, by what is kept there: who sees the list, who adds.
RECORD_PAGES = [
    (
        RECORDS, NOBODY,
        "donations allocation campaignresult disclosure donation equipment feedback",
        "donations fundraisingproject giver goodsgiven",
        "donors bloodmonth coordinator donationcase organwish publicitycase stemcellstep",
        "donors stemcellvolunteer",
        "people accountrequest",
        "reform activity document goodexample governancefact grassrootsunit keytask liaison",
        "reform milestone networkmovement problem taskprogress visit",
        "relief aidapplication aidgrant dispatch distribution editionresource engagement",
        "relief eventresponse need project rescueteam stockmovement",
        "training device enrolment inspection instructor popularisation station trainee",
        "training trainingclass",
    ),
    (
        RECORDS, NAMING,
        "donations campaign disclosureduty fund", "reform governanceitem lightrule",
        "relief aidband aidcap edition event item programme", "training courserule",
    ),
    (LOCKING, LOCKING, "uploads periodlock"),
    (ENTERING_SITE, ADMINISTRATOR, "branches branch"),
    (ADMINISTRATOR, ADMINISTRATOR, "accounts safetysettings user"),
]  # fmt: skip
SHELL_OF_RECORDS = {
    "search", "index", "app_list", "logout", "login", "password_change", "password_change_done",
    "autocomplete", "jsi18n", "view_on_site",
}  # fmt: skip
OF_A_RECORD = ("changelist", "add", "change", "history", "delete")


def record_pages():
    """Yield each kind of record, who sees its list and who adds to it."""
    for seeing, adding, *apps in RECORD_PAGES:
        for app, *models in map(str.split, apps):
            for model in models:
                yield f"admin:{app}_{model}", seeing, adding


def answer_to(page, method, address):
    """Ask for a page; whatever it did is forgotten."""
    with transaction.atomic():
        answer = page.generic(method, address)
        transaction.set_rollback(True)
    return answer


def outcome(answer):
    """Return "open" for a page, a file, a way on or a complaint about the form, else the status."""
    status = answer.status_code
    if status == 302 and answer.url.startswith(("/login/", "/records/login/")):
        return 403
    return status if status in (401, 403, 404, 405, 409, 410) or status >= 500 else "open"


@pytest.fixture
def addresses(road, person, clerk):
    """Every address of our own pages, with objects that are there."""
    found = PAGES | make_things(road, person, clerk)
    for name, model in (("fund", Fund), ("campaign", Campaign), ("event", Event)):
        found[name] = reverse(name, kwargs={"code": model.objects.order_by("pk")[0].pk})
    return found


@pytest.fixture
def cast(person, signed_in):
    """A person of the province for each role."""
    return {role: signed_in(person(role, "53")) for role in Role}


def test_every_named_address_stands_in_the_table():
    told = set(TABLE) | PUBLIC_HERE | {f"admin:{name}" for name in SHELL_OF_RECORDS}
    told |= {f"{name}_{act}" for name, *_ in record_pages() for act in OF_A_RECORD}

    assert set(PAGES) - told == set()
    assert told - set(PAGES) == set()


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_each_role_opens_what_its_line_says_and_nothing_else(method, addresses, cast):
    wrong = [
        f"{name} {role} {got} instead of {wanted}"
        for turn, (name, rule) in enumerate(TABLE.items())
        for role in asked_of(rule, method, turn)
        if (wanted := rule.expected(role, method))
        != (got := outcome(answer_to(cast[role], method, addresses[name])))
    ]

    assert wrong == []


def asked_of(rule, method, turn):
    """Return all whom a page refuses, and three of those it opens to, others on each page."""
    refused = [role for role in Role if rule.expected(role, method) != "open"]
    opened = [role for role in Role if role not in refused]
    if len(refused) == len(Role):
        return refused if rule.expected(Role.DESK, method) != 405 else [Role.DESK]
    return refused + [opened[(turn + at) % len(opened)] for at in range(min(3, len(opened)))]


def test_record_pages_open_to_the_roles_of_their_kind_alone(cast):
    wrong = []
    for name, seeing, adding in record_pages():
        for act, who in (("changelist", seeing), ("add", adding), ("change", seeing)):
            # Those who may are alike here (the admin classes say so): one of them will do.
            asked = sorted((EVERYBODY - who) | set(sorted(who)[:1]))
            for role in asked:
                got = outcome(answer_to(cast[role], "GET", PAGES[f"{name}_{act}"]))
                if got != ("open" if role in who else 403):
                    wrong.append(f"{name}_{act} {role} {got}")
        for role in MACHINE - adding:
            for act in OF_A_RECORD:
                got = outcome(answer_to(cast[role], "POST", PAGES[f"{name}_{act}"]))
                if got == "open" and act not in ("history", "changelist"):
                    wrong.append(f"POST {name}_{act} {role}")

    assert wrong == []


def test_the_shell_of_the_record_pages_is_for_those_who_find_something_there(cast):
    for role, page in cast.items():
        wanted = "open" if role in ENTERING_SITE else 403

        assert outcome(page.get("/records/")) == wanted, role
        assert outcome(page.get("/records/donations/")) == (
            "open" if role in RECORDS else 404 if role in ENTERING_SITE else 403
        ), role


@pytest.mark.parametrize("role", [Role.DESK, Role.AUDITOR])
def test_other_methods_tell_no_more_than_reading_does(role, addresses, cast):
    page = cast[role]

    for name, rule in TABLE.items():
        address = addresses[name]
        for method in ("PUT", "PATCH", "DELETE"):
            assert outcome(answer_to(page, method, address)) in (403, 404, 405), (name, method)
        for method in ("HEAD", "OPTIONS"):
            answer = answer_to(page, method, address)
            got = outcome(answer)
            assert not answer.content or method == "OPTIONS", name
            if method == "HEAD" and got != 405:
                assert got == rule.expected(role, "GET"), name
            if method == "OPTIONS" and not name.startswith("api-"):
                assert got in (403, 404, 405) or not answer.content, name


# The branch asked for ---------------------------------------------------------------

TAKING_A_BRANCH = {
    "board", "board-export", "campaign", "campaigns", "disclosure", "figure", "figure-export",
    "fund", "funds", "progress", "readiness", "reform-matrix", "reform-tasks", "screen",
    "stem-cells", "api-indicators",
}  # fmt: skip


@pytest.fixture
def mine(person, signed_in):
    return signed_in(person(Role.DESK, "5301"))


@pytest.mark.parametrize(("code", "whose"), [("5303", "neighbour"), ("53", "upper")])
def test_the_branch_of_an_address_opens_nothing_beside_or_above(code, whose, addresses, mine):
    name_of = Branch.objects.get(code=code).name

    for name in sorted(name for name, rule in TABLE.items() if rule.reads):
        address = addresses[name]
        own = mine.get(address)
        asked = mine.get(address, {"branch": code})
        if name in TAKING_A_BRANCH:
            assert asked.status_code == (403 if name.startswith("api-") else 404), name
        elif own.status_code == 200:
            assert asked.status_code in (200, 400), name
            told = asked.content.decode(errors="replace").count(name_of)
            assert told <= own.content.decode(errors="replace").count(name_of), name


def test_the_branch_of_an_address_opens_what_lies_below(addresses, mine):
    for name in sorted(TAKING_A_BRANCH):
        assert mine.get(addresses[name], {"branch": "530102"}).status_code == 200, name


def test_a_stranger_from_elsewhere_reads_no_metrics():
    assert Client(REMOTE_ADDR="198.51.100.7").get(PAGES["metrics"]).status_code == 404
