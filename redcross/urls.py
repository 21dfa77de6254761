"""Every address of the portal."""

from django.urls import include, path

from redcross.api.token_views import revoke_token, tokens
from redcross.dashboards.views import screen
from redcross.portal.record_pages.site import site

urlpatterns = [
    path("", include("redcross.portal.urls")),
    path("uploads/", include("redcross.completeness.web.urls")),
    path("uploads/", include("redcross.locks.urls")),
    path("uploads/", include("redcross.uploads.web.urls")),
    path("notices/", include("redcross.notices.urls")),
    path("screen/", screen, name="screen"),
    path("dashboards/", include("redcross.dashboards.urls")),
    path("figures/", include("redcross.indicators.web.urls")),
    path("reports/", include("redcross.reports.web.urls")),
    path("api/v1/", include("redcross.api.urls")),
    path("exports/", include("redcross.exports.urls")),
    path("audit/", include("redcross.audit.urls")),
    path("people/", include("redcross.people.urls")),
    path("tokens/", tokens, name="tokens"),
    path("tokens/<int:pk>/revoke/", revoke_token, name="token-revoke"),
    path("", include("donations.urls")),
    path("", include("training.urls")),
    path("cases/", include("donors.urls")),
    path("events/", include("relief.urls")),
    path("reform/", include("reform.urls")),
    path("records/", site.urls),
]

handler500 = "redcross.portal.views.server_error"
