"""Lists and forms of first aid in the record pages."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from redcross.periods import business_date
from redcross.portal.record_pages.model_admin import RecordAdmin, ReferenceAdmin
from redcross.portal.record_pages.site import site
from training.models import (
    CourseRule,
    Device,
    Enrolment,
    Inspection,
    Instructor,
    Popularisation,
    Station,
    Trainee,
    TrainingClass,
)


@admin.register(CourseRule, site=site)
class CourseRuleAdmin(ReferenceAdmin):
    """Hours, marks and validity from a day on."""

    list_display = ["course", "effective_on", "hours", "theory_pass_mark", "validity_months"]
    list_filter = ["course"]


@admin.register(TrainingClass, site=site)
class TrainingClassAdmin(RecordAdmin):
    """Classes held."""

    list_display = ["held_on", "course", "number", "partner", "audience", "branch", "source_link"]
    list_filter = ["course", "audience"]
    search_fields = ["number", "partner", "place"]
    date_hierarchy = "held_on"


@admin.register(Trainee, site=site)
class TraineeAdmin(RecordAdmin):
    """People trained."""

    list_display = ["name", "sex", "workplace", "occupation", "branch", "source_link"]
    list_filter = ["sex"]
    search_fields = ["name", "workplace"]
    exclude = ["id_number", "phone"]


class ExpiryFilter(admin.SimpleListFilter):
    """The worklist of certificates that end soon, and of those that have ended."""

    title = "证书状态"
    parameter_name = "expiry"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("soon", "90天内到期"), ("past", "已过期"), ("revoked", "已注销")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Enrolment]) -> QuerySet[Enrolment]:
        today = business_date(timezone.now())
        match self.value():
            case "soon":
                return queryset.expiring(today)  # type: ignore[attr-defined]
            case "past":
                return queryset.exclude(certificate_number="").filter(expires_on__lt=today)
            case "revoked":
                return queryset.filter(revoked_on__isnull=False)
        return queryset


@admin.register(Enrolment, site=site)
class EnrolmentAdmin(RecordAdmin):
    """Who was examined, and the certificates."""

    list_display = [
        "name", "course", "trained_on", "result", "certificate_number", "expires_on", "branch",
        "source_link",
    ]  # fmt: skip
    list_filter = [ExpiryFilter, "course", "result", "audience"]
    search_fields = ["name", "certificate_number"]
    date_hierarchy = "trained_on"
    raw_id_fields = ["trainee", "training_class"]


@admin.register(Popularisation, site=site)
class PopularisationAdmin(RecordAdmin):
    """Events without examination."""

    list_display = ["held_on", "topic", "people_times", "audience", "branch", "source_link"]
    list_filter = ["audience"]
    search_fields = ["topic", "partner", "place"]
    date_hierarchy = "held_on"


@admin.register(Instructor, site=site)
class InstructorAdmin(RecordAdmin):
    """Who may teach."""

    list_display = ["name", "level", "certificate_number", "expires_on", "branch", "source_link"]
    list_filter = ["level"]
    search_fields = ["name", "certificate_number"]


@admin.register(Station, site=site)
class StationAdmin(RecordAdmin):
    """First-aid stations."""

    list_display = ["name", "site_kind", "opened_on", "people_served", "branch", "source_link"]
    list_filter = ["site_kind"]
    search_fields = ["name", "address"]


class MaintenanceFilter(admin.SimpleListFilter):
    """The worklists of devices to inspect, and of those that wear out."""

    title = "维护"
    parameter_name = "wear"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("soon", "90天内到期或已过期"), ("unseen", "90天内未巡检")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Device]) -> QuerySet[Device]:
        today = business_date(timezone.now())
        match self.value():
            case "soon":
                return queryset.wearing_out(today)  # type: ignore[attr-defined]
            case "unseen":
                return queryset.to_inspect(today)  # type: ignore[attr-defined]
        return queryset


@admin.register(Device, site=site)
class DeviceAdmin(RecordAdmin):
    """Defibrillators."""

    list_display = [
        "number", "place", "site_kind", "battery_expires_on", "pads_expire_on", "branch",
        "source_link",
    ]  # fmt: skip
    list_filter = [MaintenanceFilter, "site_kind"]
    search_fields = ["number", "place", "keeper"]


@admin.register(Inspection, site=site)
class InspectionAdmin(RecordAdmin):
    """Inspections of devices and stations."""

    list_display = ["number", "inspected_on", "condition", "inspector", "branch", "source_link"]
    list_filter = ["condition"]
    search_fields = ["number", "inspector"]
