"""Every address of the portal."""

from django.urls import include, path

from redcross.portal.site import site

urlpatterns = [
    path("", include("redcross.portal.urls")),
    path("uploads/", include("redcross.uploads.urls")),
    path("dashboards/", include("redcross.dashboards.urls")),
    path("figures/", include("redcross.indicators.urls")),
    path("reports/", include("redcross.reports.urls")),
    path("", include("donations.urls")),
    path("", include("training.urls")),
    path("cases/", include("donors.urls")),
    path("events/", include("relief.urls")),
    path("reform/", include("reform.urls")),
    path("records/", site.urls),
]
