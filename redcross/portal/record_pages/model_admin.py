"""The base classes of the record pages: scope, rights, and the link to the source cell."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from unfold.admin import ModelAdmin, TabularInline

from redcross.accounts.choices import Role
from redcross.accounts.requests import SignedInRequest
from redcross.accounts.rules import READ_ROLES, REVIEW_ROLES, has_role
from redcross.branches.models import Branch
from redcross.portal.record_pages.list_export import ListExportMixin
from redcross.portal.record_pages.reference_import import ReferenceImportMixin
from redcross.portal.record_pages.site import site

CORRECTION_ROLES = (*REVIEW_ROLES,)


class PortalModelAdmin(ModelAdmin):
    """Forms that take no initial values from the address: an invalid one would fail."""

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        """Allow only the filters of the list: a query string must not filter by a hidden field."""
        declared = {self.date_hierarchy, self.opts.pk.name, "pk", "id"}
        for item in self.get_list_filter(request):
            declared.add(item[0] if isinstance(item, tuple) else str(item))
        name = lookup.partition("__")[0]
        return name in declared or lookup in declared

    def get_changeform_initial_data(self, request: SignedInRequest) -> dict[str, Any]:
        return {}


class RecordAdmin(ListExportMixin, PortalModelAdmin):
    """Records: created by uploads, corrected by reviewers and desks, never added by hand."""

    list_per_page = 20
    show_full_result_count = False
    list_select_related = ["branch"]
    readonly_fields = ["branch", "source_link", "upload_sheet", "upload_row"]

    def get_queryset(self, request: SignedInRequest) -> QuerySet[Any]:
        return self.model.objects.visible_to(request.user)

    def get_exclude(self, request: SignedInRequest, obj: Any = None) -> Any:
        """Exclude the upload, which the user may not see if a higher branch made it."""
        return [*(super().get_exclude(request, obj) or ()), "upload"]

    def get_object(self, request: SignedInRequest, object_id: str, from_field: Any = None) -> Any:
        record = super().get_object(request, object_id, from_field)
        request.seen_branch = record.branch.code if record else ""
        return record

    def has_module_permission(self, request: SignedInRequest) -> bool:
        return has_role(request.user, READ_ROLES, domain=self.opts.app_label)

    def has_view_permission(self, request: SignedInRequest, obj: Any = None) -> bool:
        branch = getattr(obj, "branch", None)
        return has_role(request.user, READ_ROLES, branch, domain=self.opts.app_label)

    def has_add_permission(self, request: SignedInRequest) -> bool:
        return False

    def has_change_permission(self, request: SignedInRequest, obj: Any = None) -> bool:
        branch = getattr(obj, "branch", None)
        return has_role(request.user, CORRECTION_ROLES, branch, domain=self.opts.app_label)

    def has_delete_permission(self, request: SignedInRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description="来源")
    def source_link(self, obj: Any) -> str:
        """Return a link to the upload, with the source row."""
        address = reverse("upload", kwargs={"pk": obj.upload_id})
        return format_html('<a href="{}">批次{} {}</a>', address, obj.upload_id, obj.source_label)


class ReferenceAdmin(ReferenceImportMixin, PortalModelAdmin):
    """Reference data of the province: read by everybody, changed by the province's desks."""

    list_per_page = 20

    def has_module_permission(self, request: SignedInRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: SignedInRequest, obj: Any = None) -> bool:
        return has_role(request.user, READ_ROLES)

    def has_add_permission(self, request: SignedInRequest) -> bool:
        return _has_province_role(request, [Role.DESK, Role.OFFICE])

    def has_change_permission(self, request: SignedInRequest, obj: Any = None) -> bool:
        return _has_province_role(request, [Role.DESK, Role.OFFICE])

    def has_delete_permission(self, request: SignedInRequest, obj: Any = None) -> bool:
        return False


def _has_province_role(request: SignedInRequest, roles: list[Role]) -> bool:
    province = Branch.objects.filter(parent__isnull=True).first()
    return province is not None and has_role(request.user, roles, province)


class AdministratorAdmin(PortalModelAdmin):
    """Rows that only administrators see and change; none is deleted."""

    list_per_page = 20

    def _is_administrator(self, request: SignedInRequest) -> bool:
        return has_role(request.user, [Role.ADMINISTRATOR])

    def has_module_permission(self, request: SignedInRequest) -> bool:
        return self._is_administrator(request)

    def has_view_permission(self, request: SignedInRequest, obj: Any = None) -> bool:
        return self._is_administrator(request)

    has_change_permission = has_view_permission

    def has_add_permission(self, request: SignedInRequest) -> bool:
        return self._is_administrator(request)

    def has_delete_permission(self, request: SignedInRequest, obj: Any = None) -> bool:
        return False


class AdministratorInline(TabularInline):
    """Rows that administrators see, add, change and delete on another row's page."""

    extra = 0

    def has_view_permission(self, request: SignedInRequest, obj: Any = None) -> bool:
        return has_role(request.user, [Role.ADMINISTRATOR])

    has_change_permission = has_view_permission
    has_delete_permission = has_view_permission

    def has_add_permission(self, request: SignedInRequest, obj: Any = None) -> bool:
        return has_role(request.user, [Role.ADMINISTRATOR])


def may_enter_site(request: SignedInRequest) -> bool:
    """Return whether the user may open any record page."""
    user = request.user
    return user.is_active and (has_role(user, READ_ROLES) or has_role(user, [Role.ADMINISTRATOR]))


site.has_permission = may_enter_site
