"""What relief hangs on the page of a fund: its projects under the same brand."""

from donations.models import Fund
from donations.panels import Panel, register_fund_panel
from redcross.accounts.models import User
from redcross.branches.models import Branch
from relief.models import Project


@register_fund_panel
def build_projects_panel(fund: Fund, branch: Branch, user: User) -> Panel | None:
    """Return the projects of the fund's brand: a programme bears its fund's code."""
    projects = Project.objects.visible_to(user).filter(
        programme__code=fund.code, branch__code__startswith=branch.code
    )
    rows = list(projects.select_related("branch").order_by("-year", "branch__code")[:100])
    return Panel("relief/_projects.html", {"rows": rows}) if rows else None
