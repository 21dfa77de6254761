"""指标说明与来源: what a figure means, what it is computed from, and the records behind it."""

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
from redcross.indicators.print.model import PrintReport, TablePage
from redcross.indicators.print.pdf import write_pdf
from redcross.indicators.print.xlsx import write_workbook
from redcross.indicators.query.drilldown import select_source_records
from redcross.indicators.query.formatting import HIDDEN_VALUE, format_cut_off, format_exact
from redcross.indicators.query.labels import format_breakdown
from redcross.indicators.query.query_params import (
    FigureQuery,
    parse_figure_query,
    query_context,
)
from redcross.indicators.query.question import Figure, Question
from redcross.indicators.query.resolve import answer_questions

PAGE_SIZE = 50


def _get_indicator(key: str) -> Indicator:
    """Return an indicator; raise Http404."""
    if key not in registry:
        raise Http404
    return registry[key]


@login_required
@require_GET
def figure(request: SignedInRequest, key: str) -> HttpResponse:
    """Show one figure with its definition, series, branches, categories and records."""
    indicator = _get_indicator(key)
    query = parse_figure_query(request)
    question = _build_question(request, indicator, query)
    context = {
        "indicator": indicator,
        "discrepancies": list_discrepancies(
            indicator, query.branch, query.period, reader=request.user
        ),
        **query_context(query),
        **_figure_series(question, request.user),
        **_records_page(request, question),
    }
    return render(request, "figures/figure.html", context)


@login_required
@require_GET
def export(request: SignedInRequest, key: str, form: str) -> HttpResponse:
    """Send a figure with its definition and series as a workbook or as a PDF."""
    indicator = _get_indicator(key)
    query = parse_figure_query(request)
    series = _figure_series(_build_question(request, indicator, query), FigureAudience.OUTSIDE)
    area = f"{query.branch}{'（本级）' if query.own else ''}"
    by_branch = series["by_branch"]
    report = PrintReport(
        f"{indicator.label}：{area} {query.period.label}",
        _figure_remarks(indicator, query, series["figure"]),
        (
            TablePage(
                "按单位",
                ("单位", "数值"),
                [(f"{line.branch}{'本级' if line.own else ''}", line) for line in by_branch],
                chart="bar" if indicator.comparable else "",
                rows_outside_chart=sum(line.own for line in by_branch),
            ),
            TablePage(
                "按月",
                ("月份", "数值"),
                [(line.period.label, line) for line in series["by_month"]],
                chart="line",
            ),
            *(
                TablePage(f"按{label}", (label, "数值"), [(line.category, line) for line in lines])
                for label, lines in series["by_category"]
            ),
        ),
    )
    return send_print_report(report, form, f"{key}-{query.branch.code}-{query.period}")


def _figure_remarks(
    indicator: Indicator, query: FigureQuery, figure: Figure | None
) -> tuple[str, ...]:
    remarks = [f"口径：{indicator.definition}", f"报告期：{query.period.label}"]
    remarks.append(format_cut_off(query.cut_off))
    if figure:
        value = HIDDEN_VALUE if figure.hidden else format_exact(figure.value, indicator.unit)
        remarks.append(f"数值：{value}，来源：{figure.origin.label}")
        if figure.missing:
            remarks.append(f"不含{'、'.join(figure.missing)}")
    if settings.DEMO:
        remarks.append(settings.DEMO_NOTICE)
    return tuple(remarks)


def send_print_report(report: PrintReport, form: str, name: str) -> HttpResponse:
    """Answer with a print report as a file; `form` is xlsx or pdf."""
    content: FileContent = (
        write_workbook(report) if form == "xlsx" else functools.partial(write_pdf, report)
    )
    rows = sum(len(page.rows) for page in report.pages)
    return file_response(content, f"{name}.{form}", sensitivity=Sensitivity.FIGURES, rows=rows)


def _build_question(request: SignedInRequest, indicator: Indicator, query: FigureQuery) -> Question:
    breakdown = request.GET.get("by", "")
    category = request.GET.get("category")
    by = (breakdown,) if breakdown in indicator.breakdowns else ()
    return Question(
        indicator,
        query.period,
        query.branch,
        own=query.own,
        by=by,
        category=category if by and category is not None else None,
    )


def _figure_series(question: Question, reader: Reader) -> dict[str, Any]:
    """Return the figure itself, and its lines by branch, by month and by each breakdown."""
    indicator = question.indicator
    ask = functools.partial(Question, indicator, question.period, question.branch)
    lines, by_branch, by_month, *by_category = answer_questions(
        question,
        ask(by=("branch",)),
        ask(own=question.own, by=("month",)),
        *(ask(own=question.own, by=(name,)) for name in indicator.breakdowns),
        reader=reader,
    )
    return {
        "figure": lines[0] if lines else None,
        "by_branch": by_branch,
        "by_month": by_month,
        "by_category": [
            (format_breakdown(indicator, name), category_lines)
            for name, category_lines in zip(indicator.breakdowns, by_category, strict=True)
            if category_lines
        ],
    }


def _records_page(request: SignedInRequest, question: Question) -> dict[str, Any]:
    """Return one page of the records behind a figure; a page of None where it has none."""
    records = select_source_records(question)
    if records is None:
        return {"page": None}
    visible = records.visible_to(request.user).select_related(  # type: ignore[attr-defined]
        "branch", "upload__uploaded_by", "upload__approved_by"
    )
    page = Paginator(visible, PAGE_SIZE).get_page(request.GET.get("page"))
    measure = (question.indicator.base or question.indicator).measure
    column = measure.column if isinstance(measure, Sum) else ""
    for record in page.object_list:
        record.measured = getattr(record, column) if column else 1
    return {"shows_names": has_role(request.user, READ_ROLES, question.branch), "page": page}
