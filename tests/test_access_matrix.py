"""Every address × method × role × own, foreign, upper and lower branch, made from the resolver.

A new page that names an object and is not told of here fails.
"""

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from donations.models import Giver
from donors.models import DonationCase
from redcross.accounts.choices import WITHOUT_RECORDS, Role
from redcross.accounts.rules import READING
from redcross.branches.models import Branch
from redcross.completeness.models import Exemption, UnlockRequest
from redcross.notices.models import Notice
from redcross.notices.services import tell
from redcross.periods import Period
from redcross.portal.records import RecordAdmin, ReferenceAdmin
from redcross.portal.site import site
from redcross.reports.declaration import kinds
from redcross.reports.services import draft
from redcross.uploads import parcels
from redcross.uploads.models import PeriodLock, Upload
from redcross.uploads.period_locks import lock_period
from tests.conftest import NOW
from training.models import TrainingClass

pytestmark = pytest.mark.django_db

# Pages a stranger may open; the last four are steps of signing in.
PUBLIC = {
    "login", "logout", "health", "ready", "certificate-check", "api-nothing",
    "account_login", "account_logout", "admin:logout", "mfa_authenticate", "mfa_trust",
}  # fmt: skip
# Named things of the whole province, figures and words that belong to no branch.
NOBODYS = {
    "help", "blank", "code", "board", "board-export", "figure", "figure-export", "fund",
    "campaign", "event", "sheet-export", "api-template", "api-records", "report-template", "certificate-check",
}  # fmt: skip
# Nobody else opens these, whatever his branch: `tests/exports` says so.
OF_ONE_PERSON = {"export", "export-file"}
OPEN, SHUT = {200, 204, 302}, {301, 302, 401, 403, 404, 405, 410}
REFUSED = {403, 404, 405}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def is_refused(answer):
    """Tell a refusal: the record pages send back to their list what one may not see."""
    return answer.status_code in REFUSED or (
        answer.status_code == 302
        and (answer.url == "/records/" or answer.url.startswith("/records/login/"))
    )


def patterns(resolver, prefix=""):
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            yield prefix, entry
        else:
            namespace = f"{entry.namespace}:" if getattr(entry, "namespace", None) else ""
            yield from patterns(entry, prefix + namespace)


def ours():
    return [
        (prefix + entry.name, entry) for prefix, entry in patterns(get_resolver()) if entry.name
    ]


def arguments(entry):
    given = {
        **dict.fromkeys(entry.pattern.regex.groupindex, "1"),
        **dict.fromkeys(getattr(entry.pattern, "converters", {}), "1"),
    }
    words = {
        "verb": "submit",
        "kind": "annotated",
        "form": "xlsx",
        "key": "donations",
        "name": "finalise",
    }
    return {name: words.get(name, value) for name, value in given.items()}


def address_of(name, entry):
    kwargs = arguments(entry)
    if "key" in kwargs and name.startswith(("blank", "api-template", "sheet-export")):
        kwargs["key"] = "donations.ledger"
    if name.startswith("figure"):
        kwargs["key"] = "donations.raised"
    if "verb" in kwargs and name == "person-act":
        kwargs["verb"] = "password"
    if name == "review-decide":
        kwargs["verb"] = "approve"
    try:
        return reverse(name, kwargs=kwargs)
    except Exception:  # noqa: BLE001  an address of the record pages with an argument of its own
        return ""


PAGES = {name: address for name, entry in ours() if (address := address_of(name, entry))}


@pytest.mark.parametrize("name", sorted(set(PAGES) - PUBLIC))
def test_no_page_is_open_to_a_stranger_by_any_method(name):
    for method in METHODS:
        answer = Client().generic(method, PAGES[name])

        assert answer.status_code in SHUT, f"{method} {PAGES[name]}"
        if answer.status_code == 302:
            assert answer.url.startswith(("/login/", "/records/login/", "/second-factor/")), method


@pytest.mark.parametrize("role", Role)
def test_a_role_of_another_prefecture_opens_nothing_of_this_one(role, person, signed_in, things):
    page = signed_in(person(role, "5303"))

    for address in things.values():
        for method in ("GET", "POST", "PUT", "DELETE"):
            answer = page.generic(method, address)
            assert is_refused(answer), f"{method} {address} {answer.status_code}"


@pytest.mark.parametrize("role", Role)
def test_a_county_opens_nothing_of_the_prefecture_above(role, person, signed_in, things):
    page = signed_in(person(role, "530102"))

    for address in things.values():
        for method in ("GET", "POST"):
            answer = page.generic(method, address)
            assert is_refused(answer), f"{method} {address} {answer.status_code}"


@pytest.mark.parametrize("role", sorted(WITHOUT_RECORDS))
def test_who_keeps_the_machine_reads_no_record(role, person, signed_in, things):
    page = signed_in(person(Role(role), "53"))

    for name, address in things.items():
        if not name.startswith(("person", "token")):
            assert is_refused(page.get(address)), address


def test_the_province_opens_what_lies_below_it(person, signed_in, things):
    page = signed_in(person(Role.DESK, "53"))

    for name in ("upload", "upload-paper", "giver", "class", "case"):
        assert page.get(things[name]).status_code in OPEN, things[name]


def test_a_leader_reads_figures_and_no_names(person, signed_in, things):
    page = signed_in(person(Role.LEADER, "53"))

    for name in ("giver", "class", "case", "upload-original", "admin:donations_donation_change"):
        assert is_refused(page.get(things[name])), things[name]


# The record pages, by the kind of their admin class --------------------------------------

