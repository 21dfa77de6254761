"""Statistics of the staging table that keep look-ups fast."""

import contextlib

import pytest
from django.db import connection, transaction

from donations.models import Donation
from redcross.uploads.database.staging import disable_seqscan
from redcross.uploads.registry import registry


@pytest.mark.django_db(transaction=True)
def test_staging_analyzes_a_table_again_after_growth(committed):
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
    assert estimated_rows() == 0

    with transaction.atomic():
        disable_seqscan(registry["donations.ledger"])

    assert estimated_rows() == 1


def estimated_rows():
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples::int FROM pg_class WHERE relname = 'donations_donation'")
        return cursor.fetchone()[0]
