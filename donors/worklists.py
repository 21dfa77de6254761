"""What of the three donations falls due: coordinators' certificates."""

import datetime as dt
from collections.abc import Iterator

from django.urls import reverse

from donors.models import Coordinator
from redcross.accounts.models import User
from redcross.accounts.rules import READING, holds
from redcross.portal.worklists import Expiring, worklist

SOON = dt.timedelta(days=90)


@worklist
def coordinators(user: User, today: dt.date) -> Iterator[Expiring]:
    """Count the certificates of coordinators that end within 90 days."""
    if not holds(user, READING, domain="donors"):
        return
    ending = Coordinator.objects.visible_to(user).filter(
        expires_on__gte=today, expires_on__lte=today + SOON
    )
    address = reverse("admin:donors_coordinator_changelist")
    link = f"{address}?expires_on__gte={today}&expires_on__lte={today + SOON}"
    yield Expiring("90天内到期的协调员证", ending.count(), link)
