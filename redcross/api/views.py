"""The API: the same services as the pages, for programs."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import exceptions
from rest_framework.pagination import CursorPagination
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from redcross.accounts.models import User
from redcross.accounts.rules import READ_ROLES, has_role, home_branch
from redcross.api import records, serializers
from redcross.api.choices import TokenScope
from redcross.branches.models import Branch
from redcross.branches.services import find_branch
from redcross.files import Sensitivity, file_response
from redcross.indicators.disclosure.disclosure_control import ApiClient
from redcross.indicators.query.query_params import may_read_figures
from redcross.indicators.query.resolve import answer_questions
from redcross.indicators.query.serialize import UnknownWordError, parse_questions, serialize_figure
from redcross.periods import Period, UnknownPeriodError
from redcross.reports.compose.edits import apply_edits
from redcross.reports.documents.word import write_report
from redcross.reports.models import Report
from redcross.uploads import tasks
from redcross.uploads.models import Upload
from redcross.uploads.output import serialize
from redcross.uploads.output.blank_workbook import build_blank_workbook
from redcross.uploads.registry import registry
from redcross.uploads.workflow import creation, services
from redcross.uploads.workflow.queries import visible_uploads

DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ERROR_RESPONSES = {
    number: OpenApiResponse(serializers.RefusalOut, description=words)
    for number, words in (
        (400, "参数不对"),
        (401, "没有令牌，或令牌无效"),
        (403, "没有权限"),
        (404, "没有，或不在权限内"),
        (405, "方法不对"),
        (406, "格式不对"),
        (415, "请求体格式不对"),
        (429, "过于频繁"),
    )
}
CONFLICT_RESPONSE = {
    409: OpenApiResponse(serializers.RefusalOut, description="不能这样做，并说明原因")
}
PK_PARAMETER = OpenApiParameter(
    "id", {"type": "integer", "format": "int64", "minimum": 1}, OpenApiParameter.PATH
)
WORKBOOK_RESPONSE = {(200, XLSX_TYPE): OpenApiTypes.BINARY}


class NewestFirstPagination(CursorPagination):
    """Pages by cursor: nothing is seen twice or missed while rows arrive."""

    page_size = 50
    ordering = "-pk"


def _query_params(
    request: Request, serializer: type[serializers.StrictSerializer]
) -> dict[str, Any]:
    """Check a query string; raise ValidationError."""
    asked = serializer(data=request.query_params.dict())
    asked.is_valid(raise_exception=True)
    return dict(asked.validated_data)


def _request_body(
    request: Request, serializer: type[serializers.StrictSerializer]
) -> dict[str, Any]:
    """Check a body; raise ValidationError."""
    if not hasattr(request.data, "items"):
        raise exceptions.ValidationError("请求体应为一个对象。")
    given = serializer(data=request.data)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)


def _current_user(request: Request) -> User:
    """Return who asks: nobody gets past `InScope` without an account."""
    assert isinstance(request.user, User)  # noqa: S101
    return request.user


def _parse_period(text: str) -> Period:
    try:
        return Period.parse(text)
    except UnknownPeriodError as error:
        raise exceptions.ValidationError(str(error)) from None


def _parse_branch(code: str) -> Branch:
    found = find_branch(code)
    if found is None:
        message = f"没有代码或名称为“{code}”的机构。"
        raise exceptions.ValidationError(message)
    return found


class Sheets(APIView):
    """What can be handed in."""

    @extend_schema(responses={200: serializers.SheetOut(many=True), **ERROR_RESPONSES})
    def get(self, request: Request) -> Response:
        """List every sheet with its columns."""
        _query_params(request, serializers.StrictSerializer)
        return Response([_serialize_sheet(each) for each in registry.values()])


def _serialize_sheet(sheet: Any) -> dict[str, Any]:
    spec = sheet.specification()
    return {
        "key": spec.key,
        "title": spec.title,
        "kind": spec.kind.value.lower(),
        "columns": [
            {
                "field": field.name,
                "heading": field.label,
                "aliases": list(field.aliases),
                "required": field.required,
                "unit": str(field.unit.label),
            }
            for field in spec.fields
        ],
        "identity": list(spec.identity),
    }


class Template(APIView):
    """The blank workbook of a sheet."""

    @extend_schema(responses={**WORKBOOK_RESPONSE, **ERROR_RESPONSES})
    def get(self, request: Request, key: str) -> HttpResponse:
        """Give the blank workbook."""
        _query_params(request, serializers.StrictSerializer)
        if key not in registry:
            raise exceptions.NotFound
        content = build_blank_workbook(registry[key].specification())
        return file_response(
            content, f"{registry[key].title}.xlsx", sensitivity=Sensitivity.NO_DATA
        )


class Uploads(APIView):
    """Hand in a workbook; list what has been handed in."""

    scopes = {"POST": TokenScope.UPLOAD}
    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="uploads_list",
        parameters=[serializers.UploadQuery],
        responses={200: serializers.UploadPage, **ERROR_RESPONSES},
    )
    def get(self, request: Request) -> Response:
        """List the uploads one may see, the newest first."""
        asked = _query_params(request, serializers.UploadQuery)
        found = visible_uploads(_current_user(request))
        if "sheet" in asked:
            found = found.filter(sheet=asked["sheet"])
        if "branch" in asked:
            found = found.filter(branch__code__startswith=_parse_branch(asked["branch"]).code)
        if "state" in asked:
            found = found.filter(state=asked["state"].upper())
        if "period" in asked:
            period = _parse_period(asked["period"])
            found = found.filter(first_month__lte=period.last, last_month__gte=period.start)
        return _paginated_response(self, request, found, serializers.UploadSummary)

    @extend_schema(
        request={"multipart/form-data": serializers.UploadIn},
        responses={201: serializers.UploadOut, **ERROR_RESPONSES, **CONFLICT_RESPONSE},
    )
    def post(self, request: Request) -> Response:
        """Hand in a workbook; it is checked in the background."""
        given = _request_body(request, serializers.UploadIn)
        if given["sheet"] not in registry:
            message = f"没有名为“{given['sheet']}”的报表。"
            raise exceptions.ValidationError(message)
        upload = creation.create_upload(
            _current_user(request),
            sheet=given["sheet"],
            branch=_parse_branch(given["branch"]),
            period=_parse_period(given["period"]),
            content=given["file"].read(),
            filename=given["file"].name,
            mode=given.get("mode"),
            note=given.get("note", ""),
            now=timezone.now(),
        )
        tasks.enqueue_check(upload, _current_user(request).pk)
        return Response(serialize.serialize_upload(upload), status=201)


def _paginated_response(
    view: APIView, request: Request, found: QuerySet[Any], serializer: Any
) -> Response:
    pages = NewestFirstPagination()
    rows = pages.paginate_queryset(found, request, view=view)
    return pages.get_paginated_response(serializer(rows, many=True).data)


def _get_upload(request: Request, pk: int) -> Upload:
    return get_object_or_404(visible_uploads(_current_user(request)), pk=pk)


class UploadDetail(APIView):
    """Follow an upload."""

    @extend_schema(
        parameters=[PK_PARAMETER], responses={200: serializers.UploadOut, **ERROR_RESPONSES}
    )
    def get(self, request: Request, pk: int) -> Response:
        """Tell where an upload stands, and everything that was found in it."""
        _query_params(request, serializers.StrictSerializer)
        return Response(serialize.serialize_upload(_get_upload(request, pk)))


class UploadAction(APIView):
    """Submit, withdraw, approve or return an upload, or take it back."""

    parser_classes = [JSONParser, FormParser]
    verb = "submit"
    scopes = {"POST": TokenScope.UPLOAD}

    @extend_schema(
        parameters=[PK_PARAMETER],
        request=serializers.ActionIn,
        responses={200: serializers.UploadOut, **ERROR_RESPONSES, **CONFLICT_RESPONSE},
    )
    def post(self, request: Request, pk: int) -> Response:
        """Do it, or say why not."""
        given = _request_body(request, serializers.ActionIn)
        upload = _get_upload(request, pk)
        user, now = _current_user(request), timezone.now()
        match self.verb:
            case "submit":
                services.submit(upload.pk, user=user, now=now, note=given.get("note"))
            case "withdraw":
                services.withdraw(upload.pk, user=user, now=now)
            case "approve":
                tasks.enqueue_apply(services.approve(upload.pk, user=user, now=now))
            case "return":
                services.return_upload(
                    upload.pk, user=user, now=now, remark=given.get("remark", "")
                )
            case "undo":
                tasks.request_revert(upload, user)
        upload.refresh_from_db()
        return Response(serialize.serialize_upload(upload))


class ReviewAction(UploadAction):
    """An act of the level above."""

    scopes = {"POST": TokenScope.REVIEW}


class Figures(APIView):
    """Ask figures, as `manage.py indicators` does."""

    @extend_schema(
        parameters=[serializers.FigureQuery],
        responses={200: serializers.FigureOut(many=True), **ERROR_RESPONSES},
    )
    def get(self, request: Request) -> Response:
        """Return one line for each figure asked for."""
        asked = _query_params(request, serializers.FigureQuery)
        home = home_branch(_current_user(request))
        code = asked.get("branch") or (home.code if home else "")
        branch = _parse_branch(code) if code else None
        if branch is None or not may_read_figures(_current_user(request), branch):
            raise exceptions.PermissionDenied
        try:
            questions = parse_questions(
                [key for key in asked.get("keys", "").split(",") if key],
                period=asked["period"],
                branch=branch.code,
                own=asked["own"],
                units=asked.get("units", ""),
                by=asked.get("by", ""),
                category=asked.get("category"),
            )
        except (UnknownWordError, UnknownPeriodError) as error:
            raise exceptions.ValidationError(str(error)) from None
        answers = answer_questions(*questions, reader=ApiClient(_current_user(request)))
        return Response([serialize_figure(figure) for lines in answers for figure in lines])


class RecordKinds(APIView):
    """Which records can be read."""

    @extend_schema(
        operation_id="record_kinds_list",
        responses={200: serializers.RecordKindOut(many=True), **ERROR_RESPONSES},
    )
    def get(self, request: Request) -> Response:
        """List the kinds of records with their fields."""
        _query_params(request, serializers.StrictSerializer)
        return Response(
            [
                {
                    "model": key,
                    "title": str(model._meta.verbose_name),
                    "columns": {
                        field.name: str(field.verbose_name)
                        for field in records.readable_fields(model)
                    },
                }
                for key, model in records.list_record_models().items()
            ]
        )


class Records(APIView):
    """Records of one kind, by scope, masked."""

    @extend_schema(
        parameters=[
            serializers.RecordQuery,
            OpenApiParameter(
                "model", str, OpenApiParameter.PATH, description="如 donations.donation"
            ),
        ],
        responses={200: serializers.RecordPage, **ERROR_RESPONSES},
    )
    def get(self, request: Request, model: str) -> Response:
        """List the records of one kind one may see, the newest first."""
        asked = _query_params(request, serializers.RecordQuery)
        kind = records.list_record_models().get(model)
        if kind is None:
            raise exceptions.NotFound
        if not has_role(_current_user(request), READ_ROLES, domain=kind._meta.app_label):
            raise exceptions.PermissionDenied
        found = kind._default_manager.visible_to(request.user).select_related("branch")
        if "branch" in asked:
            found = found.filter(branch__code__startswith=_parse_branch(asked["branch"]).code)
        if "upload" in asked:
            found = found.filter(upload=asked["upload"])
        fields = records.readable_fields(kind)
        pages = NewestFirstPagination()
        rows = pages.paginate_queryset(found, request, view=self) or []
        return pages.get_paginated_response([records.serialize_record(row, fields) for row in rows])


class Reports(APIView):
    """Reports one may read."""

    @extend_schema(
        operation_id="reports_list",
        parameters=[serializers.ReportQuery],
        responses={200: serializers.ReportPage, **ERROR_RESPONSES},
    )
    def get(self, request: Request) -> Response:
        """List the reports, the newest first."""
        asked = _query_params(request, serializers.ReportQuery)
        found = Report.objects.visible_to(request.user).select_related("branch")
        if "kind" in asked:
            found = found.filter(kind=asked["kind"])
        return _paginated_response(self, request, found, serializers.ReportSummary)


def _get_report(request: Request, pk: int) -> Report:
    return get_object_or_404(
        Report.objects.visible_to(request.user).select_related("branch"), pk=pk
    )


class ReportDetail(APIView):
    """A report with its figures."""

    @extend_schema(
        parameters=[PK_PARAMETER], responses={200: serializers.ReportOut, **ERROR_RESPONSES}
    )
    def get(self, request: Request, pk: int) -> Response:
        """Tell a report's words and the figures under them."""
        _query_params(request, serializers.StrictSerializer)
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


class ReportWord(APIView):
    """A report as a Word document."""

    @extend_schema(
        parameters=[PK_PARAMETER],
        responses={(200, DOCX_TYPE): OpenApiTypes.BINARY, **ERROR_RESPONSES},
    )
    def get(self, request: Request, pk: int) -> HttpResponse:
        """Give the document."""
        _query_params(request, serializers.StrictSerializer)
        report = _get_report(request, pk)
        return file_response(
            write_report(report),
            f"{report}.docx",
            sensitivity=Sensitivity.ISSUED_DOCUMENT,
            branch_code=report.branch.code,
        )


class NotFoundView(APIView):
    """What no address of the API is."""

    permission_classes = ()
    schema = None

    @property
    def default_response_headers(self) -> dict[str, str]:
        """Allow nothing: there is nothing here."""
        return {}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Answer not found whatever the method."""
        raise exceptions.NotFound
