"""Lists and forms of gifts in the record pages."""

from typing import Any

from django.contrib import admin

from donations.models import (
    Allocation,
    Campaign,
    CampaignResult,
    DailyTaking,
    Disclosure,
    DisclosureDuty,
    Donation,
    Equipment,
    Feedback,
    Fund,
    FundraisingProject,
    Giver,
    GoodsGiven,
)
from redcross.portal.record_pages.model_admin import RecordAdmin, ReferenceAdmin
from redcross.portal.record_pages.site import site


@admin.register(Fund, site=site)
class FundAdmin(ReferenceAdmin):
    """Funds of the province."""

    list_display = ["name", "kind", "purpose", "retired"]
    list_filter = ["kind", "retired"]
    search_fields = ["name", "other_names"]


@admin.register(Campaign, site=site)
class CampaignAdmin(ReferenceAdmin):
    """Fundraising days and appeals."""

    list_display = ["name", "kind", "starts_on", "ends_on", "place", "outside_province"]
    list_filter = ["kind"]
    search_fields = ["name", "other_names"]


@admin.register(Giver, site=site)
class GiverAdmin(RecordAdmin):
    """Who gives."""

    list_display = ["name", "kind", "branch", "source_link"]
    list_filter = ["kind"]
    search_fields = ["name"]
    raw_id_fields = ["merged_into"]


@admin.register(Donation, site=site)
class DonationAdmin(RecordAdmin):
    """Gifts of money and goods."""

    list_display = [
        "giver_name", "value", "received_on", "form", "source", "fund", "campaign",
        "branch", "source_link",
    ]  # fmt: skip
    list_filter = ["form", "source", "giver_kind", "channel", "fund", "campaign"]
    search_fields = ["giver_name", "ticket_number", "item"]
    date_hierarchy = "received_on"
    raw_id_fields = ["giver"]
    exclude = ["phone"]
    list_select_related = ["branch", "fund", "campaign"]

    def save_model(self, request: Any, obj: Donation, form: Any, change: bool) -> None:
        obj.campaign_kind = obj.campaign.kind if obj.campaign else None
        super().save_model(request, obj, form, change)


@admin.register(CampaignResult, site=site)
class CampaignResultAdmin(RecordAdmin):
    """What fundraising days brought."""

    list_display = ["campaign", "project", "value", "gift_times", "branch", "source_link"]
    list_filter = ["campaign"]
    search_fields = ["project"]


@admin.register(Equipment, site=site)
class EquipmentAdmin(RecordAdmin):
    """Donated medical equipment."""

    list_display = [
        "number", "name", "user_unit", "state", "accepted_on", "inspected_on", "branch",
        "source_link",
    ]  # fmt: skip
    list_filter = ["state"]
    search_fields = ["number", "name", "user_unit"]


@admin.register(FundraisingProject, site=site)
class FundraisingProjectAdmin(RecordAdmin):
    """The library of fundraising projects."""

    list_display = ["name", "target", "raised", "state", "fund", "branch", "source_link"]
    list_filter = ["state", "fund"]
    search_fields = ["name", "need"]
    list_select_related = ["branch", "fund"]


@admin.register(Feedback, site=site)
class FeedbackAdmin(RecordAdmin):
    """What givers were told."""

    list_display = ["giver_name", "told_on", "way", "used_value", "branch", "source_link"]
    list_filter = ["way"]
    search_fields = ["giver_name", "used_for"]


@admin.register(Allocation, site=site)
class AllocationAdmin(RecordAdmin):
    """What was paid out of funds."""

    list_display = [
        "fund", "value", "used_value", "receiver", "purpose", "allocated_on", "branch",
        "source_link",
    ]  # fmt: skip
    list_filter = ["fund"]
    search_fields = ["receiver", "purpose", "document_number"]
    date_hierarchy = "allocated_on"
    list_select_related = ["branch", "fund"]


@admin.register(GoodsGiven, site=site)
class GoodsGivenAdmin(RecordAdmin):
    """Donated goods handed on."""

    list_display = [
        "item", "quantity", "measure", "value", "receiver", "given_on", "branch", "source_link",
    ]  # fmt: skip
    list_filter = ["campaign"]
    search_fields = ["item", "receiver"]
    date_hierarchy = "given_on"


@admin.register(DailyTaking, site=site)
class DailyTakingAdmin(RecordAdmin):
    """What came in day by day, by channel."""

    list_display = ["taken_on", "basis", "channel", "gifts", "value", "branch", "source_link"]
    list_filter = ["basis", "channel"]
    date_hierarchy = "taken_on"


@admin.register(Disclosure, site=site)
class DisclosureAdmin(RecordAdmin):
    """What of campaigns was made public."""

    list_display = ["campaign", "content", "published_on", "place", "branch", "source_link"]
    list_filter = ["content", "campaign"]
    list_select_related = ["branch", "campaign"]


@admin.register(DisclosureDuty, site=site)
class DisclosureDutyAdmin(ReferenceAdmin):
    """What the law asks to be made public, and when."""

    list_display = ["content", "longer_than_months", "within_months", "effective_on", "source"]
