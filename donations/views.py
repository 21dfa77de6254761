"""The pages of funds and campaigns."""

import dataclasses
import functools
from decimal import Decimal

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, F, Max, Min, Q, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from donations.choices import CampaignKind, Source
from donations.disclosure import list_due_disclosures
from donations.exports import DISCLOSURE, select_public_gifts
from donations.forms import MergeForm
from donations.models import Campaign, CampaignResult, Donation, Fund, Giver
from donations.panels import collect_panels
from donations.services import MergeError, merge_giver, separate_giver
from redcross.accounts.requests import SignedInRequest
from redcross.accounts.rules import READ_ROLES, REVIEW_ROLES, has_role
from redcross.exports.delivery import deliver_export
from redcross.indicators.declare.declaration import registry
from redcross.indicators.query.query_params import parse_figure_query, query_context
from redcross.indicators.query.question import Figure, Question
from redcross.indicators.query.resolve import answer_questions
from redcross.periods import Period, business_date, month_start

YEARS_SHOWN = 5
PAGE_SIZE = 50


@login_required
@require_GET
def funds(request: SignedInRequest) -> HttpResponse:
    """Every fund with what society gave for it in the period."""
    asked = parse_figure_query(request)
    raised = registry["donations.raised"]
    lines, before = answer_questions(
        Question(raised, asked.period, asked.branch, own=asked.own, by=("fund",)),
        Question(raised, asked.period.same_last_year, asked.branch, own=asked.own, by=("fund",)),
    )
    now = {line.category_key: line for line in lines}
    then = {line.category_key: line for line in before}
    rows = [
        (fund, now.get(fund.pk), then.get(fund.pk))
        for fund in Fund.objects.order_by("retired", "kind", "name")
    ]
    return render(request, "donations/funds.html", {**query_context(asked), "rows": rows})


@login_required
@require_GET
def fund(request: SignedInRequest, code: str) -> HttpResponse:
    """A fund: what came by year and month, by which way, and what hangs on it."""
    asked = parse_figure_query(request)
    found = get_object_or_404(Fund, code=code)
    raised = registry["donations.raised"]
    last = asked.period.last.year
    years = [Period.year(year) for year in range(last - YEARS_SHOWN + 1, last + 1)]
    through = Period(None, asked.period.last)
    kept = ("donations.raised_total", "donations.allocated_total")
    spent = ("donations.allocated", "donations.used")
    of_fund = functools.partial(
        Question, branch=asked.branch, own=asked.own, by=("fund",), category=found.pk
    )
    answers = answer_questions(
        *(of_fund(raised, year) for year in years),
        *(of_fund(registry[key], through) for key in kept),
        *(of_fund(registry[key], asked.period) for key in spent),
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
        **query_context(asked),
        "fund": found,
        "years": [lines[0] for lines in answers[:YEARS_SHOWN]],
        "balance": _compute_balance(
            *(lines[0] for lines in answers[YEARS_SHOWN : YEARS_SHOWN + 2])
        ),
        "spent": [lines[0] for lines in answers[YEARS_SHOWN + 2 : YEARS_SHOWN + 4]],
        "months": answers[-1],
        "panels": collect_panels(found, asked.branch, request.user),
        "page": Paginator(
            gifts.select_related("branch").order_by("-received_on", "-pk"), PAGE_SIZE
        ).get_page(request.GET.get("page")),
        "named": has_role(request.user, READ_ROLES, asked.branch),
    }
    return render(request, "donations/fund.html", context)


def _compute_balance(raised: Figure, allocated: Figure) -> Figure:
    """Return what is left of a fund: all that came for it less all that was paid out."""
    if raised.value is None and allocated.value is None:
        return raised
    left = (raised.value or Decimal(0)) - (allocated.value or Decimal(0))
    return dataclasses.replace(raised, value=left)


@login_required
@require_GET
def disclosure(request: SignedInRequest) -> HttpResponse:
    """Send the gifts of a branch, period, fund or campaign as a list fit for the public."""
    where = parse_figure_query(request)
    asked = {"branch": where.branch.code, "period": str(where.period)}
    asked |= {name: request.GET[name] for name in ("fund", "campaign") if request.GET.get(name)}
    gifts, _, _ = select_public_gifts(request.user, asked)
    return deliver_export(
        request, DISCLOSURE, "disclosure.xlsx", asked, rows=gifts.count(),
        branch_code=where.branch.code,
    )  # fmt: skip


