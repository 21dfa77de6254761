"""Who opens which page: every named address, by every role, with every method.

The roles are written out here, taken from no rule they are to check. An address without a rule
fails.
"""

import dataclasses
import datetime as dt
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from donations.models import Campaign, Fund
from redcross.accounts.choices import Role
from redcross.accounts.models import User
from redcross.accounts.rules import enterable_branches
from redcross.accounts.services import grant_role
from redcross.branches.models import Branch
from redcross.uploads.models import HeadingMemory
from relief.models import Event
from tests.conftest import NOW
from tests.support.page_addresses import PAGES, PUBLIC_PAGES, create_objects
from training.models import Enrolment

pytestmark = pytest.mark.django_db

EVERYBODY = frozenset({
    Role.STATISTICIAN, Role.REVIEWER, Role.DESK, Role.OFFICE, Role.FINANCE, Role.LEADER,
    Role.ORGAN_COORDINATOR, Role.STEM_CELL_STAFF, Role.STOREKEEPER, Role.SUPERVISOR,
    Role.AUDITOR, Role.ADMINISTRATOR,
})  # fmt: skip
NOBODY: frozenset[Role] = frozenset()
MACHINE = frozenset({Role.AUDITOR, Role.ADMINISTRATOR})
FIGURES = frozenset({
    Role.STATISTICIAN, Role.REVIEWER, Role.DESK, Role.OFFICE, Role.FINANCE, Role.LEADER,
    Role.ORGAN_COORDINATOR, Role.STEM_CELL_STAFF, Role.STOREKEEPER, Role.SUPERVISOR,
})  # fmt: skip
RECORDS = frozenset({
    Role.STATISTICIAN, Role.REVIEWER, Role.DESK, Role.OFFICE, Role.FINANCE,
    Role.ORGAN_COORDINATOR, Role.STEM_CELL_STAFF, Role.STOREKEEPER, Role.SUPERVISOR,
})  # fmt: skip
ENTERING = frozenset({Role.STATISTICIAN, Role.DESK, Role.STOREKEEPER})
REMINDING = frozenset({Role.REVIEWER, Role.DESK, Role.OFFICE})
LOOKING_AFTER = frozenset({Role.REVIEWER, Role.OFFICE, Role.ADMINISTRATOR})
DECIDING = frozenset({Role.REVIEWER, Role.DESK})
CASES = frozenset(
    {Role.ORGAN_COORDINATOR, Role.STATISTICIAN, Role.REVIEWER, Role.DESK, Role.SUPERVISOR}
)
VAULT = frozenset({Role.ORGAN_COORDINATOR, Role.STEM_CELL_STAFF, Role.DESK, Role.REVIEWER})
FILES = frozenset({Role.STATISTICIAN, Role.REVIEWER, Role.DESK, Role.STOREKEEPER})
OFFICE = frozenset({Role.OFFICE})
AUDITOR = frozenset({Role.AUDITOR})
ADMINISTRATOR = frozenset({Role.ADMINISTRATOR})
NAMING = frozenset({Role.DESK, Role.OFFICE})
LOCKING = frozenset({Role.DESK, Role.OFFICE, Role.ADMINISTRATOR})
ENTERING_SITE = frozenset({
    Role.STATISTICIAN, Role.REVIEWER, Role.DESK, Role.OFFICE, Role.FINANCE,
    Role.ORGAN_COORDINATOR, Role.STEM_CELL_STAFF, Role.STOREKEEPER, Role.SUPERVISOR,
    Role.ADMINISTRATOR,
})  # fmt: skip


@dataclasses.dataclass(frozen=True, slots=True)
class Rule:
    """The roles that may GET and POST a page; None where it has no such method."""

    reads: frozenset[Role] | None
    sends: frozenset[Role] | None = None
    refusal: int = 404
    """What everybody else is answered."""
    unseen: frozenset[Role] = NOBODY
    """To whom the page or its object is not there at all, where others are refused it."""

    def expected(self, role, method):
        """Return the answer a role gets: "open", or the status of a refusal."""
        who = self.reads if method == "GET" else self.sends
        if who is None:
            return 405
        if role in who:
            return "open"
        return 404 if role in self.unseen else self.refusal


