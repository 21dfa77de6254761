"""Every function of a database that is migrated already finds no temporary table first."""

from django.db import migrations

from redcross.accounts.database.functions import SET_SEARCH_PATH


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_canary")]

    operations = [migrations.RunSQL(SET_SEARCH_PATH, migrations.RunSQL.noop)]
