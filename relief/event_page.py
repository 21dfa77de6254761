"""What the page of an event shows: figures, needs, a timeline, and uploads still in review."""

import dataclasses
import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import F, QuerySet, Sum

from donations.models import Donation
from redcross.accounts.models import User
from redcross.branches.models import Branch
from redcross.dashboards.compose import compose_map
from redcross.indicators.declare.declaration import registry
from redcross.indicators.query.question import Figure, Question
from redcross.indicators.query.resolve import answer_questions
from redcross.periods import Period, month_start
from redcross.uploads.choices import REVIEW_STATES
from redcross.uploads.models import Upload
from relief.models import Dispatch, Engagement, Event, EventResponse, Need, StockMovement

MAX_ROWS = 200
_MAX_PENDING = 20
_RECEIVED = "donations.received_for_event"
_DISPATCH_INDICATORS = (
    "relief.teams_dispatched",
    "relief.dispatched_times",
    "relief.responder_times",
    "relief.volunteers_engaged",
    "relief.goods_sent",
)
_REPORTING_SHEETS = ("relief.dispatches", "relief.engagements", "relief.needs", "relief.stock")


@dataclasses.dataclass(frozen=True, slots=True)
class TimelineEntry:
    """Something that happened in an event on a day, and the upload that reports it."""

    day: dt.date
    category: str
    text: str
    upload: int
    source: str


def build_event_page(event: Event, branch: Branch, *, user: User, today: dt.date) -> dict[str, Any]:
    """Return what the page of an event shows of a branch and those below it."""
    period = Period(month_start(event.happened_on), month_start(max(today, event.happened_on)))
    timeline = sorted(_list_timeline(event, user), key=lambda entry: entry.day, reverse=True)
    return {
        "event": event,
        "branch": branch,
        "figure_params": f"branch={branch.code}&period={period}",
        **_compute_figures(event, branch, period),
        "by_day": _sum_gifts_by_day(event, user) if event.appeal_id else [],
        "responses": EventResponse.objects.visible_to(user)
        .filter(event=event)
        .select_related("branch")
        .order_by("declared_on", "pk"),
        "needs": _list_needs(event, user),
        "timeline": timeline[:MAX_ROWS],
        "pending": _list_pending_uploads(user, period),
    }


def _compute_figures(event: Event, branch: Branch, period: Period) -> dict[str, Any]:
    """Return the event's figures, its gifts by source and form, and the map of people sent."""
    dispatch_questions = [
        Question(registry[key], period, branch, by=("event",), category=event.pk)
        for key in _DISPATCH_INDICATORS
    ]
    by_branch_question = Question(
        registry["relief.responder_times"],
        period,
        branch,
        by=("branch", "event"),
        category=event.pk,
    )
    by_branch, *answers = answer_questions(
        by_branch_question, *dispatch_questions, *_gift_questions(event, branch, period)
    )
    sent, gifts = answers[: len(dispatch_questions)], answers[len(dispatch_questions) :]
    received, by_source, by_form = gifts or ([None], [], [])
    return {
        "sent": [figures[0] for figures in sent],
        "received": received[0],
        "by_source": _select_appeal_lines(by_source, event.appeal_id),
        "by_form": _select_appeal_lines(by_form, event.appeal_id),
        "map": _compose_event_map(event, branch, by_branch),
    }


def _gift_questions(event: Event, branch: Branch, period: Period) -> list[Question]:
    """Return the questions after gifts: in all, by source, by form; none without an appeal."""
    if not event.appeal_id:
        return []
    received = registry[_RECEIVED]
    return [
        Question(received, period, branch, by=("campaign",), category=event.appeal_id),
        Question(received, period, branch, by=("campaign+source",)),
        Question(received, period, branch, by=("campaign+form",)),
    ]


def _select_appeal_lines(figures: Sequence[Figure], appeal: str | None) -> list[tuple[str, Figure]]:
    """Return the second part of the category and the figure of each line of an appeal."""
    return [
        (figure.category.partition("/")[2], figure)
        for figure in figures
        if figure.category_key.startswith(f"{appeal}/") and figure.value is not None
    ]


def _compose_event_map(event: Event, branch: Branch, figures: list[Figure]) -> Any:
    if event.outside_province:
        return None
    if event.longitude is None or event.latitude is None:
        return compose_map(branch, figures)
    return compose_map(branch, figures, point=(event.longitude, event.latitude))


def _list_needs(event: Event, user: User) -> "QuerySet[Need]":
    """Return the needs of an event, those that lack the most first."""
    needs = Need.objects.visible_to(user).filter(event=event)
    lacking = needs.annotate(lacking=F("quantity") - F("met")).select_related("branch")
    return lacking.order_by("-lacking", "item")[:MAX_ROWS]


def _sum_gifts_by_day(event: Event, user: User) -> list[Any]:
    """Return the amount received on each day, from the records themselves."""
    gifts = Donation.objects.visible_to(user).filter(campaign=event.appeal)
    days = gifts.values("received_on").annotate(value=Sum("value")).order_by("received_on")
    return list(days[:MAX_ROWS])


def _list_timeline(event: Event, user: User) -> Iterator[TimelineEntry]:
    """Yield the people sent, the volunteers and the goods moved."""
    dispatches = Dispatch.objects.visible_to(user).filter(event=event)
    for dispatch in dispatches.select_related("branch").order_by("-dispatched_on")[:MAX_ROWS]:
        text = (
            f"{dispatch.branch}{dispatch.team}{dispatch.batches}批"
            f"{dispatch.people_times}人次{dispatch.work}"
        )
        yield _timeline_entry(dispatch.dispatched_on, dispatch.get_form_display(), text, dispatch)
    engagements = Engagement.objects.visible_to(user).filter(event=event)
    for engagement in engagements.select_related("branch").order_by("-engaged_on")[:MAX_ROWS]:
        text = f"{engagement.branch}志愿者{engagement.volunteers}名{engagement.work}"
        yield _timeline_entry(engagement.engaged_on, "志愿者", text, engagement)
    movements = StockMovement.objects.visible_to(user).filter(event=event)
    for goods in movements.select_related("branch", "item").order_by("-moved_on")[:MAX_ROWS]:
        text = f"{goods.branch}{goods.item}{goods.quantity.normalize():f}{goods.item.unit}"
        target = f"，{goods.counterpart}" if goods.counterpart else ""
        yield _timeline_entry(goods.moved_on, goods.get_movement_display(), text + target, goods)


def _timeline_entry(day: dt.date, category: str, text: str, record: Any) -> TimelineEntry:
    return TimelineEntry(day, category, text, record.upload_id, record.source_label)


def _list_pending_uploads(user: User, period: Period) -> list[Upload]:
    """Return uploads in review that may report of the event (快报), the newest first."""
    pending = Upload.objects.visible_to(user).filter(
        sheet__in=_REPORTING_SHEETS,
        state__in=REVIEW_STATES,
        last_month__gte=period.first or period.last,
    )
    return list(pending.select_related("branch").order_by("-pk")[:_MAX_PENDING])
