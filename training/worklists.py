"""What of first aid falls due: certificates, devices to inspect, batteries and pads."""

import datetime as dt
from collections.abc import Iterator

from django.urls import reverse

from redcross.accounts.rules import READ_ROLES
from redcross.portal.worklists import WorklistLine, register_worklist
from training.models import Device, Enrolment


@register_worklist("training", READ_ROLES)
def list_first_aid_deadlines(branches: tuple[int, ...], today: dt.date) -> Iterator[WorklistLine]:
    """Tell what the page of worklists shows."""
    address = reverse("training-worklists")
    certificates = Enrolment.objects.filter(branch_id__in=branches).expiring(today)
    devices = Device.objects.filter(branch_id__in=branches)
    yield "90天内到期的救护员证", certificates, address
    yield "该巡检的 AED", devices.to_inspect(today), address
    yield "电池或电极片将到期的 AED", devices.wearing_out(today), address
