"""The pages of reform: the matrix, key tasks, and the briefing for a leader's visit."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
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
from redcross.indicators.query.question import Figure, Question
from redcross.indicators.query.resolve import answer_questions
from redcross.periods import Period, business_date
from redcross.uploads.models import Record
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
_MAX_REGISTER_ROWS, _MAX_PROBLEMS, _MAX_MILESTONES = 8, 12, 50
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
    """Return the branch of the address, else the user's own; raise Http404 if not readable."""
    home = home_branch(request.user)
    code = code or request.GET.get("branch", "") or (home.code if home else "")
    branch = get_object_or_404(Branch.objects.select_related("parent"), code=code)
    if not may_read_figures(request.user, branch):
        raise Http404
    return branch


def _parse_day(request: SignedInRequest) -> tuple[dt.date, str]:
    """Return the day of the address, today where it has none, and an error message for it."""
    text = request.GET.get("on", "").strip()
    today = business_date(timezone.now())
    try:
        day = parse_date(text) if text else today
    except ValueError:
        day = None
    if day is None:
        return today, f"无法识别日期“{text}”。请写成 2021-12-31。"
    return day, ""


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
    """Show the matrix of prefectures or counties by reform item, as of any day."""
    branch = _load_branch(request)
    day, message = _parse_day(request)
    level = request.GET.get("level", "prefecture" if branch.level == Level.PROVINCE else "county")
    if level not in LEVELS:
        raise Http404
    matrix = _load_matrix(request, branch, LEVELS[level], day)
    if request.GET.get("format") == "xlsx":
        return _send_matrix_workbook(matrix, f"改革进展情况表（截至{day}）")
    rows = [
        (unit, [(services.format_fact(fact), fact) for fact in cells])
        for unit, cells in matrix.rows
    ]
    context = {
        "branch": branch,
        "day": day,
        "level": level,
        "message": message,
        "matrix": matrix,
        "rows": rows,
        "answers": [(services.ANSWER_SYMBOLS[answer], answer.label) for answer in Answer],
    }
    return render(request, "reform/matrix.html", context)


def _send_matrix_workbook(matrix: services.Matrix, title: str) -> HttpResponse:
    book = ExportWorkbook()
    sheet = book.add_worksheet("改革进展")
    bold = book.add_format({"bold": True, "border": 1, "text_wrap": True})
    boxed = book.add_format({"border": 1})
    notice = settings.DEMO_NOTICE if settings.DEMO else ""
    sheet.write_string(0, 0, f"{title} {notice}".strip(), bold)
    sheet.write_row(1, 0, ["单位", *(item.name for item in matrix.items)], bold)
    for row, (branch, cells) in enumerate(matrix.rows, start=2):
        sheet.write_row(row, 0, [branch.short_name, *map(services.format_fact, cells)], boxed)
    totals = [f"{summary.done}/{summary.total} {summary.share}" for summary in matrix.summaries]
    sheet.write_row(2 + len(matrix.rows), 0, ["已落实", *totals], bold)
    sheet.set_column(0, 0, 14)
    sheet.set_column(1, len(matrix.items), 16)
    sheet.freeze_panes(2, 1)
    return file_response(
        book.content(), "reform-matrix.xlsx", sensitivity=Sensitivity.FIGURES, rows=len(matrix.rows)
    )


