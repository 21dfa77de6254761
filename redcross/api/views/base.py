"""What all views of the API share: parameters, pages, documented responses."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import exceptions
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from redcross.accounts.models import User
from redcross.api import serializers
from redcross.branches.models import Branch
from redcross.branches.services import find_branch
from redcross.periods import Period, UnknownPeriodError

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
    """Pages by cursor, so that no row is repeated or missed while others are added."""

    page_size = 50
    ordering = "-pk"


def query_params(
    request: Request, serializer: type[serializers.StrictSerializer]
) -> dict[str, Any]:
    """Return the validated query string; raise ValidationError."""
    query = serializer(data=request.query_params.dict())
    query.is_valid(raise_exception=True)
    return dict(query.validated_data)


def request_body(
    request: Request, serializer: type[serializers.StrictSerializer]
) -> dict[str, Any]:
    """Return the validated request body; raise ValidationError."""
    if not hasattr(request.data, "items"):
        raise exceptions.ValidationError("请求体应为一个对象。")
    body = serializer(data=request.data)
    body.is_valid(raise_exception=True)
    return dict(body.validated_data)


def current_user(request: Request) -> User:
    """Return the authenticated user; `InScope` admits nobody else."""
    assert isinstance(request.user, User)  # noqa: S101
    return request.user


def parse_period(text: str) -> Period:
    try:
        return Period.parse(text)
    except UnknownPeriodError as error:
        raise exceptions.ValidationError(str(error)) from None


def parse_branch(code: str) -> Branch:
    branch = find_branch(code)
    if branch is None:
        message = f"没有代码或名称为“{code}”的机构。"
        raise exceptions.ValidationError(message)
    return branch


def paginated_response(
    view: APIView, request: Request, queryset: QuerySet[Any], serializer: Any
) -> Response:
    pages = NewestFirstPagination()
    rows = pages.paginate_queryset(queryset, request, view=view)
    return pages.get_paginated_response(serializer(rows, many=True).data)


class NotFoundView(APIView):
    """Answers every address that the API does not have."""

    permission_classes = ()
    schema = None

    @property
    def default_response_headers(self) -> dict[str, str]:
        """Return no `Allow` header: no method is allowed."""
        return {}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Raise NotFound for every method."""
        raise exceptions.NotFound
