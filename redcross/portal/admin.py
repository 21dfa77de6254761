"""Branches and people in the record pages; only administrators manage them."""

from typing import Any

from django.contrib import admin
from unfold.admin import ModelAdmin, TabularInline

from redcross.accounts.choices import Role
from redcross.accounts.models import RoleAssignment, User
from redcross.accounts.requests import SignedInRequest
from redcross.accounts.rules import READING, holds
from redcross.branches.models import Branch, BranchAlias
from redcross.portal.site import site


class _ManagedByAdministrators(ModelAdmin):
    list_per_page = 20

    def _manages(self, request: SignedInRequest) -> bool:
        return holds(request.user, [Role.ADMINISTRATOR])

    def has_module_permission(self, request: SignedInRequest) -> bool:
        return self._manages(request)

    def has_view_permission(self, request: SignedInRequest, obj: Any = None) -> bool:
        return self._manages(request)

    has_change_permission = has_view_permission

    def has_add_permission(self, request: SignedInRequest) -> bool:
        return self._manages(request)

    def has_delete_permission(self, request: SignedInRequest, obj: Any = None) -> bool:
        return False


class _Inline(TabularInline):
    extra = 0

    def has_view_permission(self, request: SignedInRequest, obj: Any = None) -> bool:
        return holds(request.user, [Role.ADMINISTRATOR])

    has_change_permission = has_view_permission
    has_delete_permission = has_view_permission

    def has_add_permission(self, request: SignedInRequest, obj: Any = None) -> bool:
        return holds(request.user, [Role.ADMINISTRATOR])


class AliasInline(_Inline):
    """Other names of a branch."""

    model = BranchAlias


class RoleInline(_Inline):
    """Roles of a person."""

    model = RoleAssignment
    autocomplete_fields = ["branch"]


@admin.register(Branch, site=site)
class BranchAdmin(_ManagedByAdministrators):
    """The tree of branches; everybody may look one up."""

    list_display = ["code", "name", "level", "parent"]
    list_filter = ["level"]
    list_select_related = ["parent"]
    search_fields = ["code", "name", "short_name", "pinyin", "initials"]
    inlines = [AliasInline]

    def has_view_permission(self, request: SignedInRequest, obj: Any = None) -> bool:
        return self._manages(request) or holds(request.user, READING)


@admin.register(User, site=site)
class UserAdmin(_ManagedByAdministrators):
    """People; a password is set by themselves or reset by the level above."""

    list_display = ["username", "display_name", "is_active", "last_login"]
    search_fields = ["username", "display_name"]
    fields = ["username", "display_name", "phone", "is_active", "must_change_password"]
    inlines = [RoleInline]