# Objects are of the prefecture 5301 and asked for by people of the province.
RULES = [
    (
        Rule(EVERYBODY),
        "home search help manual-own manual manual-picture exports blanks blank code uploads notices parcels-pulse",
    ),
    (Rule(EVERYBODY, EVERYBODY), "account password_change review"),
    (Rule(None, EVERYBODY), "notices-read"),
    # Who hands nothing in reads there in a sentence that he does not.
    (Rule(EVERYBODY, ENTERING, 403), "upload-new upload-typed memories"),
    (Rule(None, ENTERING, 403), "upload-zero parcels-start parcels-hand-over"),
    (Rule(RECORDS), "progress progress-export"),
    (Rule(RECORDS), "classes training-worklists class class-certificates"),
    (Rule(RECORDS, RECORDS, 403), "sheet-export"),
    (Rule(None, REMINDING), "remind exemption-revoke"),
    (Rule(RECORDS, REMINDING), "exemptions"),
    (Rule(ENTERING_SITE, LOCKING, 403, unseen=frozenset({Role.LEADER, Role.AUDITOR})), "locks"),
    (Rule(LOCKING, LOCKING), "lock-unlock"),
    (Rule(ENTERING, ENTERING), "lock-ask"),
    (Rule(None, NAMING), "lock-answer"),
    (Rule(FIGURES), "upload upload-state upload-paper upload-download upload-lines"),
    (Rule(None, FIGURES), "upload-act review-decide report-act"),
    (Rule(FILES, FILES, 403, unseen=MACHINE), "upload-original"),
    (Rule(FIGURES), "screen board board-export figure figure-export reports funds fund campaigns"),
    (Rule(FIGURES), "campaign events event readiness stem-cells publicity-cases disclosure"),
    (Rule(FIGURES), "reform-matrix reform-tasks reform-briefings reform-briefing"),
    (Rule(FIGURES), "report report-word report-figures"),
    (Rule(FIGURES, FIGURES), "tokens"),
    (Rule(None, EVERYBODY), "report-write"),
    (Rule(OFFICE, OFFICE), "report-template"),
    (Rule(RECORDS, None, 403), "givers"),
    (Rule(RECORDS, DECIDING, 403, unseen=MACHINE), "giver"),
    (Rule(CASES), "cases case"),
    (Rule(VAULT, VAULT), "vault"),
    (Rule(LOOKING_AFTER, None, 403), "people person"),
    (Rule(LOOKING_AFTER, LOOKING_AFTER, 403), "accounts-waiting"),
    (Rule(None, LOOKING_AFTER, 403), "person-act"),
    (Rule(ADMINISTRATOR, None, 403), "confirmations"),
    (Rule(None, ADMINISTRATOR, 403), "confirmation-decide"),
    (Rule(AUDITOR, None, 403), "access-log"),
    # Nobody's but of the one person whose it is.
    (Rule(NOBODY), "export"),
    (Rule(None, NOBODY), "export-file token-revoke notice-open parcel parcel-drop"),
    # By programs, with a token of the same person.
    (Rule(EVERYBODY), "api-schema api-docs api-sheets api-template api-record-kinds"),
    (Rule(FIGURES), "api-upload api-report api-report-word"),
    (Rule(EVERYBODY), "api-reports"),
    (Rule(EVERYBODY, ENTERING, 409), "api-uploads"),
    # What is effective has no such step left for anybody; `tests/api` tests them all.
    (Rule(None, NOBODY, 409, unseen=MACHINE), "api-submit api-withdraw api-approve api-return"),
    (Rule(None, DECIDING, 409, unseen=MACHINE), "api-undo"),
    (Rule(FIGURES, None, 403), "api-indicators"),
    (Rule(RECORDS, None, 403), "api-records"),
    # The second factor is everybody's own affair.
    (Rule(EVERYBODY, EVERYBODY), "account_reauthenticate mfa_reauthenticate mfa_activate_totp"),
    (Rule(EVERYBODY, EVERYBODY), "mfa_generate_recovery_codes"),
    (Rule(EVERYBODY), "mfa_index mfa_list_webauthn"),
    (Rule(EVERYBODY, EVERYBODY), "mfa_add_webauthn mfa_reauthenticate_webauthn"),
    # Those ask for the password once more before they look for a key of this person.
    (Rule(EVERYBODY, EVERYBODY), "mfa_edit_webauthn mfa_remove_webauthn"),
    # There is nothing to show before a second factor is set up.
    (Rule(NOBODY, NOBODY), "mfa_deactivate_totp mfa_download_recovery_codes"),
    (Rule(NOBODY), "mfa_view_recovery_codes"),
]
TABLE = {name: rule for rule, names in RULES for name in names.split()}
assert len(TABLE) == sum(len(names.split()) for _, names in RULES)
PUBLIC_OR_EXEMPT = PUBLIC_PAGES | {"metrics", "admin:login"}

