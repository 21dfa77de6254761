"""The pages of funds and campaigns."""

import functools

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Max, Min
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from donations.choices import CampaignKind, Source
from donations.models import Campaign, CampaignResult, Donation, Fund
from donations.panels import panels_of
from redcross.accounts.requests import SignedInRequest
from redcross.accounts.rules import READING, holds
from redcross.indicators.answers import Question, ask
from redcross.indicators.asking import asked_of
from redcross.indicators.declaration import registry
from redcross.periods import Period, month_start

YEARS = 5
PAGE = 50


@login_required
@require_GET
def funds(request: SignedInRequest) -> HttpResponse:
    """Every fund with what society gave for it in the period."""
    asked = asked_of(request)
    raised = registry["donations.raised"]
    lines, before = ask(
        Question(raised, asked.period, asked.branch, own=asked.own, by=("fund",)),
        Question(raised, asked.period.same_last_year, asked.branch, own=asked.own, by=("fund",)),
    )
    now = {line.category_key: line for line in lines}
    then = {line.category_key: line for line in before}
    rows = [
        (fund, now.get(fund.pk), then.get(fund.pk))
        for fund in Fund.objects.order_by("retired", "kind", "name")
    ]
    return render(request, "donations/funds.html", {"asked": asked, "rows": rows})


@login_required
@require_GET
def fund(request: SignedInRequest, code: str) -> HttpResponse:
    """A fund: what came by year and month, by which way, and what hangs on it."""
    asked = asked_of(request)
    found = get_object_or_404(Fund, code=code)
    raised = registry["donations.raised"]
    last = asked.period.last.year
    years = [Period.year(year) for year in range(last - YEARS + 1, last + 1)]
    answers = ask(
        *(
            Question(raised, year, asked.branch, own=asked.own, by=("fund",), category=found.pk)
            for year in years
        ),
        Question(
            raised,
            Period.year(last),
            asked.branch,
            own=asked.own,
            by=("month", "fund"),
            category=found.pk,
        ),
    )
    gifts = Donation.objects.visible_to(request.user).filter(
        fund=found,
        source=Source.SOCIETY,
        received_on__gte=asked.period.start,
        received_on__lt=asked.period.end,
        branch__code__startswith=asked.branch.code,
    )
    context = {
        "asked": asked,
        "fund": found,
        "years": [lines[0] for lines in answers[:-1]],
        "months": answers[-1],
        "panels": panels_of(found, asked.branch, request.user),
        "page": Paginator(
            gifts.select_related("branch", "upload").order_by("-received_on", "-pk"), PAGE
        ).get_page(request.GET.get("page")),
        "named": holds(request.user, READING, asked.branch),
    }
    return render(request, "donations/fund.html", context)


@login_required
@require_GET
def campaigns(request: SignedInRequest) -> HttpResponse:
    """Fundraising days and appeals, the newest first."""
    rows = Campaign.objects.order_by("-starts_on", "name")
    kind = request.GET.get("kind", "")
    if kind in CampaignKind.values:
        rows = rows.filter(kind=kind)
    context = {"rows": rows, "kinds": CampaignKind.choices, "kind": kind}
    return render(request, "donations/campaigns.html", context)


@login_required
@require_GET
def campaign(request: SignedInRequest, code: str) -> HttpResponse:
    """A campaign: its own figure, what has arrived of it, its rank, and by branch."""
    asked = asked_of(request)
    found = get_object_or_404(Campaign, code=code)
    period = _life_of(request, found)
    appeal = found.kind == CampaignKind.APPEAL
    key = "donations.received_for_event" if appeal else "donations.campaign_raised"
    whole = functools.partial(
        Question, period=period, branch=asked.branch, by=("campaign",), category=found.pk
    )
    figure, arrived, rank, by_branch, by_form = ask(
        whole(registry[key]),
        whole(registry["donations.raised"]),
        whole(registry["donations.national_rank"]),
        Question(registry[key], period, asked.branch, by=("branch", "campaign"), category=found.pk),
        Question(
            registry["donations.received_for_event"],
            period,
            asked.branch,
            by=("campaign+source",),
        ),
    )
    results = CampaignResult.objects.visible_to(request.user).filter(campaign=found)
    context = {
        "asked": asked,
        "campaign": found,
        "appeal": appeal,
        "period": period,
        "figure": figure[0],
        "arrived": arrived[0],
        "share": _share(arrived[0].value, figure[0].value),
        "rank": rank[0],
        "by_branch": [line for line in by_branch if line.value is not None],
        "by_source": [
            (line.category.partition("/")[2], line)
            for line in by_form
            if line.category_key.startswith(f"{found.pk}/") and line.value is not None
        ]
        if appeal
        else [],
        "results": results.select_related("branch", "upload").order_by("branch__code")[:200],
    }
    return render(request, "donations/campaign.html", context)


def _life_of(request: SignedInRequest, found: Campaign) -> Period:
    """Return the months in which something of a campaign happened."""
    gifts = Donation.objects.visible_to(request.user).filter(campaign=found)
    results = CampaignResult.objects.visible_to(request.user).filter(campaign=found)
    span = gifts.aggregate(first=Min("received_on"), last=Max("received_on"))
    closed = results.aggregate(last=Max("closed_on"))["last"]
    first = min(filter(None, (span["first"], found.starts_on)))
    last = max(filter(None, (span["last"], closed, found.ends_on, found.starts_on)))
    return Period(month_start(first), month_start(last))


def _share(arrived: object, whole: object) -> str:
    if not arrived or not whole:
        return "—"
    return f"{arrived * 100 / whole:.1f}%"  # type: ignore[operator]
