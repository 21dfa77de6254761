"""The bench measures what it says: gifts of every county, in funds that are there."""

import pytest

from donations.management import measuring
from donations.models import Donation


@pytest.mark.django_db(transaction=True)
def test_bench_fills_every_county_with_gifts(committed):
    measuring.fill(300, committed().pk)

    assert Donation.objects.count() == 300
    assert Donation.objects.values("branch").distinct().count() == 129
    assert set(Donation.objects.values_list("branch__level", flat=True)) == {"COUNTY"}