# The record pages, by what is kept there: who sees the list, who adds.
RECORD_PAGES = [
    (
        RECORDS, NOBODY,
        "donations allocation campaignresult dailytaking disclosure donation equipment feedback",
        "donations fundraisingproject giver goodsgiven",
        "donors bloodmonth coordinator donationcase familyletter organwish publicitycase",
        "donors stemcellstep stemcellvolunteer",
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
        "completeness calendarday duerule occasion reminderstage",
        "donations campaign disclosureduty fund", "reform governanceitem lightrule",
        "relief aidband aidcap edition event item programme", "training courserule",
    ),
    (LOCKING, LOCKING, "locks periodlock"),
    (ENTERING_SITE, ADMINISTRATOR, "branches branch"),
    (ADMINISTRATOR, ADMINISTRATOR, "accounts safetysettings user"),
    (ADMINISTRATOR, ADMINISTRATOR, "branches branchalias"),
]  # fmt: skip
RECORD_INDEX_PAGES = {
    "search", "index", "app_list", "logout", "login", "password_change", "password_change_done",
    "autocomplete", "jsi18n", "view_on_site",
}  # fmt: skip
RECORD_ACTIONS = ("changelist", "add", "change", "history", "delete")
NEVER_EXPORTED = ("locks_periodlock", "branches_branch", "accounts_safetysettings", "accounts_user")
IMPORTED_ALIASES = "branches_branchalias"


def record_pages():
    """Yield each kind of record, the roles that see its list and those that add to it."""
    for seeing, adding, *apps in RECORD_PAGES:
        for app, *models in map(str.split, apps):
            for model in models:
                yield f"admin:{app}_{model}", seeing, adding


def is_exported(name):
    """Tell whether a kind of record has an export of its list."""
    return not name.endswith(NEVER_EXPORTED)


def is_imported(name, adding):
    """Tell whether a kind of reference data is imported from a workbook."""
    return adding == NAMING or name.endswith(IMPORTED_ALIASES)


WRITING = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+"?)', re.IGNORECASE)
# What every request may leave behind: the access log, sessions, and signing in.
EXPECTED_WRITES = ("audit_", "django_session", 'accounts_user"', "axes_")


def request_page(page, method, address, form=None, read_log=None):
    """Request a page and roll back what it wrote; the tables it wrote to go into `written`."""

    def watch(execute, sql, params, many, context):
        table = WRITING.match(sql)
        if table and read_log is not None and not table[1].startswith(EXPECTED_WRITES):
            read_log.append(sql[:120])
        return execute(sql, params, many, context)

    with transaction.atomic(), connection.execute_wrapper(watch):
        answer = page.post(address, form) if form else page.generic(method, address)
        transaction.set_rollback(True)
    return answer


def classify_response(answer):
    """Return "open" for a page, file, redirect or form error, else the status."""
    status = answer.status_code
    if status == 302 and answer.url.startswith(("/login/", "/records/login/")):
        return 403
    return status if status in (401, 403, 404, 405, 409, 410) or status >= 500 else "open"


@pytest.fixture
def addresses(pipeline, person, clerk):
    """Every address of the portal's pages, with existing objects."""
    objects = PAGES | create_objects(pipeline, person, clerk)
    for name, model in (("fund", Fund), ("campaign", Campaign), ("event", Event)):
        objects[name] = reverse(name, kwargs={"code": model.objects.order_by("pk")[0].pk})
    Enrolment.objects.update(certificate_number="示例证1", issued_on=dt.date(2021, 8, 2))
    HeadingMemory.objects.create(
        branch=Branch.objects.get(code="53"), sheet="donations.ledger", heading="示例栏",
        field="value", by=clerk, at=NOW,
    )  # fmt: skip
    objects["api-indicators"] += "?keys=donations.raised&period=2021-08"
    return objects


def make_forms():
    """Return valid forms by address."""
    province, prefecture, county = (
        Branch.objects.get(code=code).pk for code in ("53", "5301", "530102")
    )
    what = {"sheet": "donations.ledger", "period": "2021-08"}
    return {
        "upload-new": {"files": SimpleUploadedFile("表.csv", "捐赠人,金额".encode())},
        "upload-typed": {**what, "branch": province, "cell-value": "100"},
        "memories": {"branch": province, "sheet": "donations.ledger", "heading": "示例栏"},
        "upload-zero": {**what, "branch": province},
        "api-uploads": {
            **what, "branch": "53", "file": SimpleUploadedFile("表.csv", "捐赠人,金额".encode()),
        },
        "exemptions": {"branch": prefecture, "period": "2021-08", "reason": "示例"},
        "locks": {"domain": "training", "branch": province, "period": "2018", "confirm": "1"},
        "lock-unlock": {"reason": "示例理由"},
        "lock-ask": {"branch": county, "reason": "示例理由"},
        "lock-answer": {"grant": "1", "days": "3", "remark": "示例"},
        "tokens": {"name": "示例", "scopes": "read", "ends_on": str(timezone.localdate())},
        "vault": {"verb": "emergency", "reason": "家属正在等待答复"},
    }  # fmt: skip


