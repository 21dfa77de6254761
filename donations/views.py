"""The pages of funds, campaigns and givers."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, F, Q, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from donations.campaign_page import build_campaign_page
from donations.choices import CampaignKind
from donations.disclosure import list_due_disclosures
from donations.exports import DISCLOSURE, select_public_gifts
from donations.forms import MergeForm
from donations.fund_page import compute_fund_figures, select_fund_gifts
from donations.models import Campaign, Donation, Fund, Giver
from donations.panels import collect_panels
from donations.services import MergeError, merge_giver, separate_giver
from redcross.accounts.requests import SignedInRequest
from redcross.accounts.rules import READ_ROLES, REVIEW_ROLES, has_role
from redcross.exports.delivery import deliver_export
from redcross.indicators.declare.declaration import registry
from redcross.indicators.query.query_params import parse_figure_query, query_context
from redcross.indicators.query.question import Question
from redcross.indicators.query.resolve import answer_questions
from redcross.periods import business_date

PAGE_SIZE = 50


@login_required
@require_GET
def funds(request: SignedInRequest) -> HttpResponse:
    """Show every fund with the gifts of society in the period and a year before."""
    query = parse_figure_query(request)
    raised = registry["donations.raised"]
    current, year_before = answer_questions(
        Question(raised, query.period, query.branch, own=query.own, by=("fund",)),
        Question(raised, query.period.same_last_year, query.branch, own=query.own, by=("fund",)),
    )
    current_of = {figure.category_key: figure for figure in current}
    year_before_of = {figure.category_key: figure for figure in year_before}
    rows = [
        (fund, current_of.get(fund.pk), year_before_of.get(fund.pk))
        for fund in Fund.objects.order_by("retired", "kind", "name")
    ]
    return render(request, "donations/funds.html", {**query_context(query), "rows": rows})


@login_required
@require_GET
def fund(request: SignedInRequest, code: str) -> HttpResponse:
    """Show a fund: figures by year and month, its gifts, and the panels of other apps."""
    query = parse_figure_query(request)
    fund = get_object_or_404(Fund, code=code)
    gifts = Paginator(select_fund_gifts(fund, query, request.user), PAGE_SIZE)
    context = {
        **query_context(query),
        "fund": fund,
        **compute_fund_figures(fund, query),
        "panels": collect_panels(fund, query.branch, request.user),
        "page": gifts.get_page(request.GET.get("page")),
        "may_read_names": has_role(request.user, READ_ROLES, query.branch),
    }
    return render(request, "donations/fund.html", context)


@login_required
@require_GET
def disclosure(request: SignedInRequest) -> HttpResponse:
    """Send the gifts of a branch, period, fund or campaign as a list fit for the public."""
    query = parse_figure_query(request)
    params = {"branch": query.branch.code, "period": str(query.period)}
    params |= {name: request.GET[name] for name in ("fund", "campaign") if request.GET.get(name)}
    gifts, _, _ = select_public_gifts(request.user, params)
    return deliver_export(
        request, DISCLOSURE, "disclosure.xlsx", params, rows=gifts.count(),
        branch_code=query.branch.code,
    )  # fmt: skip


@login_required
@require_GET
def campaigns(request: SignedInRequest) -> HttpResponse:
    """Show fundraising days and appeals, the newest first."""
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
    """Show a campaign: its figure, the money received, its rank, by branch, and disclosures."""
    query = parse_figure_query(request)
    campaign = get_object_or_404(Campaign, code=code)
    today = business_date(timezone.now())
    context = {
        **query_context(query),
        **build_campaign_page(campaign, query.branch, request.user),
        "due_disclosures": [
            (disclosure, disclosure.is_late(today))
            for disclosure in list_due_disclosures(campaign, today)
        ],
        "may_read_names": has_role(request.user, READ_ROLES, query.branch, domain="donations"),
    }
    return render(request, "donations/campaign.html", context)


@login_required
@require_GET
def givers(request: SignedInRequest) -> HttpResponse:
    """Show organisations that gave, those with the most gifts first."""
    if not has_role(request.user, READ_ROLES, domain="donations"):
        raise PermissionDenied
    rows = Giver.objects.visible_to(request.user).filter(merged_into__isnull=True)
    words = request.GET.get("q", "").strip()
    if words:
        rows = rows.filter(Q(name__icontains=words) | Q(merged__name__icontains=words)).distinct()
    counted = rows.select_related("branch").annotate(
        gifts=Count("donations", distinct=True), other_names=Count("merged", distinct=True)
    )
    page = Paginator(counted.order_by(F("gifts").desc(), "name", "pk"), PAGE_SIZE)
    context = {"page": page.get_page(request.GET.get("page")), "words": words}
    return render(request, "donations/givers.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def giver(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show the gifts of a giver under all names; a desk decides which names are one giver."""
    visible = Giver.objects.visible_to(request.user)
    giver = get_object_or_404(visible.select_related("branch", "merged_into"), pk=pk)
    request.seen_branch = giver.branch.code
    if not has_role(request.user, READ_ROLES, giver.branch, domain="donations"):
        raise PermissionDenied
    may_merge = has_role(request.user, REVIEW_ROLES, giver.branch, domain="donations")
    candidates = visible.filter(merged_into__isnull=True)
    form = MergeForm(request.POST or None, giver=giver, candidates=candidates)
    if request.method == "POST":
        if not may_merge:
            raise PermissionDenied
        if _apply_merge_form(request, giver, form):
            return redirect("giver", pk=pk)
    gifts = Donation.objects.visible_to(request.user).of_giver(giver)
    page = Paginator(
        gifts.select_related("branch", "fund").order_by("-received_on", "-pk"), PAGE_SIZE
    )
    context = {
        "giver": giver,
        "names": visible.filter(merged_into=giver),
        "form": form,
        "may_merge": may_merge,
        "total": gifts.aggregate(value=Sum("value"))["value"],
        "page": page.get_page(request.GET.get("page")),
    }
    return render(request, "donations/giver.html", context)


def _apply_merge_form(request: SignedInRequest, giver: Giver, form: MergeForm) -> bool:
    """Merge or separate a giver as the form demands; return whether anything was done."""
    if "separate" in request.POST:
        separate_giver(giver, user=request.user)
        messages.success(request, f"“{giver}”已恢复为单独的捐赠人。")
        return True
    if not form.is_valid():
        return False
    into = form.cleaned_data["into"]
    try:
        merge_giver(giver, into, user=request.user)
    except MergeError as error:
        form.add_error("into", str(error))
        return False
    messages.success(request, f"“{giver}”已并入“{into}”，捐赠明细未改动，可随时恢复。")
    return True
