"""Branches and their other names in the record pages."""

from typing import Any

from django.contrib import admin

from redcross.accounts.requests import SignedInRequest
from redcross.accounts.rules import READ_ROLES, has_role
from redcross.branches.models import Branch, BranchAlias
from redcross.portal.record_pages.model_admin import AdministratorAdmin, AdministratorInline
from redcross.portal.record_pages.reference_import import ReferenceImportMixin
from redcross.portal.record_pages.site import site


class AliasInline(AdministratorInline):
    """The other names of a branch."""

    model = BranchAlias


@admin.register(Branch, site=site)
class BranchAdmin(AdministratorAdmin):
    """The tree of branches; every reader may look one up."""

    list_display = ["code", "name", "level", "parent", "opened_on", "closed_on"]
    list_filter = ["level"]
    list_select_related = ["parent"]
    search_fields = ["code", "name", "short_name", "pinyin", "initials"]
    inlines = [AliasInline]

    def has_view_permission(self, request: SignedInRequest, obj: Any = None) -> bool:
        return self._is_administrator(request) or has_role(request.user, READ_ROLES)


@admin.register(BranchAlias, site=site)
class BranchAliasAdmin(ReferenceImportMixin, AdministratorAdmin):
    """Other names of all branches, in one list that can be exported and imported."""

    import_key = ("branch", "name")
    list_display = ["name", "branch", "kind", "until"]
    list_filter = ["kind"]
    list_select_related = ["branch"]
    search_fields = ["name", "branch__name"]
    autocomplete_fields = ["branch"]
