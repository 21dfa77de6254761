"""Lists and forms of the three donations; the vault has none."""

from django.contrib import admin

from donors.models import (
    BloodMonth,
    Coordinator,
    DonationCase,
    FamilyLetter,
    OrganWish,
    PublicityCase,
    StemCellStep,
    StemCellVolunteer,
)
from redcross.portal.record_pages.model_admin import RecordAdmin
from redcross.portal.record_pages.site import site


@admin.register(StemCellVolunteer, site=site)
class StemCellVolunteerAdmin(RecordAdmin):
    """Volunteers under their codes."""

    list_display = ["code", "registered_on", "stored_on", "storage_number", "branch", "source_link"]
    search_fields = ["code", "storage_number"]
    date_hierarchy = "registered_on"
    exclude = ["identity", "consent"]
    readonly_fields = [*RecordAdmin.readonly_fields, "code"]


@admin.register(StemCellStep, site=site)
class StemCellStepAdmin(RecordAdmin):
    """Steps from match to collection."""

    list_display = [
        "code",
        "step",
        "happened_on",
        "outcome",
        "exit_reason",
        "branch",
        "source_link",
    ]
    list_filter = ["step", "outcome", "exit_reason", "second"]
    search_fields = ["code", "hospital"]
    date_hierarchy = "happened_on"


@admin.register(OrganWish, site=site)
class OrganWishAdmin(RecordAdmin):
    """Wishes under their codes."""

    list_display = ["code", "registered_on", "channel", "withdrawn_on", "branch", "source_link"]
    list_filter = ["channel"]
    search_fields = ["code"]
    date_hierarchy = "registered_on"
    exclude = ["identity", "consent"]
    readonly_fields = [*RecordAdmin.readonly_fields, "code"]


@admin.register(DonationCase, site=site)
class DonationCaseAdmin(RecordAdmin):
    """Cases as dated facts."""

    list_display = ["case_number", "reported_on", "recovered_on", "branch", "source_link"]
    search_fields = ["case_number"]
    date_hierarchy = "reported_on"
    exclude = ["identity"]
    readonly_fields = [*RecordAdmin.readonly_fields, "code"]

    def save_model(self, request: object, obj: DonationCase, form: object, change: bool) -> None:
        organs = (
            obj.hearts, obj.lungs, obj.livers, obj.kidneys, obj.pancreases, obj.intestines,
        )  # fmt: skip
        obj.organs = sum(organs)
        obj.people_helped = obj.recipients + obj.cornea_recipients
        super().save_model(request, obj, form, change)


@admin.register(PublicityCase, site=site)
class PublicityCaseAdmin(RecordAdmin):
    """Stories told with consent."""

    list_display = ["name", "alias", "published_on", "taken_up", "branch", "source_link"]
    list_filter = ["taken_up"]
    search_fields = ["name", "alias"]
    date_hierarchy = "published_on"


@admin.register(BloodMonth, site=site)
class BloodMonthAdmin(RecordAdmin):
    """Figures of the blood services."""

    list_display = ["month", "branch", "people_times", "volume", "promotions", "source_link"]
    date_hierarchy = "month"


@admin.register(Coordinator, site=site)
class CoordinatorAdmin(RecordAdmin):
    """Who accompanies donations."""

    list_display = ["name", "team", "certificate_number", "expires_on", "branch", "source_link"]
    list_filter = ["full_time"]
    search_fields = ["name", "certificate_number"]


@admin.register(FamilyLetter, site=site)
class FamilyLetterAdmin(RecordAdmin):
    """Letters that coordinators hand on."""

    list_display = ["came_on", "direction", "code", "checked", "handed_on", "branch", "source_link"]
    list_filter = ["direction", "checked"]
    search_fields = ["code"]
    date_hierarchy = "came_on"
