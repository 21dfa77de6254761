"""What of the three donations falls due: coordinators' certificates."""

import datetime as dt
from collections.abc import Iterator

from django.urls import reverse

from donors.models import Coordinator
from redcross.accounts.rules import READING
from redcross.portal.worklists import Line, worklist

SOON = dt.timedelta(days=90)


@worklist("donors", READING)
def coordinators(branches: tuple[int, ...], today: dt.date) -> Iterator[Line]:
    """Tell the certificates of coordinators that end within 90 days."""
    ending = Coordinator.objects.filter(
        branch_id__in=branches, expires_on__gte=today, expires_on__lte=today + SOON
    )
    address = reverse("admin:donors_coordinator_changelist")
    link = f"{address}?expires_on__gte={today}&expires_on__lte={today + SOON}"
    yield "90天内到期的协调员证", ending, link
