"""The admin site under which every record is listed and corrected."""

from django.contrib import admin
from unfold.sites import UnfoldAdminSite


class RecordSite(UnfoldAdminSite):
    """Records of the portal, in the shell of its pages."""

    site_header = site_title = "红十字会业务门户"
    index_title = "业务记录"


site = RecordSite(name="admin")
admin.site = site