@login_required
@require_GET
def tasks(request: SignedInRequest) -> HttpResponse:
    """Show the key tasks of a year: progress, evidence, light, and branches below with them."""
    branch = _load_branch(request)
    today = business_date(timezone.now())
    text = request.GET.get("year", "")
    year = int(text) if text.isdigit() and len(text) == 4 else today.year
    visible = KeyTask.objects.visible_to(request.user).filter(year=year).select_related("branch")
    statuses = services.compute_task_statuses(
        services.sort_tasks(visible.filter(branch=branch)),
        TaskProgress.objects.visible_to(request.user).filter(branch=branch, year=year),
        today=min(today, dt.date(year, 12, 31)),
    )
    lower_branches = _list_branches_by_upper_task(visible.filter(branch__parent=branch))
    milestones = Milestone.objects.visible_to(request.user).filter(
        branch=branch, happened_on__year=year
    )
    context = {
        "branch": branch,
        "year": year,
        "years": [year - 1, year + 1],
        "rows": [(status, lower_branches.get(status.task.number, [])) for status in statuses],
        "on_time": sum(bool(status.latest and status.latest.on_time) for status in statuses),
        "lights": [(light, sum(status.light == light for status in statuses)) for light in Light],
        "milestones": milestones.order_by("happened_on")[:_MAX_MILESTONES],
    }
    return render(request, "reform/tasks.html", context)


def _list_branches_by_upper_task(tasks: "QuerySet[KeyTask]") -> dict[str, list[str]]:
    """Return the number of an upper branch's task → the branches that have taken it up."""
    names: dict[str, list[str]] = {}
    for number, name in tasks.values_list("upper_number", "branch__short_name"):
        names.setdefault(number, []).append(name)
    return names


@login_required
@require_GET
def briefings(request: SignedInRequest) -> HttpResponse:
    """List the branches below, to choose the one that a leader is going to visit."""
    branch = _load_branch(request)
    branches = Branch.objects.filter(parent=branch).in_official_order()
    liaisons = Liaison.objects.visible_to(request.user).filter(
        branch__in=branches, ended_on__isnull=True
    )
    leaders = dict(liaisons.values_list("branch_id", "leader"))
    rows = [(unit, leaders.get(unit.pk, "—")) for unit in branches]
    return render(request, "reform/briefings.html", {"branch": branch, "rows": rows})


@login_required
@require_GET
def briefing(request: SignedInRequest, code: str) -> HttpResponse:
    """Show one page on a branch for a leader's visit (州市情况)."""
    branch = _load_branch(request, code)
    today = business_date(timezone.now())
    year = Period.year(today.year - 1)
    facts = GovernanceFact.objects.visible_to(request.user).on(today).filter(branch=branch)
    problems = Problem.objects.visible_to(request.user).filter(branch__code__startswith=branch.code)
    newest_problems = problems.select_related("branch").order_by("state", "-found_on")
    context = {
        "branch": branch,
        "period": year,
        "figures": _compare_with_year_before(request, branch, year),
        "facts": facts.select_related("item").order_by("item__order"),
        **_list_registers(request, branch),
        "problems": newest_problems[:_MAX_PROBLEMS],
        "solved_count": problems.filter(state=ProblemState.SOLVED).count(),
        "problem_count": problems.count(),
    }
    return render(request, "reform/briefing.html", context)


def _list_registers(request: SignedInRequest, branch: Branch) -> dict[str, Any]:
    """Return the newest entries of each register of a branch."""
    registers: tuple[tuple[str, type[Record], str], ...] = (
        ("liaisons", Liaison, "-since"),
        ("visits", Visit, "-visited_on"),
        ("examples", GoodExample, "-told_on"),
        ("activities", Activity, "-held_on"),
    )
    return {
        name: model._default_manager.visible_to(request.user)
        .filter(branch=branch)
        .order_by(order)[:_MAX_REGISTER_ROWS]
        for name, model, order in registers
    }


def _compare_with_year_before(
    request: SignedInRequest, branch: Branch, year: Period
) -> list[tuple[Figure, Figure]]:
    """Return each figure of the briefing for a year and for the year before."""
    questions = [
        Question(registry[key], period, branch)
        for key in BRIEFING_INDICATORS
        if key in registry
        for period in (year, year.same_last_year)
    ]
    figures = [lines[0] for lines in answer_questions(*questions, reader=request.user)]
    return list(zip(figures[::2], figures[1::2], strict=True))
