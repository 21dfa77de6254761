"""The room of an event, and what stands ready before the next."""

import dataclasses
import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import F, Sum
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from donations.models import Donation
from redcross.accounts.requests import SignedInRequest
from redcross.accounts.rules import has_role, home_branch
from redcross.branches.models import Branch
from redcross.dashboards.compose import compose_map
from redcross.indicators.declare.declaration import registry
from redcross.indicators.query.query_params import FIGURE_ROLES
from redcross.indicators.query.question import Question
from redcross.indicators.query.resolve import answer_questions
from redcross.periods import Period, business_date, month_start
from redcross.uploads.choices import REVIEW_STATES
from redcross.uploads.models import Upload
from relief.models import (
    Dispatch,
    Engagement,
    Event,
    EventResponse,
    Need,
    RescueTeam,
    StockLevel,
    StockMovement,
)

DISPATCH_INDICATORS = (
    "relief.teams_dispatched",
    "relief.dispatched_times",
    "relief.responder_times",
    "relief.volunteers_engaged",
    "relief.goods_sent",
)
MAX_ROWS = 200


def _load_home_branch(request: SignedInRequest) -> Branch:
    home = home_branch(request.user)
    if home is None or not has_role(request.user, FIGURE_ROLES):
        raise Http404
    return home


@login_required
@require_GET
def events(request: SignedInRequest) -> HttpResponse:
    """Every event with its latest response level, the newest first."""
    _load_home_branch(request)
    latest: dict[str, EventResponse] = {}
    told = EventResponse.objects.visible_to(request.user).order_by("declared_on", "pk")
    for each in told:
        latest[each.event_id] = each
    rows = [(event, latest.get(event.pk)) for event in Event.objects.order_by("-happened_on")]
    return render(request, "relief/events.html", {"rows": rows})


@dataclasses.dataclass(frozen=True, slots=True)
class TimelineEntry:
    """Something that happened in an event on a day."""

    day: dt.date
    what: str
    words: str
    upload: int
    source: str


@login_required
@require_GET
def event(request: SignedInRequest, code: str) -> HttpResponse:
    """The room of an event: what came, what went, who was sent, what is still needed."""
    branch = _load_home_branch(request)
    found = get_object_or_404(Event.objects.select_related("appeal"), code=code)
    today = business_date(timezone.now())
    period = Period(month_start(found.happened_on), month_start(max(today, found.happened_on)))
    asked = [
        Question(registry[key], period, branch, by=("event",), category=found.pk)
        for key in DISPATCH_INDICATORS
    ]
    received = (
        [
            Question(
                registry["donations.received_for_event"],
                period,
                branch,
                by=("campaign",),
                category=found.appeal_id,
            ),
            *(
                Question(
                    registry["donations.received_for_event"],
                    period,
                    branch,
                    by=(breakdown,),
                )
                for breakdown in ("campaign+source", "campaign+form")
            ),
        ]
        if found.appeal_id
        else []
    )
    sent_from = Question(
        registry["relief.responder_times"],
        period,
        branch,
        by=("branch", "event"),
        category=found.pk,
    )
    *answers, by_branch = answer_questions(*asked, *received, sent_from)
    here = (found.longitude, found.latitude)
    of_event = {"event": found}
    responses = EventResponse.objects.visible_to(request.user).filter(**of_event)
    needs = (
        Need.objects.visible_to(request.user)
        .filter(**of_event)
        .annotate(lacking=F("quantity") - F("met"))
    )
    moments = sorted(_list_timeline(request, found), key=lambda each: each.day, reverse=True)
    context = {
        "event": found,
        "branch": branch,
        "period": period,
        "sent": [lines[0] for lines in answers[: len(DISPATCH_INDICATORS)]],
        "received": answers[len(DISPATCH_INDICATORS)][0] if received else None,
        "map": None
        if found.outside_province
        else compose_map(branch, by_branch, point=here if None not in here else None),  # type: ignore[arg-type]
        "by_source": _select_appeal_lines(answers[len(DISPATCH_INDICATORS) + 1], found.appeal_id)
        if received
        else [],
        "by_form": _select_appeal_lines(answers[len(DISPATCH_INDICATORS) + 2], found.appeal_id)
        if received
        else [],
        "by_day": _sum_gifts_by_day(request, found) if received else [],
        "responses": responses.select_related("branch").order_by("declared_on", "pk"),
        "needs": needs.select_related("branch").order_by("-lacking", "item")[:MAX_ROWS],
        "moments": moments[:MAX_ROWS],
        "waiting": _list_pending_uploads(request, period),
    }
    return render(request, "relief/event.html", context)


def _select_appeal_lines(lines: list[Any], appeal: str | None) -> list[tuple[str, Any]]:
    return [
        (line.category.partition("/")[2], line)
        for line in lines
        if line.category_key.startswith(f"{appeal}/") and line.value is not None
    ]


def _sum_gifts_by_day(request: SignedInRequest, found: Event) -> list[Any]:
    """Return what came on each day, from the records themselves."""
    gifts = Donation.objects.visible_to(request.user).filter(campaign=found.appeal)
    days = gifts.values("received_on").annotate(value=Sum("value")).order_by("received_on")
    return list(days[:MAX_ROWS])


def _list_timeline(request: SignedInRequest, found: Event) -> Iterator[TimelineEntry]:
    dispatches = Dispatch.objects.visible_to(request.user).filter(event=found)
    for each in dispatches.select_related("branch").order_by("-dispatched_on")[:MAX_ROWS]:
        words = f"{each.branch}{each.team}{each.batches}批{each.people_times}人次{each.work}"
        yield _timeline_entry(each.dispatched_on, each.get_form_display(), words, each)
    engaged = Engagement.objects.visible_to(request.user).filter(event=found)
    for one in engaged.select_related("branch").order_by("-engaged_on")[:MAX_ROWS]:
        words = f"{one.branch}志愿者{one.volunteers}名{one.work}"
        yield _timeline_entry(one.engaged_on, "志愿者", words, one)
    moved = StockMovement.objects.visible_to(request.user).filter(event=found)
    for goods in moved.select_related("branch", "item").order_by("-moved_on")[:MAX_ROWS]:
        words = f"{goods.branch}{goods.item}{goods.quantity.normalize():f}{goods.item.unit}"
        to = f"，{goods.counterpart}" if goods.counterpart else ""
        yield _timeline_entry(goods.moved_on, goods.get_movement_display(), words + to, goods)


def _timeline_entry(day: dt.date, what: str, words: str, record: Any) -> TimelineEntry:
    return TimelineEntry(day, what, words, record.upload_id, record.source_label)


def _list_pending_uploads(request: SignedInRequest, period: Period) -> list[Upload]:
    """Return the uploads that wait for approval and may tell of the event (快报)."""
    sheets = ("relief.dispatches", "relief.engagements", "relief.needs", "relief.stock")
    waiting = Upload.objects.visible_to(request.user).filter(
        sheet__in=sheets,
        state__in=REVIEW_STATES,
        last_month__gte=period.first or period.last,
    )
    return list(waiting.select_related("branch").order_by("-pk")[:20])


@login_required
@require_GET
def readiness(request: SignedInRequest) -> HttpResponse:
    """Rescue teams by branch, and what lies in store against what should."""
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
