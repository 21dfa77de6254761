"""Every named address of the URL resolver, with an object of one prefecture where it takes one."""

from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from donations.models import Giver
from donors.models import DonationCase
from redcross.accounts.choices import Role
from redcross.branches.models import Branch
from redcross.completeness.models import Exemption
from redcross.locks.models import UnlockRequest
from redcross.locks.services import lock_period
from redcross.notices.models import Notice
from redcross.notices.services import notify
from redcross.people.choices import ActionVerb
from redcross.people.models import AccountActionRequest
from redcross.periods import Period
from redcross.reports.declare.declaration import report_kinds
from redcross.reports.workflow.services import draft_report
from redcross.uploads.intake import dropped_files
from redcross.uploads.models import Upload
from tests.conftest import NOW
from training.models import TrainingClass

# Pages a stranger may open; the last four are steps of signing in.
PUBLIC_PAGES = {
    "login", "logout", "health", "ready", "certificate-check", "api-nothing",
    "account_login", "account_logout", "admin:logout", "mfa_authenticate", "mfa_trust",
}  # fmt: skip
OPEN, SHUT = {200, 204, 302}, {301, 302, 401, 403, 404, 405, 410}
REFUSED = {403, 404, 405}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def is_refused(answer):
    """Return whether a response refuses; record pages redirect to their list instead."""
    return answer.status_code in REFUSED or (
        answer.status_code == 302
        and (answer.url == "/records/" or answer.url.startswith("/records/login/"))
    )


# Arguments of the addresses by name; "1" for every other.
DEFAULT_ARGUMENTS = {
    "verb": "submit",
    "kind": "annotated",
    "form": "xlsx",
    "key": "donations",
    "name": "finalise",
    "app_label": "donations",
    "model": "donations.donation",
    "page": "start",
}
PAGE_ARGUMENTS = {
    "blank": {"key": "donations.ledger"},
    "api-template": {"key": "donations.ledger"},
    "figure": {"key": "donations.raised"},
    "figure-export": {"key": "donations.raised"},
    "manual": {"page": "statistician"},
    "manual-picture": {"name": "clerk-home"},
    "person-act": {"verb": "password"},
    "confirmation-decide": {"verb": "confirm"},
    "review-decide": {"verb": "approve"},
    "sheet-export": {"key": "donations.ledger"},
    "report-template": {"kind": "portal.monthly_bulletin", "code": "53"},
}


def walk_patterns(resolver, prefix="", outer=()):
    for entry in resolver.url_patterns:
        pattern = entry.pattern
        named = [*outer, *pattern.regex.groupindex, *getattr(pattern, "converters", {})]
        if isinstance(entry, URLPattern):
            if entry.name:
                yield prefix + entry.name, dict.fromkeys(named, "1")
        else:
            namespace = f"{entry.namespace}:" if getattr(entry, "namespace", None) else ""
            yield from walk_patterns(entry, prefix + namespace, named)


def named_pages():
    """Return every named page with its arguments."""
    return [
        (
            name,
            {argument: DEFAULT_ARGUMENTS.get(argument, one) for argument, one in taken.items()}
            | more,
        )
        for name, taken in walk_patterns(get_resolver())
        for more in [PAGE_ARGUMENTS.get(name, {})]
    ]


PAGES = {name: reverse(name, kwargs=kwargs) for name, kwargs in named_pages()}


def create_objects(pipeline, person, clerk):
    """Create one object of every kind with a page, all of prefecture 5301; return the addresses."""
    pipeline.effective(
        "donations.ledger",
        "捐赠人 类型 金额（元） 到账日期 票据号码",
        ("云岭示例公司", "单位", 100, "2021-08-01", "1"),
    )
    pipeline.effective(
        "training.roster",
        "姓名 性别 身份证号 培训日期 培训类型 期次 对象类别 理论成绩 操作成绩 是否合格",
        ("张示例", "男", "", "2021-08-02", "救护员", "8月班", "机关", 90, "合格", "合格"),
    )
    pipeline.effective(
        "donors.cases",
        "案例号 年龄段 捐献类别 报告日期",
        ("YN-1", "18-44岁", "心脏死亡", "2021-08-03"),
    )
    upload = Upload.objects.filter(sheet="donations.ledger").get()
    office = person(Role.OFFICE, "53")
    report = draft_report(
        report_kinds["portal.monthly_bulletin"],
        Branch.objects.get(code="53"),
        Period.parse("2021-08"),
        user=office,
        now=NOW,
    )
    notify([clerk], "示例通知", now=NOW)
    excused = Exemption.objects.create(
        branch=upload.branch, first_month=upload.first_month, last_month=upload.last_month,
        reason="示例", granted_by=office, granted_at=NOW,
    )  # fmt: skip
    closed = lock_period("donations", upload.branch, Period.parse("2019"), user=office, now=NOW)
    unlock_request = UnlockRequest.objects.create(
        branch=upload.branch, lock=closed, reason="示例", asked_by=clerk, asked_at=NOW
    )
    parcel = dropped_files.store_dropped_file(
        clerk, content=b"-", filename="表.csv", prefill={}, now=NOW
    )
    confirmation = AccountActionRequest.objects.create(
        verb=ActionVerb.RESET_PASSWORD, person=clerk, asked_by=person(Role.ADMINISTRATOR, "53"),
        asked_at=timezone.now(),
    )  # fmt: skip
    objects = {
        "notice-open": Notice.objects.get(user=clerk).pk, "exemption-revoke": excused.pk,
        "lock-unlock": closed.pk, "lock-ask": closed.pk, "lock-answer": unlock_request.pk,
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
        "person": clerk.pk, "person-act": clerk.pk, "confirmation-decide": confirmation.pk,
        "report": report.pk, "report-word": report.pk, "report-figures": report.pk,
        "report-act": report.pk, "api-report": report.pk, "api-report-word": report.pk,
    }  # fmt: skip
    addresses = {
        name: reverse(name, kwargs=kwargs | {"pk": objects[name]})
        for name, kwargs in named_pages()
        if name in objects
    }
    addresses["reform-briefing"] = reverse("reform-briefing", kwargs={"code": "5301"})
    addresses["admin:donations_donation_change"] = reverse(
        "admin:donations_donation_change",
        args=[Giver.objects.get().donations.get().pk],
    )
    return addresses
