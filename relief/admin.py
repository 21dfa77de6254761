"""Lists and forms of aid and disaster response in the record pages."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from redcross.periods import business_date
from redcross.portal.record_pages.model_admin import RecordAdmin, ReferenceAdmin
from redcross.portal.record_pages.site import site
from relief.models import (
    AidApplication,
    AidBand,
    AidCap,
    AidGrant,
    Dispatch,
    Distribution,
    Edition,
    EditionResource,
    Engagement,
    Event,
    EventResponse,
    Item,
    Need,
    Programme,
    Project,
    RescueTeam,
    StockMovement,
)


@admin.register(Programme, site=site)
class ProgrammeAdmin(ReferenceAdmin):
    """Brands of aid."""

    list_display = ["name", "purpose", "medical", "retired"]
    list_filter = ["medical", "retired"]
    search_fields = ["name", "other_names"]


@admin.register(Edition, site=site)
class EditionAdmin(ReferenceAdmin):
    """Seasons of yearly programmes."""

    list_display = ["name", "programme", "starts_on", "ends_on"]
    list_filter = ["programme"]
    search_fields = ["name", "other_names"]


@admin.register(Event, site=site)
class EventAdmin(ReferenceAdmin):
    """Disasters and epidemics."""

    list_display = ["name", "happened_on", "place", "outside_province", "appeal"]
    list_filter = ["outside_province"]
    search_fields = ["name", "other_names", "place"]


@admin.register(Item, site=site)
class ItemAdmin(ReferenceAdmin):
    """Kinds of goods in stores."""

    list_display = ["name", "unit", "reserve", "retired"]
    search_fields = ["name", "other_names"]


@admin.register(AidBand, site=site)
class AidBandAdmin(ReferenceAdmin):
    """What the angel plan grants."""

    list_display = ["fund", "effective_on", "transplanted", "above", "up_to", "grant"]
    list_filter = ["fund", "transplanted"]


@admin.register(AidCap, site=site)
class AidCapAdmin(ReferenceAdmin):
    """What the angel plan grants to one child at most."""

    list_display = ["fund", "effective_on", "cap", "oldest"]
    list_filter = ["fund"]


@admin.register(Project, site=site)
class ProjectAdmin(RecordAdmin):
    """Projects by year."""

    list_display = [
        "year", "programme", "name", "funding_source", "secured", "spent", "state", "branch",
        "source_link",
    ]  # fmt: skip
    list_filter = ["year", "programme", "funding_source", "state"]
    search_fields = ["name", "place"]
    list_select_related = ["branch", "programme"]


@admin.register(EditionResource, site=site)
class EditionResourceAdmin(RecordAdmin):
    """What editions mobilised."""

    list_display = ["edition", "funding_source", "form", "value", "branch", "source_link"]
    list_filter = ["edition", "funding_source", "form"]
    list_select_related = ["branch", "edition"]


@admin.register(Distribution, site=site)
class DistributionAdmin(RecordAdmin):
    """What households and villages were given."""

    list_display = [
        "edition", "given_on", "township", "village", "households", "beneficiary_times", "branch",
        "source_link",
    ]  # fmt: skip
    list_filter = ["edition", "hardship"]
    search_fields = ["township", "village"]
    date_hierarchy = "given_on"
    exclude = ["householder", "id_number", "phone"]
    list_select_related = ["branch", "edition"]


@admin.register(AidApplication, site=site)
class AidApplicationAdmin(RecordAdmin):
    """Applications of sick children, without their names."""

    list_display = [
        "aid_fund", "applied_on", "disease", "stage", "proposed", "granted", "paid_on", "branch",
        "source_link",
    ]  # fmt: skip
    list_filter = ["aid_fund", "disease"]
    date_hierarchy = "applied_on"
    exclude = ["child_name", "id_number", "domicile", "guardian", "phone"]


@admin.register(AidGrant, site=site)
class AidGrantAdmin(RecordAdmin):
    """Aid given."""

    list_display = [
        "given_on", "programme", "disease", "people_times", "value", "branch", "source_link",
    ]  # fmt: skip
    list_filter = ["programme", "disease", "funding_source"]
    date_hierarchy = "given_on"
    list_select_related = ["branch", "programme"]


@admin.register(EventResponse, site=site)
class EventResponseAdmin(RecordAdmin):
    """Levels of response."""

    list_display = ["event", "level", "declared_on", "branch", "source_link"]
    list_filter = ["event", "level"]
    list_select_related = ["branch", "event"]


@admin.register(Dispatch, site=site)
class DispatchAdmin(RecordAdmin):
    """People sent."""

    list_display = [
        "event", "dispatched_on", "form", "team", "batches", "people_times", "branch",
        "source_link",
    ]  # fmt: skip
    list_filter = ["event", "form"]
    search_fields = ["team", "place", "work"]
    date_hierarchy = "dispatched_on"
    list_select_related = ["branch", "event"]


@admin.register(Engagement, site=site)
class EngagementAdmin(RecordAdmin):
    """Volunteers engaged."""

    list_display = ["event", "branch", "volunteers", "engaged_on", "source_link"]
    list_filter = ["event"]
    list_select_related = ["branch", "event"]


@admin.register(Need, site=site)
class NeedAdmin(RecordAdmin):
    """What is asked for."""

    list_display = ["event", "item", "quantity", "met", "measure", "branch", "source_link"]
    list_filter = ["event"]
    search_fields = ["item"]
    list_select_related = ["branch", "event"]


class PapersFilter(admin.SimpleListFilter):
    """The worklist of goods sent before their papers."""

    title = "手续"
    parameter_name = "papers"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("due", "先发后补，三天未补")]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[StockMovement]
    ) -> QuerySet[StockMovement]:
        if self.value() != "due":
            return queryset
        return queryset.papers_due(business_date(timezone.now()))  # type: ignore[attr-defined]


@admin.register(StockMovement, site=site)
class StockMovementAdmin(RecordAdmin):
    """Goods in and out."""

    list_display = [
        "moved_on", "store", "movement", "item", "quantity", "value", "event", "branch",
        "source_link",
    ]  # fmt: skip
    list_filter = [PapersFilter, "movement", "item", "event"]
    search_fields = ["document_number", "counterpart", "batch"]
    date_hierarchy = "moved_on"
    list_select_related = ["branch", "item", "event"]

    def save_model(self, request: Any, obj: StockMovement, form: Any, change: bool) -> None:
        obj.apply_sign()
        super().save_model(request, obj, form, change)


@admin.register(RescueTeam, site=site)
class RescueTeamAdmin(RecordAdmin):
    """Rescue teams."""

    list_display = ["name", "team_kind", "level", "people", "drilled_on", "branch", "source_link"]
    list_filter = ["team_kind", "level"]
    search_fields = ["name", "equipment"]
