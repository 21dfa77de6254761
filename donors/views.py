"""The pages of donation cases, publicity and stem cells.

A page names a donor by his code only; the identity is in the vault. Nothing here ranks,
compares or colours a donation.
"""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from donors.choices import Step
from donors.models import DonationCase, PublicityCase
from donors.rules import may_follow_cases
from redcross.accounts.requests import SignedInRequest
from redcross.accounts.rules import has_role
from redcross.indicators.declare.declaration import registry
from redcross.indicators.query.query_params import FIGURE_ROLES, parse_figure_query, query_context
from redcross.indicators.query.question import Question
from redcross.indicators.query.resolve import answer_questions
from redcross.periods import Period

PAGE_SIZE = 20
YEARS_SHOWN = 10
PROGRESS_FILTERS = {
    "open": ("尚未办结", Q(commemorated_on__isnull=True)),
    "given": ("已实现捐献", Q(recovered_on__isnull=False)),
}
STEP_KEYS = ("donors.stem_cell_registered", "donors.stem_cell_stored", "donors.stem_cell_stock")


@login_required
@require_GET
def cases(request: SignedInRequest) -> HttpResponse:
    """Show cases by the day they were reported, with the stage that is due next."""
    if not may_follow_cases(request.user):
        raise Http404
    cases = DonationCase.objects.visible_to(request.user).select_related("branch")
    search, progress = request.GET.get("q", "").strip(), request.GET.get("state", "")
    if search:
        cases = cases.filter(case_number__icontains=search)
    if progress in PROGRESS_FILTERS:
        _, condition = PROGRESS_FILTERS[progress]
        cases = cases.filter(condition)
    page = Paginator(cases.order_by("-reported_on", "-pk"), PAGE_SIZE)
    context = {
        "page": page.get_page(request.GET.get("page")),
        "search": search,
        "progress": progress,
        "progress_choices": [(value, label) for value, (label, _) in PROGRESS_FILTERS.items()],
    }
    return render(request, "donors/cases.html", context)


@login_required
@require_GET
def case(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show a case: its stages in order, the organs donated, and the witness record."""
    visible = DonationCase.objects.visible_to(request.user).select_related("branch", "upload")
    case = get_object_or_404(visible, pk=pk)
    request.seen_branch = case.branch.code
    if not may_follow_cases(request.user, case.branch):
        raise Http404
    return render(request, "donors/case.html", {"case": case})


@login_required
@require_GET
def publicity(request: SignedInRequest) -> HttpResponse:
    """Show publicity with written consent, and what of it the national society took up."""
    if not has_role(request.user, FIGURE_ROLES):
        raise Http404
    stories = PublicityCase.objects.visible_to(request.user).select_related("branch", "upload")
    taken_up = request.GET.get("taken_up") == "1"
    if taken_up:
        stories = stories.filter(taken_up=True)
    page = Paginator(stories.order_by("-published_on", "-pk"), PAGE_SIZE)
    context = {"page": page.get_page(request.GET.get("page")), "taken_up": taken_up}
    return render(request, "donors/publicity.html", context)


@login_required
@require_GET
def stem_cells(request: SignedInRequest) -> HttpResponse:
    """Show each step from registration to donation, exits, and donations by year."""
    query = parse_figure_query(request)
    last = query.period.last.year
    years = [Period.year(year) for year in range(last - YEARS_SHOWN + 1, last + 1)]
    steps, exits, *rest = answer_questions(
        Question(registry["donors.stem_cell_steps"], query.period, query.branch, by=("step",)),
        Question(registry["donors.stem_cell_exits"], query.period, query.branch, by=("step",)),
        *(Question(registry[key], query.period, query.branch) for key in STEP_KEYS),
        *(Question(registry["donors.stem_cell_donations"], year, query.branch) for year in years),
        reader=request.user,
    )
    passed = {figure.category_key: figure for figure in steps}
    left = {figure.category_key: figure for figure in exits}
    context = {
        **query_context(query),
        "levels": [figures[0] for figures in rest[: len(STEP_KEYS)]],
        "steps": [(step.label, passed.get(step.value), left.get(step.value)) for step in Step],
        "years": [lines[0] for lines in rest[len(STEP_KEYS) :] if lines[0].value is not None],
    }
    return render(request, "donors/stem_cells.html", context)
