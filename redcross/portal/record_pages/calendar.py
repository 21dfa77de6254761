"""The reporting calendar in the record pages, edited by the province's office and desks."""

from typing import Any

from django import forms
from django.contrib import admin

from redcross.accounts.requests import SignedInRequest
from redcross.accounts.rules import READ_ROLES, has_role
from redcross.completeness.choices import ReminderAudience
from redcross.completeness.models import CalendarDay, DueRule, Occasion, ReminderStage
from redcross.portal.record_pages.model_admin import ReferenceAdmin
from redcross.portal.record_pages.site import site
from redcross.uploads.registry import registry


def _sheet_choices(*, blank: str = "") -> list[tuple[str, str]]:
    every = [(sheet.key, sheet.title) for sheet in registry.in_menu_order()]
    return [("", blank), *every] if blank else every


class CalendarAdmin(ReferenceAdmin):
    """Rows of the calendar, which those who change them may also delete."""

    def has_view_permission(self, request: SignedInRequest, obj: Any = None) -> bool:
        return has_role(request.user, READ_ROLES)

    def has_delete_permission(self, request: SignedInRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)


@admin.register(CalendarDay, site=site)
class CalendarDayAdmin(CalendarAdmin):
    """Holidays and working weekends; years without rows follow the weekdays."""

    import_key = ("day",)
    list_display = ["day", "kind", "name"]
    list_filter = ["kind"]
    date_hierarchy = "day"
    search_fields = ["name"]


class DueRuleForm(forms.ModelForm):  # type: ignore[type-arg]
    """A rule for one sheet, or for all."""

    sheet = forms.ChoiceField(label="报表", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sheet"].choices = _sheet_choices(blank="全部报表（没有单独规定的）")  # type: ignore[attr-defined]


@admin.register(DueRule, site=site)
class DueRuleAdmin(CalendarAdmin):
    """Due dates on holidays, the first day to submit, the first month with obligations."""

    form = DueRuleForm
    list_display = ["__str__", "on_holiday", "opens_after", "since"]


class OccasionForm(forms.ModelForm):  # type: ignore[type-arg]
    """A sheet required once."""

    sheet = forms.ChoiceField(label="报表")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sheet"].choices = _sheet_choices()  # type: ignore[attr-defined]


@admin.register(Occasion, site=site)
class OccasionAdmin(CalendarAdmin):
    """Sheets required because of an event."""

    form = OccasionForm
    list_display = ["title", "sheet", "branch", "level", "month", "due_on"]
    list_select_related = ["branch"]
    autocomplete_fields = ["branch"]


class ReminderStageForm(forms.ModelForm):  # type: ignore[type-arg]
    """A stage of reminders."""

    audiences = forms.MultipleChoiceField(
        label="提醒对象", choices=ReminderAudience.choices, widget=forms.CheckboxSelectMultiple
    )


@admin.register(ReminderStage, site=site)
class ReminderStageAdmin(CalendarAdmin):
    """Stages of reminders before and after due dates."""

    form = ReminderStageForm
    list_display = ["__str__", "people", "text", "lasts", "active"]

    @admin.display(description="提醒对象")
    def people(self, obj: ReminderStage) -> str:
        """Return the audiences of the stage."""
        return "、".join(str(ReminderAudience(audience).label) for audience in obj.audiences)
