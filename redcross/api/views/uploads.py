"""Uploads: create, list, read, and move them to their next state."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from redcross.api import serializers
from redcross.api.choices import TokenScope
from redcross.api.views.base import (
    CONFLICT_RESPONSE,
    ERROR_RESPONSES,
    PK_PARAMETER,
    current_user,
    paginated_response,
    parse_branch,
    parse_period,
    query_params,
    request_body,
)
from redcross.uploads import tasks
from redcross.uploads.models import Upload
from redcross.uploads.output import serialize
from redcross.uploads.registry import registry
from redcross.uploads.workflow import creation, services
from redcross.uploads.workflow.queries import visible_uploads


class UploadList(APIView):
    """The uploads that the user may see."""

    scopes = {"POST": TokenScope.UPLOAD}
    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="uploads_list",
        parameters=[serializers.UploadQuery],
        responses={200: serializers.UploadPage, **ERROR_RESPONSES},
    )
    def get(self, request: Request) -> Response:
        """List uploads, the newest first."""
        query = query_params(request, serializers.UploadQuery)
        uploads = visible_uploads(current_user(request))
        if "sheet" in query:
            uploads = uploads.filter(sheet=query["sheet"])
        if "branch" in query:
            uploads = uploads.filter(branch__code__startswith=parse_branch(query["branch"]).code)
        if "state" in query:
            uploads = uploads.filter(state=query["state"].upper())
        if "period" in query:
            period = parse_period(query["period"])
            uploads = uploads.filter(first_month__lte=period.last, last_month__gte=period.start)
        return paginated_response(self, request, uploads, serializers.UploadSummary)

    @extend_schema(
        request={"multipart/form-data": serializers.UploadIn},
        responses={201: serializers.UploadOut, **ERROR_RESPONSES, **CONFLICT_RESPONSE},
    )
    def post(self, request: Request) -> Response:
        """Upload a workbook; it is checked in the background."""
        body = request_body(request, serializers.UploadIn)
        if body["sheet"] not in registry:
            message = f"没有名为“{body['sheet']}”的报表。"
            raise exceptions.ValidationError(message)
        upload = creation.create_upload(
            current_user(request),
            sheet=body["sheet"],
            branch=parse_branch(body["branch"]),
            period=parse_period(body["period"]),
            content=body["file"].read(),
            filename=body["file"].name,
            mode=body.get("mode"),
            note=body.get("note", ""),
            now=timezone.now(),
        )
        tasks.enqueue_check(upload, current_user(request).pk)
        return Response(serialize.serialize_upload(upload), status=201)


def _get_upload(request: Request, pk: int) -> Upload:
    return get_object_or_404(visible_uploads(current_user(request)), pk=pk)


class UploadDetail(APIView):
    """One upload."""

    @extend_schema(
        parameters=[PK_PARAMETER], responses={200: serializers.UploadOut, **ERROR_RESPONSES}
    )
    def get(self, request: Request, pk: int) -> Response:
        """Return the state of an upload and its findings."""
        query_params(request, serializers.StrictSerializer)
        return Response(serialize.serialize_upload(_get_upload(request, pk)))


class UploadAction(APIView):
    """Submit, withdraw, approve, return or undo an upload."""

    parser_classes = [JSONParser, FormParser]
    verb = "submit"
    scopes = {"POST": TokenScope.UPLOAD}

    @extend_schema(
        parameters=[PK_PARAMETER],
        request=serializers.ActionIn,
        responses={200: serializers.UploadOut, **ERROR_RESPONSES, **CONFLICT_RESPONSE},
    )
    def post(self, request: Request, pk: int) -> Response:
        """Perform the action; answer 409 with the reason if it is refused."""
        body = request_body(request, serializers.ActionIn)
        upload = _get_upload(request, pk)
        user, now = current_user(request), timezone.now()
        match self.verb:
            case "submit":
                services.submit(upload.pk, user=user, now=now, note=body.get("note"))
            case "withdraw":
                services.withdraw(upload.pk, user=user, now=now)
            case "approve":
                tasks.enqueue_apply(services.approve(upload.pk, user=user, now=now))
            case "return":
                services.return_upload(upload.pk, user=user, now=now, remark=body.get("remark", ""))
            case "undo":
                tasks.request_revert(upload, user)
        upload.refresh_from_db()
        return Response(serialize.serialize_upload(upload))


class ReviewAction(UploadAction):
    """An action of the level above."""

    scopes = {"POST": TokenScope.REVIEW}
