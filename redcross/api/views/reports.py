"""Reports."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from redcross.api import serializers
from redcross.api.views.base import (
    DOCX_TYPE,
    ERROR_RESPONSES,
    PK_PARAMETER,
    paginated_response,
    query_params,
)
from redcross.files import Sensitivity, file_response
from redcross.reports.compose.edits import apply_edits
from redcross.reports.documents.word import write_report
from redcross.reports.models import Report


class ReportList(APIView):
    """The reports that the user may read."""

    @extend_schema(
        operation_id="reports_list",
        parameters=[serializers.ReportQuery],
        responses={200: serializers.ReportPage, **ERROR_RESPONSES},
    )
    def get(self, request: Request) -> Response:
        """List the reports, the newest first."""
        query = query_params(request, serializers.ReportQuery)
        reports = Report.objects.visible_to(request.user).select_related("branch")
        if "kind" in query:
            reports = reports.filter(kind=query["kind"])
        return paginated_response(self, request, reports, serializers.ReportSummary)


def _get_report(request: Request, pk: int) -> Report:
    return get_object_or_404(
        Report.objects.visible_to(request.user).select_related("branch"), pk=pk
    )


class ReportDetail(APIView):
    """One report."""

    @extend_schema(
        parameters=[PK_PARAMETER], responses={200: serializers.ReportOut, **ERROR_RESPONSES}
    )
    def get(self, request: Request, pk: int) -> Response:
        """Return the text of a report and its figures."""
        query_params(request, serializers.StrictSerializer)
        report = _get_report(request, pk)
        return Response(
            {
                "report": report.pk,
                "title": str(report),
                "state": report.state.lower(),
                "cut_off": report.content["cut_off"],
                "figures_digest": report.figures_digest,
                "chapters": apply_edits(report.content, report.edits),
                "figures": report.figures,
            }
        )


class ReportDocument(APIView):
    """A report as a Word document."""

    @extend_schema(
        parameters=[PK_PARAMETER],
        responses={(200, DOCX_TYPE): OpenApiTypes.BINARY, **ERROR_RESPONSES},
    )
    def get(self, request: Request, pk: int) -> HttpResponse:
        """Return the document."""
        query_params(request, serializers.StrictSerializer)
        report = _get_report(request, pk)
        return file_response(
            write_report(report),
            f"{report}.docx",
            sensitivity=Sensitivity.ISSUED_DOCUMENT,
            branch_code=report.branch.code,
        )
