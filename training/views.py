"""The pages of first aid: classes, their certificates, deadlines, and the public check."""

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
from django.utils.http import urlencode
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
    """Show the classes of the user's branches, the newest first."""
    _require_reader(request)
    selected, message = _filter_classes(request)
    counted = selected.select_related("branch").annotate(
        people=Count("enrolments"),
        passed=Count("enrolments", filter=Q(enrolments__result=Result.PASSED)),
    )
    page = Paginator(counted.order_by("-held_on", "-pk"), PAGE_SIZE)
    course, period = request.GET.get("course", ""), request.GET.get("period", "")
    search = request.GET.get("q", "").strip()
    context = {
        "page": page.get_page(request.GET.get("page")),
        "courses": Course.choices,
        "course": course,
        "search": search,
        "period": period,
        "params": urlencode({"q": search, "course": course, "period": period}),
        "message": message,
    }
    return render(request, "training/classes.html", context)


def _filter_classes(request: SignedInRequest) -> tuple[QuerySet[TrainingClass], str]:
    """Return the classes that fit the address, and an error message for its period."""
    classes: QuerySet[TrainingClass] = TrainingClass.objects.visible_to(request.user)
    course, search = request.GET.get("course", ""), request.GET.get("q", "").strip()
    if course in Course.values:
        classes = classes.filter(course=course)
    if search:
        classes = classes.filter(
            Q(number__icontains=search)
            | Q(partner__icontains=search)
            | Q(branch__short_name__icontains=search)
        )
    text = request.GET.get("period", "").strip()
    if not text:
        return classes, ""
    try:
        period = Period.parse(text)
    except UnknownPeriodError as error:
        return classes, str(error)
    return classes.filter(held_on__gte=period.start, held_on__lt=period.end), ""


def _load_class(request: SignedInRequest, pk: int) -> TrainingClass:
    _require_reader(request)
    visible = TrainingClass.objects.visible_to(request.user).select_related("branch")
    training_class = get_object_or_404(visible, pk=pk)
    request.seen_branch = training_class.branch.code
    return training_class


def _class_enrolments(
    request: SignedInRequest, training_class: TrainingClass
) -> QuerySet[Enrolment]:
    """Return the enrolments of a class in the order of its roster."""
    enrolments = Enrolment.objects.visible_to(request.user).filter(training_class=training_class)
    return enrolments.select_related("branch").order_by("upload_row", "pk")


@login_required
@require_GET
def training_class(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show a class from its roster to its certificates."""
    training_class = _load_class(request, pk)
    enrolments = list(_class_enrolments(request, training_class))
    may_read_names = has_role(request.user, READ_ROLES, training_class.branch, domain="training")
    today = business_date(timezone.now())
    passed = sum(enrolment.result == Result.PASSED for enrolment in enrolments)
    rows = [
        {
            "person": enrolment,
            "name": enrolment.name if may_read_names else mask_name(enrolment.name),
            "certificate_status": _certificate_status(enrolment, today),
        }
        for enrolment in enrolments
    ]
    context = {
        "class": training_class,
        "rows": rows,
        "passed": passed,
        "rate": f"{passed * 100 / len(rows):.1f}%" if rows else "—",
        "certified": sum(bool(enrolment.certificate_number) for enrolment in enrolments),
    }
    return render(request, "training/class.html", context)


def _certificate_status(person: Enrolment, today: dt.date) -> str:
    """Return the status of a person's certificate today."""
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
    """Send the certificates of those who passed, to print."""
    training_class = _load_class(request, pk)
    enrolments = [
        person
        for person in _class_enrolments(request, training_class).certified().passed()  # type: ignore[attr-defined]
        if person.revoked_on is None
    ]
    if not enrolments:
        raise Http404
    notice = settings.DEMO_NOTICE if settings.DEMO else ""
    return file_response(
        render_certificates(enrolments, notice=notice),
        f"certificates-{training_class.pk}.docx",
        sensitivity=Sensitivity.PERSONAL,
        rows=len(enrolments),
        branch_code=training_class.branch.code,
    )


@login_required
@require_GET
def worklists(request: SignedInRequest) -> HttpResponse:
    """Show certificates that expire soon, and devices to inspect or to repair."""
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
    """Show anybody whether a certificate is valid: masked, and only where this is switched on."""
    if not settings.CERTIFICATE_CHECK:
        raise Http404
    certificates = _find_certificates(number) if len(number) <= MAX_NUMBER_LENGTH else []
    return render(
        request,
        "training/check.html",
        {"number": number[:MAX_NUMBER_LENGTH], "certificates": certificates},
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
