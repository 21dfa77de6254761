"""The pages of reform: matrix, key tasks, one page for a leader's visit."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET

from redcross.accounts.requests import SignedInRequest
from redcross.accounts.rules import home_branch
from redcross.branches.choices import Level
from redcross.branches.models import Branch
from redcross.files import Sensitivity, file_response
from redcross.files.workbooks import ExportWorkbook
from redcross.indicators.declare.declaration import registry
from redcross.indicators.query.query_params import may_read_figures
from redcross.indicators.query.question import Question
from redcross.indicators.query.resolve import answer_questions
from redcross.periods import Period, business_date
from reform import services
from reform.choices import Answer, Light, ProblemState
from reform.models import (
    Activity,
    GoodExample,
    GovernanceFact,
    GovernanceItem,
    KeyTask,
    Liaison,
    Milestone,
    Problem,
    TaskProgress,
    Visit,
)

LEVELS = {"prefecture": Level.PREFECTURE, "county": Level.COUNTY}
BRIEFING_INDICATORS = (
    "donations.raised",
    "training.first_aiders_trained",
    "training.popularised_times",
    "donors.blood_times",
    "donors.stem_cell_stored",
    "relief.beneficiary_times",
    "relief.aided_times",
    "reform.members_new",
    "reform.volunteers_new",
    "reform.grassroots_units_new",
)


def _load_branch(request: SignedInRequest, code: str = "") -> Branch:
    home = home_branch(request.user)
    code = code or request.GET.get("branch", "") or (home.code if home else "")
    branch = get_object_or_404(Branch.objects.select_related("parent"), code=code)
    if not may_read_figures(request.user, branch):
        raise Http404
    return branch


def _parse_day(request: SignedInRequest) -> tuple[dt.date, str]:
    """Return the day asked for, today where none is, and what is wrong with it."""
    text = request.GET.get("on", "").strip()
    today = business_date(timezone.now())
    try:
        asked = parse_date(text) if text else today
    except ValueError:
        asked = None
    if asked is None:
        return today, f"无法识别日期“{text}”。请写成 2021-12-31。"
    return asked, ""


def _load_matrix(
    request: SignedInRequest, branch: Branch, level: str, day: dt.date
) -> services.Matrix:
    branches = Branch.objects.under(branch).filter(level=level).in_official_order()
    facts = GovernanceFact.objects.visible_to(request.user).on(day).filter(branch__in=branches)
    items = list(GovernanceItem.objects.filter(retired=False))
    return services.build_matrix(list(branches), facts.select_related("item"), items=items)


@login_required
@require_GET
def matrix(request: SignedInRequest) -> HttpResponse:
    """The matrix of prefectures or counties by reform item, as of any day."""
    branch = _load_branch(request)
    day, message = _parse_day(request)
    asked = request.GET.get("level", "prefecture" if branch.level == Level.PROVINCE else "county")
    if asked not in LEVELS:
        raise Http404
    found = _load_matrix(request, branch, LEVELS[asked], day)
    if request.GET.get("format") == "xlsx":
        return _send_matrix_workbook(found, f"改革进展情况表（截至{day}）")
    rows = [
        (each, [(services.format_fact(fact), fact) for fact in cells]) for each, cells in found.rows
    ]
    context = {
        "branch": branch,
        "day": day,
        "level": asked,
        "message": message,
        "matrix": found,
        "rows": rows,
        "answers": [(services.ANSWER_SYMBOLS[each], each.label) for each in Answer],
    }
    return render(request, "reform/matrix.html", context)


def _send_matrix_workbook(found: services.Matrix, title: str) -> HttpResponse:
    book = ExportWorkbook()
    sheet = book.add_worksheet("改革进展")
    bold = book.add_format({"bold": True, "border": 1, "text_wrap": True})
    boxed = book.add_format({"border": 1})
    notice = settings.DEMO_NOTICE if settings.DEMO else ""
    sheet.write_string(0, 0, f"{title} {notice}".strip(), bold)
    sheet.write_row(1, 0, ["单位", *(item.name for item in found.items)], bold)
    for at, (branch, cells) in enumerate(found.rows, start=2):
        sheet.write_row(at, 0, [branch.short_name, *map(services.format_fact, cells)], boxed)
    last = 2 + len(found.rows)
    shares = [f"{each.done}/{each.of} {each.share}" for each in found.measured]
    sheet.write_row(last, 0, ["已落实", *shares], bold)
    sheet.set_column(0, 0, 14)
    sheet.set_column(1, len(found.items), 16)
    sheet.freeze_panes(2, 1)
    return file_response(
        book.content(), "reform-matrix.xlsx", sensitivity=Sensitivity.FIGURES, rows=len(found.rows)
    )


@login_required
@require_GET
def tasks(request: SignedInRequest) -> HttpResponse:
    """The key tasks of a year: progress, evidence, light, and who below has taken them up."""
    branch = _load_branch(request)
    today = business_date(timezone.now())
    text = request.GET.get("year", "")
    year = int(text) if text.isdigit() and len(text) == 4 else today.year
    visible = KeyTask.objects.visible_to(request.user).filter(year=year).select_related("branch")
    mine = services.sort_tasks(visible.filter(branch=branch))
    told = TaskProgress.objects.visible_to(request.user).filter(branch=branch, year=year)
    day = min(today, dt.date(year, 12, 31)) if year < today.year else today
    standings = services.compute_task_statuses(mine, told, today=day)
    below: dict[str, list[str]] = {}
    for upper, name in visible.filter(branch__parent=branch).values_list(
        "upper_number", "branch__short_name"
    ):
        below.setdefault(upper, []).append(name)
    done = [each for each in standings if each.latest is not None and each.latest.on_time]
    context = {
        "branch": branch,
        "year": year,
        "years": [year - 1, year + 1],
        "rows": [(each, below.get(each.task.number, [])) for each in standings],
        "on_time": len(done),
        "lights": [(each, sum(one.light == each for one in standings)) for each in Light],
        "milestones": Milestone.objects.visible_to(request.user)
        .filter(branch=branch, happened_on__year=year)
        .order_by("happened_on")[:50],
    }
    return render(request, "reform/tasks.html", context)


@login_required
@require_GET
def briefings(request: SignedInRequest) -> HttpResponse:
    """Choose the branch a leader is going to visit."""
    branch = _load_branch(request)
    below = Branch.objects.filter(parent=branch).in_official_order()
    liaisons = Liaison.objects.visible_to(request.user).filter(
        branch__in=below, ended_on__isnull=True
    )
    leaders = dict(liaisons.values_list("branch_id", "leader"))
    rows = [(each, leaders.get(each.pk, "—")) for each in below]
    return render(request, "reform/briefings.html", {"branch": branch, "rows": rows})


@login_required
@require_GET
def briefing(request: SignedInRequest, code: str) -> HttpResponse:
    """One page on a branch for a leader's visit (州市情况)."""
    branch = _load_branch(request, code)
    today = business_date(timezone.now())
    year = Period.year(today.year - 1)
    keys = [key for key in BRIEFING_INDICATORS if key in registry]
    asked = [Question(registry[key], year, branch) for key in keys]
    before = [Question(registry[key], year.same_last_year, branch) for key in keys]
    answers = [lines[0] for lines in answer_questions(*asked, *before, reader=request.user)]
    facts = GovernanceFact.objects.visible_to(request.user).on(today).filter(branch=branch)
    context: dict[str, Any] = {
        "branch": branch,
        "period": year,
        "figures": list(zip(answers[: len(keys)], answers[len(keys) :], strict=True)),
        "facts": facts.select_related("item").order_by("item__order"),
        "marks": services.format_fact,
    }
    for name, model, order in (
        ("liaisons", Liaison, "-since"),
        ("visits", Visit, "-visited_on"),
        ("examples", GoodExample, "-told_on"),
        ("activities", Activity, "-held_on"),
    ):
        found = model._default_manager.visible_to(request.user)
        context[name] = found.filter(branch=branch).order_by(order)[:8]
    problems = Problem.objects.visible_to(request.user).filter(branch__code__startswith=branch.code)
    context["problems"] = problems.select_related("branch").order_by("state", "-found_on")[:12]
    context["solved"] = problems.filter(state=ProblemState.SOLVED).count()
    context["found"] = problems.count()
    return render(request, "reform/briefing.html", context)