@pytest.fixture
def clients_by_role(person, signed_in):
    """A client of a provincial user for each role."""
    return {role: signed_in(person(role, "53")) for role in Role}


def test_every_named_page_has_a_permission_rule():
    names = set(TABLE) | PUBLIC_OR_EXEMPT | {f"admin:{name}" for name in RECORD_INDEX_PAGES}
    for name, _, adding in record_pages():
        names |= {f"{name}_{act}" for act in RECORD_ACTIONS}
        names |= {f"{name}_export"} if is_exported(name) else set()
        names |= {f"{name}_import"} if is_imported(name, adding) else set()

    assert set(PAGES) - names == set()
    assert names - set(PAGES) == set()


def test_page_get_by_each_role_follows_its_permission_rule(addresses, clients_by_role):
    wrong = [
        f"{name} {role} {got} instead of {wanted}"
        for turn, (name, rule) in enumerate(TABLE.items())
        for role in roles_to_ask(rule, "GET", turn)
        if (wanted := rule.expected(role, "GET"))
        != (got := classify_response(request_page(clients_by_role[role], "GET", addresses[name])))
    ]

    if wrong:
        pytest.fail("\n".join(wrong))


def test_page_post_by_each_role_follows_its_permission_rule(addresses, clients_by_role):
    wrong = []
    for turn, (name, rule) in enumerate(TABLE.items()):
        for role in roles_to_ask(rule, "POST", turn):
            wanted, written = rule.expected(role, "POST"), []
            form = make_forms().get(name)
            got = classify_response(
                request_page(clients_by_role[role], "POST", addresses[name], form, written)
            )
            if got != wanted:
                wrong.append(f"{name} {role} {got} instead of {wanted}")
            if wanted != "open" and written:
                wrong.append(f"{name} {role} wrote {written}")
            # Else the refusals of this form would prove nothing.
            if wanted == "open" and form and not written:
                wrong.append(f"{name} {role} wrote nothing with a good form")

    if wrong:
        pytest.fail("\n".join(wrong))


def roles_to_ask(rule, method, turn):
    """Return all roles that a page refuses and one that it allows, another on each page."""
    refused = [role for role in Role if rule.expected(role, method) != "open"]
    opened = [role for role in Role if role not in refused]
    if len({rule.expected(role, method) for role in refused}) == 1 and not opened:
        return rotate_roles(list(Role), turn)
    return refused + rotate_roles(opened, turn)[:1]


def rotate_roles(roles, turn):
    """Return two of the roles, other ones for each index."""
    return [roles[(turn + at) % len(roles)] for at in range(min(2, len(roles)))]


def test_record_pages_by_each_role_follow_their_permission_rule(clients_by_role):
    wrong = []
    for turn, (name, seeing, adding) in enumerate(record_pages()):
        acts = [("changelist", seeing), ("add", adding), ("change", seeing)]
        acts += [("export", seeing)] if is_exported(name) else []
        acts += [("import", adding)] if is_imported(name, adding) else []
        for act, who in acts:
            for role in record_roles_to_ask(act, who, seeing, turn):
                got = classify_response(
                    request_page(clients_by_role[role], "GET", PAGES[f"{name}_{act}"])
                )
                if got != ("open" if role in who else 403):
                    wrong.append(f"{name}_{act} {role} {got}")
        role, act = (
            rotate_roles(sorted(MACHINE - adding), turn)[0],
            ("add", "change", "delete")[turn % 3],
        )
        written = []
        got = classify_response(
            request_page(clients_by_role[role], "POST", PAGES[f"{name}_{act}"], read_log=written)
        )
        if got == "open" or written:
            wrong.append(f"POST {name}_{act} {role} {got} {written}")

    if wrong:
        pytest.fail("\n".join(wrong))


