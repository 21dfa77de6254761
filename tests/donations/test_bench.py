"""The bench fills what it measures: gifts of every county, in existing funds."""

import pytest

from donations.models import Donation
from tools.bench.boards import insert_gifts


@pytest.mark.django_db(transaction=True)
def test_bench_fills_every_county_with_gifts(committed):
    insert_gifts(300)

    assert Donation.objects.count() == 300
    assert Donation.objects.values("branch").distinct().count() == 129
    assert set(Donation.objects.values_list("branch__level", flat=True)) == {"COUNTY"}
