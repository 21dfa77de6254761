"""A gift's copy of its campaign's kind follows the campaign, so that the figures do."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("donations", "0001_initial")]

    operations = [
        migrations.RunSQL(
            sql=(
                "ALTER TABLE donations_donation"
                " ADD CONSTRAINT donation_campaign_kind_follows"
                " FOREIGN KEY (campaign_id, campaign_kind)"
                " REFERENCES donations_campaign (code, kind) ON UPDATE CASCADE"
            ),
            reverse_sql=(
                "ALTER TABLE donations_donation DROP CONSTRAINT donation_campaign_kind_follows"
            ),
        ),
    ]
