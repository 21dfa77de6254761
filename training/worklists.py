"""What of first aid falls due: certificates, devices to inspect, batteries and pads."""

import datetime as dt
from collections.abc import Iterator

from django.urls import reverse

from redcross.accounts.models import User
from redcross.accounts.rules import READING, holds
from redcross.portal.worklists import Expiring, worklist
from training.models import Device, Enrolment


@worklist
def first_aid(user: User, today: dt.date) -> Iterator[Expiring]:
    """Count what the page of worklists shows."""
    if not holds(user, READING, domain="training"):
        return
    address = reverse("training-worklists")
    certificates = Enrolment.objects.visible_to(user).expiring(today)
    devices = Device.objects.visible_to(user)
    yield Expiring("90天内到期的救护员证", certificates.count(), address)
    yield Expiring("该巡检的 AED", devices.to_inspect(today).count(), address)
    yield Expiring("电池或电极片将到期的 AED", devices.wearing_out(today).count(), address)
