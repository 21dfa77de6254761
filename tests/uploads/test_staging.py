"""Looking staged rows up stays quick whatever the server last counted."""

import contextlib

import pytest
from django.db import connection, transaction

from donations.models import Donation
from redcross.uploads.database.staging import look_up_by_index
from redcross.uploads.registry import registry


@pytest.mark.django_db(transaction=True)
def test_a_table_counted_while_its_first_load_was_under_way_is_counted_again(committed):
    upload = committed()
    with transaction.atomic(), contextlib.closing(connection.copy()) as server:
        gift = Donation(
            branch=upload.branch,
            upload=upload,
            giver_name="示例",
            form="MONEY",
            source="SOCIETY",
            value="1.00",
            received_on="2021-08-08",
            row_key="5b0f3c62-7a0e-4d62-9c57-3a1d8d9b8f01",
        )
        gift.save()
        with server.cursor() as cursor:  # as its autovacuum does, unasked
            cursor.execute("ANALYZE donations_donation")
    assert counted() == 0

    with transaction.atomic():
        look_up_by_index(registry["donations.ledger"])

    assert counted() == 1


def counted():
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples::int FROM pg_class WHERE relname = 'donations_donation'")
        return cursor.fetchone()[0]
