"""指标说明与来源: what a figure means, what it rests on, and the way back to its cells."""

import functools
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from redcross.accounts.requests import SignedInRequest
from redcross.accounts.rules import READ_ROLES, has_role
from redcross.files import FileContent, Sensitivity, file_response
from redcross.indicators.checks.discrepancies import list_discrepancies
from redcross.indicators.declare.declaration import Indicator, Sum, registry
from redcross.indicators.disclosure.disclosure_control import FigureAudience, Reader
from redcross.indicators.print.print_report import PrintReport, TablePage, write_pdf, write_workbook
from redcross.indicators.query.drilldown import select_source_records
from redcross.indicators.query.formatting import HIDDEN_VALUE, format_cut_off, format_exact
from redcross.indicators.query.labels import format_breakdown
from redcross.indicators.query.query_params import FigureQuery, parse_figure_query
from redcross.indicators.query.resolve import Question, answer_questions

PAGE_SIZE = 50


@login_required
@require_GET
def figure(request: SignedInRequest, key: str) -> HttpResponse:
    """Show one figure with its definition, series, branches, categories and records."""
    if key not in registry:
        raise Http404
    indicator = registry[key]
    asked = parse_figure_query(request)
    question = _build_question(request, indicator, asked)
    context = {
        "indicator": indicator,
        "asked": asked,
        **_figure_series(question, request.user),
        "discrepancies": list_discrepancies(
            indicator, asked.branch, asked.period, reader=request.user
        ),
        **_records_page(request, question),
    }
    return render(request, "figures/figure.html", context)


@login_required
@require_GET
def export(request: SignedInRequest, key: str, form: str) -> HttpResponse:
    """Send a figure with its definition and series as a workbook or as a PDF."""
    if key not in registry:
        raise Http404
    indicator = registry[key]
    asked = parse_figure_query(request)
    found = _figure_series(_build_question(request, indicator, asked), FigureAudience.OUTSIDE)
    figure = found["figure"]
    said = [f"口径：{indicator.definition}", f"报告期：{asked.period.label}"]
    said.append(format_cut_off(asked.cut_off))
    if figure:
        value = HIDDEN_VALUE if figure.hidden else format_exact(figure.value, indicator.unit)
        said.append(f"数值：{value}，来源：{figure.origin.label}")
        said += [f"不含{'、'.join(figure.missing)}"] if figure.missing else []
    said += [settings.DEMO_NOTICE] if settings.DEMO else []
    paper = PrintReport(
        f"{indicator.label}：{asked.branch}{'（本级）' if asked.own else ''} {asked.period.label}",
        tuple(said),
        (
            TablePage(
                "按单位",
                ("单位", "数值"),
                [
                    (f"{each.branch}{'本级' if each.own else ''}", each)
                    for each in found["by_branch"]
                ],
                chart="bar" if indicator.comparable else "",
                rows_outside_chart=sum(each.own for each in found["by_branch"]),
            ),
            TablePage(
                "按月",
                ("月份", "数值"),
                [(each.period.label, each) for each in found["by_month"]],
                chart="line",
            ),
            *(
                TablePage(f"按{label}", (label, "数值"), [(each.category, each) for each in lines])
                for label, lines in found["by_category"]
            ),
        ),
    )
    return send_print_report(paper, form, f"{key}-{asked.branch.code}-{asked.period}")


def send_print_report(paper: PrintReport, form: str, name: str) -> HttpResponse:
    """Answer with a paper as a file of the form asked for."""
    content: FileContent = (
        write_workbook(paper) if form == "xlsx" else functools.partial(write_pdf, paper)
    )
    rows = sum(len(table.rows) for table in paper.sheets)
    return file_response(content, f"{name}.{form}", sensitivity=Sensitivity.FIGURES, rows=rows)


def _build_question(request: SignedInRequest, indicator: Indicator, asked: FigureQuery) -> Question:
    breakdown = request.GET.get("by", "")
    category = request.GET.get("category")
    by = (breakdown,) if breakdown in indicator.breakdowns else ()
    return Question(
        indicator,
        asked.period,
        asked.branch,
        own=asked.own,
        by=by,
        category=category if by and category is not None else None,
    )


def _figure_series(question: Question, reader: Reader) -> dict[str, Any]:
    indicator = question.indicator
    whole = functools.partial(Question, indicator, question.period, question.branch)
    lines, by_branch, by_month, *by_category = answer_questions(
        question,
        whole(by=("branch",)),
        whole(own=question.own, by=("month",)),
        *(whole(own=question.own, by=(name,)) for name in indicator.breakdowns),
        reader=reader,
    )
    return {
        "figure": lines[0] if lines else None,
        "by_branch": by_branch,
        "by_month": by_month,
        "by_category": [
            (format_breakdown(indicator, name), each)
            for name, each in zip(indicator.breakdowns, by_category, strict=True)
            if each
        ],
    }


def _records_page(request: SignedInRequest, question: Question) -> dict[str, Any]:
    rows = select_source_records(question)
    if rows is None:
        return {"page": None}
    visible = rows.visible_to(request.user).select_related(  # type: ignore[attr-defined]
        "branch", "upload__uploaded_by", "upload__approved_by"
    )
    named = has_role(request.user, READ_ROLES, question.branch)
    page = Paginator(visible, PAGE_SIZE).get_page(request.GET.get("page"))
    measure = (question.indicator.of or question.indicator).measure
    column = measure.column if isinstance(measure, Sum) else ""
    for row in page.object_list:
        row.measured = getattr(row, column) if column else 1
    return {"named": named, "page": page}
