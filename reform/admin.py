"""Lists and forms of reform and organisation in the record pages."""

from django.contrib import admin

from redcross.portal.record_pages.model_admin import RecordAdmin, ReferenceAdmin
from redcross.portal.record_pages.site import site
from reform.models import (
    Activity,
    Document,
    GoodExample,
    GovernanceFact,
    GovernanceItem,
    GrassrootsUnit,
    KeyTask,
    Liaison,
    LightRule,
    Milestone,
    NetworkMovement,
    Problem,
    TaskProgress,
    Visit,
)


@admin.register(GovernanceItem, site=site)
class GovernanceItemAdmin(ReferenceAdmin):
    """What the reform asks of every branch."""

    list_display = ["name", "kind", "order", "retired"]
    list_filter = ["kind", "retired"]
    search_fields = ["name"]


@admin.register(LightRule, site=site)
class LightRuleAdmin(ReferenceAdmin):
    """When a task turns yellow or red."""

    list_display = ["effective_on", "yellow_points"]


@admin.register(GovernanceFact, site=site)
class GovernanceFactAdmin(RecordAdmin):
    """Dated facts of each branch."""

    list_display = [
        "branch",
        "item",
        "display_text",
        "since",
        "ended_on",
        "evidence",
        "source_link",
    ]
    list_filter = ["item", "answer"]
    search_fields = ["words", "evidence", "reason"]
    list_select_related = ["branch", "item"]


@admin.register(KeyTask, site=site)
class KeyTaskAdmin(RecordAdmin):
    """Key tasks of a year."""

    list_display = ["year", "number", "name", "department", "due_on", "branch", "source_link"]
    list_filter = ["year"]
    search_fields = ["name", "department"]


@admin.register(TaskProgress, site=site)
class TaskProgressAdmin(RecordAdmin):
    """Each report of progress."""

    list_display = [
        "year", "number", "name", "told_on", "state", "percent", "evidence", "branch",
        "source_link",
    ]  # fmt: skip
    list_filter = ["year", "state"]
    search_fields = ["name", "progress", "evidence"]
    date_hierarchy = "told_on"
    raw_id_fields = ["task"]


@admin.register(Liaison, site=site)
class LiaisonAdmin(RecordAdmin):
    """Who keeps contact with which branch."""

    list_display = ["leader", "post", "branch", "since", "ended_on", "source_link"]
    search_fields = ["leader"]


@admin.register(Visit, site=site)
class VisitAdmin(RecordAdmin):
    """Visits of leaders."""

    list_display = ["visited_on", "leader", "branch", "work", "source_link"]
    search_fields = ["leader", "work"]
    date_hierarchy = "visited_on"


@admin.register(Problem, site=site)
class ProblemAdmin(RecordAdmin):
    """Difficulties and their solution."""

    list_display = ["found_on", "content", "owner", "state", "solved_on", "branch", "source_link"]
    list_filter = ["state"]
    search_fields = ["content", "owner", "solution"]
    date_hierarchy = "found_on"


@admin.register(Activity, site=site)
class ActivityAdmin(RecordAdmin):
    """The activity register."""

    list_display = ["held_on", "activity_kind", "name", "people_times", "branch", "source_link"]
    list_filter = ["activity_kind"]
    search_fields = ["name", "participants", "content"]
    date_hierarchy = "held_on"


@admin.register(Document, site=site)
class DocumentAdmin(RecordAdmin):
    """The document register."""

    list_display = [
        "issued_on", "number", "name", "level", "issued_jointly_with", "branch", "source_link",
    ]  # fmt: skip
    list_filter = ["level"]
    search_fields = ["name", "number", "issued_jointly_with", "covers"]
    date_hierarchy = "issued_on"


@admin.register(Milestone, site=site)
class MilestoneAdmin(RecordAdmin):
    """Steps worth remembering."""

    list_display = ["happened_on", "name", "task_number", "evidence", "branch", "source_link"]
    search_fields = ["name", "evidence"]
    date_hierarchy = "happened_on"


@admin.register(GoodExample, site=site)
class GoodExampleAdmin(RecordAdmin):
    """What others can learn from."""

    list_display = ["told_on", "name", "method", "branch", "source_link"]
    list_filter = ["method"]
    search_fields = ["name", "content"]


@admin.register(GrassrootsUnit, site=site)
class GrassrootsUnitAdmin(RecordAdmin):
    """Units below the county."""

    list_display = ["name", "kind", "founded_on", "dissolved_on", "branch", "source_link"]
    list_filter = ["kind"]
    search_fields = ["name"]
    date_hierarchy = "founded_on"


@admin.register(NetworkMovement, site=site)
class NetworkMovementAdmin(RecordAdmin):
    """Members and volunteers."""

    list_display = [
        "month",
        "branch",
        "members_new",
        "volunteers_new",
        "volunteer_hours",
        "source_link",
    ]
    date_hierarchy = "month"