@login_required
@require_GET
def campaigns(request: SignedInRequest) -> HttpResponse:
    """Fundraising days and appeals, the newest first."""
    parse_figure_query(request)
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
    asked = parse_figure_query(request)
    found = get_object_or_404(Campaign, code=code)
    period = _active_period(request, found)
    appeal = found.kind == CampaignKind.APPEAL
    key = "donations.received_for_event" if appeal else "donations.campaign_raised"
    whole = functools.partial(
        Question, period=period, branch=asked.branch, by=("campaign",), category=found.pk
    )
    figure, arrived, rank, by_branch, by_form = answer_questions(
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
    today = business_date(timezone.now())
    context = {
        **query_context(asked),
        "campaign": found,
        "appeal": appeal,
        "period": period,
        "figure": figure[0],
        "arrived": arrived[0],
        "share": _format_share(arrived[0].value, figure[0].value),
        "rank": rank[0],
        "by_branch": [line for line in by_branch if line.value is not None],
        "by_source": [
            (line.category.partition("/")[2], line)
            for line in by_form
            if line.category_key.startswith(f"{found.pk}/") and line.value is not None
        ]
        if appeal
        else [],
        "owed": [(each, each.is_late(today)) for each in list_due_disclosures(found, today)],
        "named": has_role(request.user, READ_ROLES, asked.branch, domain="donations"),
        "results": results.select_related("branch").order_by("branch__code")[:200],
    }
    return render(request, "donations/campaign.html", context)


def _active_period(request: SignedInRequest, found: Campaign) -> Period:
    """Return the months in which something of a campaign happened."""
    gifts = Donation.objects.visible_to(request.user).filter(campaign=found)
    results = CampaignResult.objects.visible_to(request.user).filter(campaign=found)
    span = gifts.aggregate(first=Min("received_on"), last=Max("received_on"))
    closed = results.aggregate(last=Max("closed_on"))["last"]
    first = min(filter(None, (span["first"], found.starts_on)))
    last = max(filter(None, (span["last"], closed, found.ends_on, found.starts_on)))
    return Period(month_start(first), month_start(last))


def _format_share(arrived: object, whole: object) -> str:
    if not arrived or not whole:
        return "—"
    return f"{arrived * 100 / whole:.1f}%"  # type: ignore[operator]


@login_required
@require_GET
def givers(request: SignedInRequest) -> HttpResponse:
    """Organisations that gave, by name; those given the most often first."""
    if not has_role(request.user, READ_ROLES, domain="donations"):
        raise PermissionDenied
    rows = Giver.objects.visible_to(request.user).filter(merged_into__isnull=True)
    words = request.GET.get("q", "").strip()
    if words:
        rows = rows.filter(Q(name__icontains=words) | Q(merged__name__icontains=words)).distinct()
    counted = rows.select_related("branch").annotate(
        gifts=Count("donations", distinct=True), also=Count("merged", distinct=True)
    )
    listed = counted.order_by(F("gifts").desc(), "name", "pk")
    page = Paginator(listed, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "donations/givers.html", {"page": page, "words": words})


@login_required
@require_http_methods(["GET", "POST"])
def giver(request: SignedInRequest, pk: int) -> HttpResponse:
    """A giver: all gifts under all his names; a desk decides which names are one giver."""
    found = get_object_or_404(
        Giver.objects.visible_to(request.user).select_related("branch", "merged_into"), pk=pk
    )
    request.seen_branch = found.branch.code
    if not has_role(request.user, READ_ROLES, found.branch, domain="donations"):
        raise PermissionDenied
    may_merge = has_role(request.user, REVIEW_ROLES, found.branch, domain="donations")
    others = Giver.objects.visible_to(request.user).filter(merged_into__isnull=True)
    form = MergeForm(request.POST or None, found=found, others=others)
    if request.method == "POST":
        if not may_merge:
            raise PermissionDenied
        if _apply_merge_form(request, found, form):
            return redirect("giver", pk=pk)
    gifts = Donation.objects.visible_to(request.user).filter(
        Q(giver=found) | Q(giver__merged_into=found)
    )
    context = {
        "giver": found,
        "names": Giver.objects.visible_to(request.user).filter(merged_into=found),
        "form": form,
        "may_merge": may_merge,
        "total": gifts.aggregate(value=Sum("value"))["value"],
        "page": Paginator(
            gifts.select_related("branch", "fund").order_by("-received_on", "-pk"), PAGE_SIZE
        ).get_page(request.GET.get("page")),
    }
    return render(request, "donations/giver.html", context)


def _apply_merge_form(request: SignedInRequest, found: Giver, form: MergeForm) -> bool:
    if "separate" in request.POST:
        separate_giver(found, user=request.user)
        messages.success(request, f"“{found}”已恢复为单独的捐赠人。")
        return True
    if not form.is_valid():
        return False
    into = form.cleaned_data["into"]
    try:
        merge_giver(found, into, user=request.user)
    except MergeError as error:
        form.add_error("into", str(error))
        return False
    messages.success(request, f"“{found}”已并入“{into}”，捐赠明细未改动，可随时恢复。")
    return True
