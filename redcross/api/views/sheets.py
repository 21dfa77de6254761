"""Sheets and their blank workbooks."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from redcross.api import serializers
from redcross.api.views.base import (
    ERROR_RESPONSES,
    WORKBOOK_RESPONSE,
    query_params,
)
from redcross.files import Sensitivity, file_response
from redcross.uploads.output.blank_workbook import build_blank_workbook
from redcross.uploads.registry import registry


class SheetList(APIView):
    """The sheets that can be uploaded."""

    @extend_schema(responses={200: serializers.SheetOut(many=True), **ERROR_RESPONSES})
    def get(self, request: Request) -> Response:
        """List every sheet with its columns."""
        query_params(request, serializers.StrictSerializer)
        return Response([_serialize_sheet(sheet) for sheet in registry.values()])


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


class SheetTemplate(APIView):
    """The blank workbook of a sheet."""

    @extend_schema(responses={**WORKBOOK_RESPONSE, **ERROR_RESPONSES})
    def get(self, request: Request, key: str) -> HttpResponse:
        """Return the blank workbook."""
        query_params(request, serializers.StrictSerializer)
        if key not in registry:
            raise exceptions.NotFound
        content = build_blank_workbook(registry[key].specification())
        return file_response(
            content, f"{registry[key].title}.xlsx", sensitivity=Sensitivity.NO_DATA
        )
