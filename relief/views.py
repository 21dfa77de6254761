"""The pages of events and of readiness for the next one."""

from django.contrib.auth.decorators import login_required
from django.db.models import Sum
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from redcross.accounts.requests import SignedInRequest
from redcross.accounts.rules import has_role, home_branch
from redcross.branches.models import Branch
from redcross.indicators.query.query_params import FIGURE_ROLES
from redcross.periods import business_date
from relief.event_page import MAX_ROWS, build_event_page
from relief.models import Event, EventResponse, RescueTeam, StockLevel


def _load_home_branch(request: SignedInRequest) -> Branch:
    home = home_branch(request.user)
    if home is None or not has_role(request.user, FIGURE_ROLES):
        raise Http404
    return home


@login_required
@require_GET
def events(request: SignedInRequest) -> HttpResponse:
    """Show every event with its latest response level, the newest first."""
    _load_home_branch(request)
    responses = EventResponse.objects.visible_to(request.user).order_by("declared_on", "pk")
    latest = {response.event_id: response for response in responses}
    rows = [(event, latest.get(event.pk)) for event in Event.objects.order_by("-happened_on")]
    return render(request, "relief/events.html", {"rows": rows})


@login_required
@require_GET
def event(request: SignedInRequest, code: str) -> HttpResponse:
    """Show an event: gifts received, people and goods sent, needs, and what happened when."""
    branch = _load_home_branch(request)
    event = get_object_or_404(Event.objects.select_related("appeal"), code=code)
    context = build_event_page(
        event, branch, user=request.user, today=business_date(timezone.now())
    )
    return render(request, "relief/event.html", context)


@login_required
@require_GET
def readiness(request: SignedInRequest) -> HttpResponse:
    """Show rescue teams by branch, and goods in stores against the reserve required."""
    branch = _load_home_branch(request)
    today = business_date(timezone.now())
    teams = (
        RescueTeam.objects.visible_to(request.user)
        .filter(founded_on__lte=today)
        .exclude(dissolved_on__lt=today)
        .select_related("branch")
        .order_by("branch__code", "team_kind")
    )
    stock = (
        StockLevel.objects.visible_to(request.user)
        .select_related("branch", "item")
        .order_by("branch__code", "store", "item__name")
    )
    context = {
        "branch": branch,
        "teams": teams[:MAX_ROWS],
        "people": teams.aggregate(people=Sum("people"))["people"] or 0,
        "stock": stock[:MAX_ROWS],
    }
    return render(request, "relief/readiness.html", context)
