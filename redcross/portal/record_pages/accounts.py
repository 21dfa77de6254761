"""Users, safety settings and account requests in the record pages."""

from typing import Any

from django.contrib import admin

from redcross.accounts.models import RoleAssignment, SafetySettings, User
from redcross.accounts.requests import SignedInRequest
from redcross.people.forms.user_admin import RoleForm, RoleFormSet, UserForm, save_roles, save_user
from redcross.people.models import AccountRequest
from redcross.portal.record_pages.model_admin import (
    AdministratorAdmin,
    AdministratorInline,
    RecordAdmin,
)
from redcross.portal.record_pages.site import site


class RoleInline(AdministratorInline):
    """The roles of a user, granted and ended under the rules of `people.rules`."""

    model = RoleAssignment
    form = RoleForm
    formset = RoleFormSet
    autocomplete_fields = ["branch"]

    def get_formset(self, request: SignedInRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **kwargs)
        formset.actor = request.user
        return formset


@admin.register(User, site=site)
class UserAdmin(AdministratorAdmin):
    """Users; they set their passwords themselves, or the level above resets them."""

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
class SafetySettingsAdmin(AdministratorAdmin):
    """The single row of security settings."""

    list_display = ["__str__", "unused_days", "password_days", "export_hours"]

    def has_add_permission(self, request: SignedInRequest) -> bool:
        return self._is_administrator(request) and not SafetySettings.objects.exists()

    def save_model(
        self, request: SignedInRequest, obj: SafetySettings, form: Any, change: bool
    ) -> None:
        obj.pk = 1
        super().save_model(request, obj, form, change)


@admin.register(AccountRequest, site=site)
class AccountRequestAdmin(RecordAdmin):
    """Accounts requested by workbooks."""

    list_display = ["username", "display_name", "role", "domain", "branch", "source_link"]
    list_filter = ["role"]
    search_fields = ["username", "display_name"]
