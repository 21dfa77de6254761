"""The admin site under which every record is listed and corrected."""

from typing import Any

from csp.constants import UNSAFE_EVAL, UNSAFE_INLINE
from csp.decorators import csp_update
from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from unfold.sites import UnfoldAdminSite


class RecordSite(UnfoldAdminSite):
    """Records of the portal, in the shell of its pages."""

    site_header = site_title = "红十字会业务门户"
    index_title = "业务记录"

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Let the shell's Alpine evaluate its expressions, and write its colours into the page."""
        more = csp_update({"script-src": [UNSAFE_EVAL], "style-src": [UNSAFE_INLINE]})
        return more(super().admin_view(view, cacheable))

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Send to the portal's own sign-in: there is no second door past the second factor."""
        if request.user.is_authenticated:
            raise PermissionDenied
        wanted = request.GET.get("next", "")
        here = url_has_allowed_host_and_scheme(wanted, {request.get_host()})
        return redirect_to_login(wanted if here else reverse("admin:index"))


site = RecordSite(name="admin")
admin.site = site
