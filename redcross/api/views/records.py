"""Records as programs read them, with personal values masked."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from redcross.accounts.rules import READ_ROLES, has_role
from redcross.api import serializers
from redcross.api.records import list_record_models, readable_fields, serialize_record
from redcross.api.views.base import (
    ERROR_RESPONSES,
    NewestFirstPagination,
    current_user,
    parse_branch,
    query_params,
)


class RecordKindList(APIView):
    """The kinds of records that can be read."""

    @extend_schema(
        operation_id="record_kinds_list",
        responses={200: serializers.RecordKindOut(many=True), **ERROR_RESPONSES},
    )
    def get(self, request: Request) -> Response:
        """List the kinds of records with their fields."""
        query_params(request, serializers.StrictSerializer)
        return Response(
            [
                {
                    "model": key,
                    "title": str(model._meta.verbose_name),
                    "columns": {
                        field.name: str(field.verbose_name) for field in readable_fields(model)
                    },
                }
                for key, model in list_record_models().items()
            ]
        )


class RecordList(APIView):
    """Records of one kind in the user's scope, masked."""

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
        """List records of one kind, the newest first."""
        query = query_params(request, serializers.RecordQuery)
        kind = list_record_models().get(model)
        if kind is None:
            raise exceptions.NotFound
        if not has_role(current_user(request), READ_ROLES, domain=kind._meta.app_label):
            raise exceptions.PermissionDenied
        rows = kind._default_manager.visible_to(request.user).select_related("branch")
        if "branch" in query:
            rows = rows.filter(branch__code__startswith=parse_branch(query["branch"]).code)
        if "upload" in query:
            rows = rows.filter(upload=query["upload"])
        fields = readable_fields(kind)
        pages = NewestFirstPagination()
        page = pages.paginate_queryset(rows, request, view=self) or []
        return pages.get_paginated_response([serialize_record(row, fields) for row in page])