READERS = frozenset(READING)
MAKING_NAMES = frozenset({Role.DESK, Role.OFFICE})
ONLY_ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
LOCKING = MAKING_NAMES | ONLY_ADMINISTRATORS


def rule_of_records(model, admin):
    """Return who of the province sees a kind of record, and who adds to it."""
    if model is Branch:
        return READERS | ONLY_ADMINISTRATORS, ONLY_ADMINISTRATORS
    if model is PeriodLock:
        return LOCKING, LOCKING
    if isinstance(admin, RecordAdmin):
        return READERS, frozenset()
    if isinstance(admin, ReferenceAdmin):
        return READERS, MAKING_NAMES
    return ONLY_ADMINISTRATORS, ONLY_ADMINISTRATORS


def test_each_role_sees_and_adds_the_records_its_rule_names(person, rf):
    for role in Role:
        request = rf.get("/")
        request.user = person(role, "53")
        for model, admin in site._registry.items():
            seeing, adding = rule_of_records(model, admin)

            assert admin.has_view_permission(request) == (role in seeing), (role, model)
            assert admin.has_add_permission(request) == (role in adding), (role, model)
            if isinstance(admin, RecordAdmin):
                assert not admin.has_delete_permission(request)


def test_no_object_takes_a_method_it_does_not_know(person, signed_in, things):
    page = signed_in(person(Role.DESK, "53"))

    for address in things.values():
        for method in ("PUT", "PATCH", "DELETE"):
            assert is_refused(page.generic(method, address)), f"{method} {address}"
        for method in ("HEAD", "OPTIONS"):
            assert page.generic(method, address).status_code < 500, f"{method} {address}"


@pytest.fixture
def things(road, person, clerk):
    """One object of every kind that a page names, all of the prefecture 5301."""
    road.effective(
        "donations.ledger",
        "捐赠人 类型 金额（元） 到账日期 票据号码",
        ("云岭示例公司", "单位", 100, "2021-08-01", "1"),
    )
    road.effective(
        "training.roster",
        "姓名 性别 身份证号 培训日期 培训类型 期次 对象类别 理论成绩 操作成绩 是否合格",
        ("张示例", "男", "", "2021-08-02", "救护员", "8月班", "机关", 90, "合格", "合格"),
    )
    road.effective(
        "donors.cases",
        "案例号 年龄段 捐献类别 报告日期",
        ("YN-1", "18-44岁", "心脏死亡", "2021-08-03"),
    )
    upload = Upload.objects.filter(sheet="donations.ledger").get()
    office = person(Role.OFFICE, "53")
    report = draft(
        kinds["portal.monthly_bulletin"],
        Branch.objects.get(code="53"),
        Period.parse("2021-08"),
        user=office,
        now=NOW,
    )
    tell([clerk], "示例通知", now=NOW)
    excused = Exemption.objects.create(
        branch=upload.branch, first_month=upload.first_month, last_month=upload.last_month,
        reason="示例", granted_by=office, granted_at=NOW,
    )  # fmt: skip
    closed = lock_period("donations", upload.branch, Period.parse("2019"), user=office, now=NOW)
    asked = UnlockRequest.objects.create(
        branch=upload.branch, lock=closed, reason="示例", asked_by=clerk, asked_at=NOW
    )
    parcel = parcels.take(clerk, content=b"-", filename="表.csv", hint={}, now=NOW)
    objects = {
        "notice-open": Notice.objects.get(user=clerk).pk, "exemption-revoke": excused.pk,
        "lock-unlock": closed.pk, "lock-ask": closed.pk, "lock-answer": asked.pk,
        "review-decide": upload.pk,
        "parcel": parcel.pk, "parcel-drop": parcel.pk, "upload-lines": upload.pk,
        "upload": upload.pk, "upload-original": upload.pk, "upload-paper": upload.pk,
        "upload-state": upload.pk, "upload-act": upload.pk, "upload-download": upload.pk,
        "api-upload": upload.pk, "api-submit": upload.pk, "api-withdraw": upload.pk,
        "api-undo": upload.pk, "api-approve": upload.pk, "api-return": upload.pk,
        "giver": Giver.objects.get().pk,
        "class": TrainingClass.objects.get().pk,
        "class-certificates": TrainingClass.objects.get().pk,
        "case": DonationCase.objects.get().pk,
        "person": clerk.pk, "person-act": clerk.pk,
        "report": report.pk, "report-word": report.pk, "report-figures": report.pk,
        "report-act": report.pk, "api-report": report.pk, "api-report-word": report.pk,
    }  # fmt: skip
    found = {}
    for name, entry in ours():
        if name in objects:
            kwargs = arguments(entry) | {"pk": objects[name]}
            kwargs |= {"verb": "password"} if name == "person-act" else {}
            kwargs |= {"verb": "approve"} if name == "review-decide" else {}
            found[name] = reverse(name, kwargs=kwargs)
    found["reform-briefing"] = reverse("reform-briefing", kwargs={"code": "5301"})
    found["admin:donations_donation_change"] = reverse(
        "admin:donations_donation_change",
        args=[upload.donations_donation_set.get().pk]
        if hasattr(upload, "donations_donation_set")
        else [Giver.objects.get().donations.get().pk],
    )
    return found


def test_every_page_that_names_an_object_is_told_of_here(things):
    naming = {
        name
        for name, entry in ours()
        if arguments(entry) and not name.startswith("admin:") and not name.startswith("mfa_")
    }

    assert naming - NOBODYS - PUBLIC <= set(things) | {"token-revoke", *OF_ONE_PERSON}