def record_roles_to_ask(act, who, seeing, turn):
    """Return a role that sees none of a kind, and on lists one that does, on forms one that may not add.

    They change from kind to kind; `tests/security/test_access_matrix.py` asks the admin classes about
    every role.
    """
    groups = {
        "changelist": [EVERYBODY - seeing, who],
        "add": [seeing - who, who],
        "change": [EVERYBODY - seeing],
        "export": [EVERYBODY - seeing, who],
        "import": [EVERYBODY - seeing, seeing - who, who],
    }[act]
    return [rotate_roles(sorted(group), turn)[0] for group in groups if group]


def test_record_index_is_refused_to_roles_without_records(clients_by_role):
    for role, page in clients_by_role.items():
        wanted = "open" if role in ENTERING_SITE else 403

        assert classify_response(page.get("/records/")) == wanted, role
        assert classify_response(page.get("/records/donations/")) == (
            "open" if role in RECORDS else 404 if role in ENTERING_SITE else 403
        ), role


@pytest.mark.parametrize("role", [Role.DESK, Role.AUDITOR])
def test_page_other_methods_reveal_no_more_than_get(role, addresses, clients_by_role):
    page = clients_by_role[role]

    for name, rule in TABLE.items():
        address = addresses[name]
        for method in ("PUT", "PATCH", "DELETE"):
            assert classify_response(request_page(page, method, address)) in (403, 404, 405), (
                name,
                method,
            )
        for method in ("HEAD", "OPTIONS"):
            answer = request_page(page, method, address)
            got = classify_response(answer)
            assert not answer.content or method == "OPTIONS", name
            if method == "HEAD" and got != 405:
                assert got == rule.expected(role, "GET"), name
            if method == "OPTIONS" and not name.startswith("api-"):
                assert got in (403, 404, 405) or not answer.content, name


@pytest.mark.parametrize("role", sorted(EVERYBODY - ENTERING))
def test_upload_page_without_upload_right_shows_a_message_and_no_form(role, person, signed_in):
    page = signed_in(person(role, "53"))

    for name in ("upload-new", "upload-typed"):
        content = page.get(PAGES[name]).content.decode()
        assert "您的角色不填报数据。" in content, name
        assert 'name="branch"' not in content, name
        assert 'name="files"' not in content, name


def test_upload_by_an_expired_role_is_refused(person):
    user = person(Role.STATISTICIAN, "5301")
    grant_role(user, Role.STATISTICIAN, Branch.objects.get(code="5303"))
    ended = user.roles.get(branch__code="5301")
    ended.starts_on, ended.ends_on = dt.date(2020, 1, 1), dt.date(2020, 12, 31)
    ended.save()

    branches = enterable_branches(User.objects.get(pk=user.pk))

    assert {branch.code[:4] for branch in branches} == {"5303"}


# The branch asked for ---------------------------------------------------------------

PAGES_WITH_BRANCH = {
    "board", "board-export", "campaign", "campaigns", "disclosure", "figure", "figure-export",
    "fund", "funds", "progress", "reform-briefings", "reform-matrix", "reform-tasks", "screen",
    "stem-cells", "api-indicators", "progress-export", "vault", "sheet-export",
}  # fmt: skip


@pytest.fixture
def prefecture_client(person, signed_in):
    return signed_in(person(Role.DESK, "5301"))


def with_branch(address, code):
    return f"{address}{'&' if '?' in address else '?'}branch={code}"


@pytest.mark.parametrize(("code", "whose"), [("5303", "neighbour"), ("53", "upper")])
def test_branch_parameter_beside_or_above_the_scope_is_refused(
    code, whose, addresses, prefecture_client
):
    name_of = Branch.objects.get(code=code).name

    for name in sorted(name for name, rule in TABLE.items() if rule.reads):
        address = addresses[name]
        response = prefecture_client.get(with_branch(address, code))
        if name in PAGES_WITH_BRANCH:
            assert response.status_code == (403 if name.startswith("api-") else 404), name
        elif (own := prefecture_client.get(address)).status_code == 200:
            assert response.status_code in (200, 400, 403, 404), name
            count = response.content.decode(errors="replace").count(name_of)
            assert count <= own.content.decode(errors="replace").count(name_of), name


def test_branch_parameter_below_the_scope_is_allowed(addresses, prefecture_client):
    for name in sorted(PAGES_WITH_BRANCH):
        assert prefecture_client.get(with_branch(addresses[name], "530102")).status_code == 200, (
            name
        )


def test_metrics_page_is_refused_to_remote_anonymous_visitors():
    assert Client(REMOTE_ADDR="198.51.100.7").get(PAGES["metrics"]).status_code == 404
