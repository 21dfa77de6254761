"""The pages of first aid: classes, their certificates, what falls due, and the check page."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from redcross.accounts.masks import mask_name
from redcross.accounts.requests import SignedInRequest
from redcross.accounts.rules import READ_ROLES, has_role
from redcross.files import Sensitivity, file_response
from redcross.periods import Period, UnknownPeriodError, business_date
from training.certificates import render_certificates
from training.choices import Course, Result
from training.models import Device, Enrolment, TrainingClass

PAGE_SIZE = 20
MAX_NUMBER_LENGTH = 40
EXPIRY_NOTICE = dt.timedelta(days=90)


def _require_reader(request: SignedInRequest) -> None:
    if not has_role(request.user, READ_ROLES, domain="training"):
        raise Http404


@login_required
@require_GET
def classes(request: SignedInRequest) -> HttpResponse:
    """Every class of the user's branches, the newest first."""
    _require_reader(request)
    found, message = _filter_classes(request)
    found = found.select_related("branch").annotate(
        people=Count("enrolments"),
        passed=Count("enrolments", filter=Q(enrolments__result=Result.PASSED)),
    )
    page = Paginator(found.order_by("-held_on", "-pk"), PAGE_SIZE)
    context = {
        "page": page.get_page(request.GET.get("page")),
        "courses": Course.choices,
        "course": request.GET.get("course", ""),
        "search": request.GET.get("q", "").strip(),
        "period": request.GET.get("period", ""),
        "message": message,
    }
    return render(request, "training/classes.html", context)


def _filter_classes(request: SignedInRequest) -> tuple[QuerySet[TrainingClass], str]:
    found: QuerySet[TrainingClass] = TrainingClass.objects.visible_to(request.user)
    course, search = request.GET.get("course", ""), request.GET.get("q", "").strip()
    if course in Course.values:
        found = found.filter(course=course)
    if search:
        named = Q(number__icontains=search) | Q(partner__icontains=search)
        found = found.filter(named | Q(branch__short_name__icontains=search))
    text = request.GET.get("period", "").strip()
    if not text:
        return found, ""
    try:
        period = Period.parse(text)
    except UnknownPeriodError as error:
        return found, str(error)
    return found.filter(held_on__gte=period.start, held_on__lt=period.end), ""


def _load_class(request: SignedInRequest, pk: int) -> TrainingClass:
    _require_reader(request)
    visible = TrainingClass.objects.visible_to(request.user).select_related("branch")
    found = get_object_or_404(visible, pk=pk)
    request.seen_branch = found.branch.code
    return found


def _class_enrolments(request: SignedInRequest, found: TrainingClass) -> QuerySet[Enrolment]:
    """Return the people of a class, of the class's own branch."""
    people = Enrolment.objects.visible_to(request.user).filter(training_class=found)
    return people.select_related("branch").order_by("upload_row", "pk")


@login_required
@require_GET
def training_class(request: SignedInRequest, pk: int) -> HttpResponse:
    """A class from its roster to its certificates."""
    found = _load_class(request, pk)
    people = list(_class_enrolments(request, found))
    named = has_role(request.user, READ_ROLES, found.branch, domain="training")
    today = business_date(timezone.now())
    passed = sum(person.result == Result.PASSED for person in people)
    rows = [
        {
            "person": person,
            "name": person.name if named else mask_name(person.name),
            "state": _certificate_status(person, today),
        }
        for person in people
    ]
    context = {
        "class": found,
        "rows": rows,
        "passed": passed,
        "rate": f"{passed * 100 / len(people):.1f}%" if people else "—",
        "certified": sum(bool(person.certificate_number) for person in people),
    }
    return render(request, "training/class.html", context)


def _certificate_status(person: Enrolment, today: dt.date) -> str:
    """Return where a person's certificate stands today."""
    if not person.certificate_number:
        return "—"
    if person.revoked_on:
        return "已注销"
    if person.expires_on is None:
        return "有效"
    if person.expires_on < today:
        return "已过期"
    return "90天内到期" if person.expires_on <= today + EXPIRY_NOTICE else "有效"


@login_required
@require_GET
def class_certificates(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give the certificates of those who hold one, to print."""
    found = _load_class(request, pk)
    held = [
        person
        for person in _class_enrolments(request, found).certified().passed()  # type: ignore[attr-defined]
        if person.revoked_on is None
    ]
    if not held:
        raise Http404
    notice = settings.DEMO_NOTICE if settings.DEMO else ""
    return file_response(
        render_certificates(held, notice=notice),
        f"certificates-{found.pk}.docx",
        sensitivity=Sensitivity.PERSONAL,
        rows=len(held),
        branch_code=found.branch.code,
    )


@login_required
@require_GET
def worklists(request: SignedInRequest) -> HttpResponse:
    """Certificates that end soon, devices to inspect or to mend."""
    _require_reader(request)
    today = business_date(timezone.now())
    expiring = Enrolment.objects.visible_to(request.user).expiring(today)
    devices = Device.objects.visible_to(request.user)
    context: dict[str, Any] = {
        "today": today,
        "expiring": [
            (person, mask_name(person.name))
            for person in expiring.select_related("branch").order_by("expires_on", "pk")[:200]
        ],
        "expiring_count": expiring.count(),
        "to_inspect": devices.to_inspect(today).select_related("branch")[:200],
        "wearing_out": devices.wearing_out(today).select_related("branch")[:200],
    }
    return render(request, "training/worklists.html", context)


@require_GET
def check_certificate(request: HttpRequest, number: str) -> HttpResponse:
    """Tell a stranger whether a certificate holds: masked, rarely, and only where it is on."""
    if not settings.CERTIFICATE_CHECK:
        raise Http404
    found = _find_certificates(number) if len(number) <= MAX_NUMBER_LENGTH else []
    return render(
        request, "training/check.html", {"number": number[:MAX_NUMBER_LENGTH], "found": found}
    )


def _find_certificates(number: str) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM training_certificate_check(%s)", [number.replace("\0", "")])
        rows = cursor.fetchall()
    today = business_date(timezone.now())
    return [
        {
            "name": name,
            "course": Course(course).label,
            "expires_on": expires_on,
            "state": "已注销"
            if revoked
            else "已过期"
            if expires_on and expires_on < today
            else "有效",
        }
        for name, course, expires_on, revoked in rows
    ]
