"""The pages of the three donations: cases as timelines, stories told, the way of stem cells.

A page knows a donor by his code only; who he is stands in the vault. Nothing here ranks,
compares or colours a donation.
"""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
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
STEP_KEYS = ("donors.stem_cell_registered", "donors.stem_cell_stored", "donors.stem_cell_stock")


@login_required
@require_GET
def cases(request: SignedInRequest) -> HttpResponse:
    """Cases by the day they were reported, with the link that is due next."""
    if not may_follow_cases(request.user):
        raise Http404
    found = DonationCase.objects.visible_to(request.user).select_related("branch")
    search, state = request.GET.get("q", "").strip(), request.GET.get("state", "")
    if search:
        found = found.filter(case_number__icontains=search)
    if state == "open":
        found = found.filter(commemorated_on__isnull=True)
    elif state == "given":
        found = found.filter(recovered_on__isnull=False)
    page = Paginator(found.order_by("-reported_on", "-pk"), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    return render(request, "donors/cases.html", {"page": page, "search": search, "state": state})


@login_required
@require_GET
def case(request: SignedInRequest, pk: int) -> HttpResponse:
    """One case: its links in order, what is due next, what was given, the witness record."""
    visible = DonationCase.objects.visible_to(request.user).select_related("branch", "upload")
    found = get_object_or_404(visible, pk=pk)
    request.seen_branch = found.branch.code
    if not may_follow_cases(request.user, found.branch):
        raise Http404
    return render(request, "donors/case.html", {"case": found})


@login_required
@require_GET
def publicity(request: SignedInRequest) -> HttpResponse:
    """Stories told with written consent, and which the national society took up."""
    if not has_role(request.user, FIGURE_ROLES):
        raise Http404
    found = PublicityCase.objects.visible_to(request.user).select_related("branch", "upload")
    if request.GET.get("taken_up") == "1":
        found = found.filter(taken_up=True)
    page = Paginator(found.order_by("-published_on", "-pk"), PAGE_SIZE)
    context = {
        "page": page.get_page(request.GET.get("page")),
        "taken_up": request.GET.get("taken_up") == "1",
    }
    return render(request, "donors/publicity.html", context)


@login_required
@require_GET
def stem_cells(request: SignedInRequest) -> HttpResponse:
    """The way from registration to donation, with exits; donations by year."""
    asked = parse_figure_query(request)
    last = asked.period.last.year
    years = [Period.year(year) for year in range(last - YEARS_SHOWN + 1, last + 1)]
    steps, exits, *rest = answer_questions(
        Question(registry["donors.stem_cell_steps"], asked.period, asked.branch, by=("step",)),
        Question(registry["donors.stem_cell_exits"], asked.period, asked.branch, by=("step",)),
        *(Question(registry[key], asked.period, asked.branch) for key in STEP_KEYS),
        *(Question(registry["donors.stem_cell_donations"], year, asked.branch) for year in years),
        reader=request.user,
    )
    passed = {line.category_key: line for line in steps}
    left = {line.category_key: line for line in exits}
    context = {
        **query_context(asked),
        "levels": [lines[0] for lines in rest[: len(STEP_KEYS)]],
        "steps": [(step.label, passed.get(step.value), left.get(step.value)) for step in Step],
        "years": [lines[0] for lines in rest[len(STEP_KEYS) :] if lines[0].value is not None],
    }
    return render(request, "donors/stem_cells.html", context)
