"""What of the three donations falls due: coordinators' certificates."""

import datetime as dt
from collections.abc import Iterator

from django.urls import reverse

from donors.models import Coordinator
from redcross.accounts.rules import READ_ROLES
from redcross.portal.worklists import WorklistLine, register_worklist

EXPIRY_NOTICE = dt.timedelta(days=90)


@register_worklist("donors", READ_ROLES)
def list_expiring_coordinators(branches: tuple[int, ...], today: dt.date) -> Iterator[WorklistLine]:
    """Tell the certificates of coordinators that end within 90 days."""
    ending = Coordinator.objects.filter(
        branch_id__in=branches, expires_on__gte=today, expires_on__lte=today + EXPIRY_NOTICE
    )
    address = reverse("admin:donors_coordinator_changelist")
    link = f"{address}?expires_on__gte={today}&expires_on__lte={today + EXPIRY_NOTICE}"
    yield "90天内到期的协调员证", ending, link
