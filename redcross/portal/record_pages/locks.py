"""Period locks and their exceptions in the record pages; only the province sees them."""

from typing import Any

from django.contrib import admin
from django.utils import timezone

from redcross.accounts.requests import SignedInRequest
from redcross.locks.models import PeriodException, PeriodLock
from redcross.locks.rules import may_lock
from redcross.portal.record_pages.model_admin import AdministratorInline, PortalModelAdmin
from redcross.portal.record_pages.site import site


class ExceptionInline(AdministratorInline):
    """Branches that may write into locked months for a while."""

    model = PeriodException
    exclude = ["granted_by"]
    autocomplete_fields = ["branch"]

    def has_view_permission(self, request: SignedInRequest, obj: Any = None) -> bool:
        return may_lock(request.user)

    has_change_permission = has_view_permission
    has_delete_permission = has_view_permission

    def has_add_permission(self, request: SignedInRequest, obj: Any = None) -> bool:
        return may_lock(request.user)


@admin.register(PeriodLock, site=site)
class PeriodLockAdmin(PortalModelAdmin):
    """Locked months; only the province locks and unlocks."""

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
        for exception in formset.deleted_objects:
            exception.delete()
