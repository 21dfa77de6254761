"""Addresses of the API."""

from django.contrib.auth.decorators import login_required
from django.urls import path, re_path, register_converter
from django.urls.converters import IntConverter
from django.views.decorators.http import require_safe
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from redcross.api import schema  # noqa: F401  registers the token scheme
from redcross.api.views import figures, records, reports, sheets, uploads
from redcross.api.views.base import NotFoundView


class BigIntConverter(IntConverter):
    """A primary key with no more digits than a bigint holds."""

    regex = "[0-9]{1,18}"


register_converter(BigIntConverter, "pk")

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path(
        "docs/",
        # A template of our own: the library's states no language and contains an inline style
        # sheet, which the content security policy refuses. OPTIONS is refused, as the library
        # would render it with a template that does not exist.
        login_required(
            require_safe(
                SpectacularSwaggerSplitView.as_view(
                    url_name="api-schema", template_name="api/docs.html"
                )
            )
        ),
        name="api-docs",
    ),
    path("sheets/", sheets.SheetList.as_view(), name="api-sheets"),
    path("sheets/<str:key>/template/", sheets.SheetTemplate.as_view(), name="api-template"),
    path("uploads/", uploads.UploadList.as_view(), name="api-uploads"),
    path("uploads/<pk:pk>/", uploads.UploadDetail.as_view(), name="api-upload"),
    *(
        path(f"uploads/<pk:pk>/{verb}/", view.as_view(verb=verb), name=f"api-{verb}")
        for verb, view in (
            ("submit", uploads.UploadAction),
            ("withdraw", uploads.UploadAction),
            ("undo", uploads.UploadAction),
            ("approve", uploads.ReviewAction),
            ("return", uploads.ReviewAction),
        )
    ),
    path("indicators/", figures.FigureList.as_view(), name="api-indicators"),
    path("records/", records.RecordKindList.as_view(), name="api-record-kinds"),
    path("records/<str:model>/", records.RecordList.as_view(), name="api-records"),
    path("reports/", reports.ReportList.as_view(), name="api-reports"),
    path("reports/<pk:pk>/", reports.ReportDetail.as_view(), name="api-report"),
    path("reports/<pk:pk>/word/", reports.ReportDocument.as_view(), name="api-report-word"),
    re_path(r"^.*$", NotFoundView.as_view(), name="api-nothing"),
]
