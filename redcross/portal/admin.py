"""Branches and people in the record pages; only administrators manage them."""

from typing import Any

from django.contrib import admin
from django.utils import timezone
from unfold.admin import TabularInline

from redcross.accounts.choices import Role
from redcross.accounts.models import RoleAssignment, SafetySettings, User
from redcross.accounts.requests import SignedInRequest
from redcross.accounts.rules import READ_ROLES, has_role
from redcross.branches.models import Branch, BranchAlias
from redcross.locks.models import PeriodException, PeriodLock
from redcross.locks.rules import may_lock
from redcross.people.forms.user_admin import RoleForm, RoleFormSet, UserForm, save_roles, save_user
from redcross.people.models import AccountRequest
from redcross.portal import calendar_admin  # noqa: F401  registers the calendar of reporting
from redcross.portal.records import PortalModelAdmin, RecordAdmin
from redcross.portal.reference_import import ReferenceImportMixin
from redcross.portal.site import site


class _AdministratorAdmin(PortalModelAdmin):
    list_per_page = 20

    def _manages(self, request: SignedInRequest) -> bool:
        return has_role(request.user, [Role.ADMINISTRATOR])

    def has_module_permission(self, request: SignedInRequest) -> bool:
        return self._manages(request)

    def has_view_permission(self, request: SignedInRequest, obj: Any = None) -> bool:
        return self._manages(request)

    has_change_permission = has_view_permission

    def has_add_permission(self, request: SignedInRequest) -> bool:
        return self._manages(request)

    def has_delete_permission(self, request: SignedInRequest, obj: Any = None) -> bool:
        return False


class _AdministratorInline(TabularInline):
    extra = 0

    def has_view_permission(self, request: SignedInRequest, obj: Any = None) -> bool:
        return has_role(request.user, [Role.ADMINISTRATOR])

    has_change_permission = has_view_permission
    has_delete_permission = has_view_permission

    def has_add_permission(self, request: SignedInRequest, obj: Any = None) -> bool:
        return has_role(request.user, [Role.ADMINISTRATOR])


class AliasInline(_AdministratorInline):
    """Other names of a branch."""

    model = BranchAlias


class RoleInline(_AdministratorInline):
    """Roles of a person, given and ended by the rule of `people.rules`."""

    model = RoleAssignment
    form = RoleForm
    formset = RoleFormSet
    autocomplete_fields = ["branch"]

    def get_formset(self, request: SignedInRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **kwargs)
        formset.actor = request.user
        return formset


@admin.register(Branch, site=site)
class BranchAdmin(_AdministratorAdmin):
    """The tree of branches; everybody may look one up."""

    list_display = ["code", "name", "level", "parent", "opened_on", "closed_on"]
    list_filter = ["level"]
    list_select_related = ["parent"]
    search_fields = ["code", "name", "short_name", "pinyin", "initials"]
    inlines = [AliasInline]

    def has_view_permission(self, request: SignedInRequest, obj: Any = None) -> bool:
        return self._manages(request) or has_role(request.user, READ_ROLES)


class ExceptionInline(_AdministratorInline):
    """Branches that may write into closed months for a while."""

    model = PeriodException
    exclude = ["granted_by"]
    autocomplete_fields = ["branch"]

    def has_view_permission(self, request: SignedInRequest, obj: Any = None) -> bool:
        return may_lock(request.user)

    has_change_permission = has_view_permission
    has_delete_permission = has_view_permission

    def has_add_permission(self, request: SignedInRequest, obj: Any = None) -> bool:
        return may_lock(request.user)


@admin.register(BranchAlias, site=site)
class BranchAliasAdmin(ReferenceImportMixin, _AdministratorAdmin):
    """Other names of all branches, in one list that can be exported and imported."""

    import_key = ("branch", "name")
    list_display = ["name", "branch", "kind", "until"]
    list_filter = ["kind"]
    list_select_related = ["branch"]
    search_fields = ["name", "branch__name"]
    autocomplete_fields = ["branch"]


@admin.register(PeriodLock, site=site)
class PeriodLockAdmin(PortalModelAdmin):
    """Closed months; only the province closes and opens them."""

    list_display = ["domain", "branch", "first_month", "last_month", "locked_by", "locked_at"]
    list_filter = ["domain"]
    list_select_related = ["branch", "locked_by"]
    exclude = ["locked_by", "locked_at"]
    autocomplete_fields = ["branch"]
    inlines = [ExceptionInline]

    def has_module_permission(self, request: SignedInRequest) -> bool:
        return may_lock(request.user)

    def has_view_permission(self, request: SignedInRequest, obj: Any = None) -> bool:
        return may_lock(request.user)

    has_change_permission = has_view_permission
    has_delete_permission = has_view_permission

    def has_add_permission(self, request: SignedInRequest) -> bool:
        return may_lock(request.user)

    def save_model(
        self, request: SignedInRequest, obj: PeriodLock, form: Any, change: bool
    ) -> None:
        if not change:
            obj.locked_by, obj.locked_at = request.user, timezone.now()
        super().save_model(request, obj, form, change)

    def save_formset(self, request: SignedInRequest, form: Any, formset: Any, change: bool) -> None:
        for exception in formset.save(commit=False):
            if exception.granted_by_id is None:
                exception.granted_by = request.user
            exception.save()
        for gone in formset.deleted_objects:
            gone.delete()


@admin.register(User, site=site)
class UserAdmin(_AdministratorAdmin):
    """People; a password is set by themselves or reset by the level above."""

    list_display = ["username", "display_name", "is_active", "last_login"]
    search_fields = ["username", "display_name"]
    form = UserForm
    fields = ["username", "display_name", "phone", "is_active", "must_change_password"]
    inlines = [RoleInline]

    def get_form(self, request: SignedInRequest, obj: Any = None, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, **kwargs)
        form.actor = request.user
        return form

    def save_model(self, request: SignedInRequest, obj: User, form: Any, change: bool) -> None:
        save_user(request, form, change=change)

    def save_formset(self, request: SignedInRequest, form: Any, formset: Any, change: bool) -> None:
        save_roles(request, formset)


@admin.register(SafetySettings, site=site)
class SafetySettingsAdmin(_AdministratorAdmin):
    """The one row of numbers the rules of safety count in."""

    list_display = ["__str__", "unused_days", "password_days", "export_hours"]

    def has_add_permission(self, request: SignedInRequest) -> bool:
        return self._manages(request) and not SafetySettings.objects.exists()

    def save_model(
        self, request: SignedInRequest, obj: SafetySettings, form: Any, change: bool
    ) -> None:
        obj.pk = 1
        super().save_model(request, obj, form, change)


@admin.register(AccountRequest, site=site)
class AccountRequestAdmin(RecordAdmin):
    """Accounts asked for by workbooks."""

    list_display = ["username", "display_name", "role", "domain", "branch", "source_link"]
    list_filter = ["role"]
    search_fields = ["username", "display_name"]
