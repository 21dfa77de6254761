"""Addresses of the API."""

from django.contrib.auth.decorators import login_required
from django.urls import path, re_path, register_converter
from django.urls.converters import IntConverter
from django.views.decorators.http import require_safe
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from redcross.api import schema, views  # noqa: F401  the schema learns of tokens by it


class BigIntConverter(IntConverter):
    """A primary key: no more digits than a bigint holds."""

    regex = "[0-9]{1,18}"


register_converter(BigIntConverter, "pk")

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path(
        "docs/",
        # Of its options the library would tell in a template that it has not. The page is ours:
        # the library's has no language, and a style sheet in itself, which the policy refuses.
        login_required(
            require_safe(
                SpectacularSwaggerSplitView.as_view(
                    url_name="api-schema", template_name="api/docs.html"
                )
            )
        ),
        name="api-docs",
    ),
    path("sheets/", views.Sheets.as_view(), name="api-sheets"),
    path("sheets/<str:key>/template/", views.Template.as_view(), name="api-template"),
    path("uploads/", views.Uploads.as_view(), name="api-uploads"),
    path("uploads/<pk:pk>/", views.UploadDetail.as_view(), name="api-upload"),
    *(
        path(f"uploads/<pk:pk>/{verb}/", view.as_view(verb=verb), name=f"api-{verb}")
        for verb, view in (
            ("submit", views.UploadAction),
            ("withdraw", views.UploadAction),
            ("undo", views.UploadAction),
            ("approve", views.ReviewAction),
            ("return", views.ReviewAction),
        )
    ),
    path("indicators/", views.Figures.as_view(), name="api-indicators"),
    path("records/", views.RecordKinds.as_view(), name="api-record-kinds"),
    path("records/<str:model>/", views.Records.as_view(), name="api-records"),
    path("reports/", views.Reports.as_view(), name="api-reports"),
    path("reports/<pk:pk>/", views.ReportDetail.as_view(), name="api-report"),
    path("reports/<pk:pk>/word/", views.ReportWord.as_view(), name="api-report-word"),
    re_path(r"^.*$", views.NotFoundView.as_view(), name="api-nothing"),
]
