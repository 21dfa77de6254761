"""Entries tell the file that left, its rows, and the request's id; the seal covers them."""

from django.db import migrations, models

_SEAL = """
CREATE OR REPLACE FUNCTION audit_seal() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  last bigint;
  before bytea;
BEGIN
  -- Entries wait for each other here, so that their numbers follow their chain.
  PERFORM pg_advisory_xact_lock(530006);
  SELECT id, digest INTO last, before FROM audit_accessentry ORDER BY id DESC LIMIT 1;
  NEW.id := coalesce(last, 0) + 1;
  NEW.digest := sha256(coalesce(before, '\\x'::bytea) || convert_to(concat_ws('|', NEW.id,
    extract(epoch FROM NEW.at), NEW.user_id, NEW.username, host(NEW.address), NEW.act, NEW.what,
    NEW.branch_code, NEW.reason, NEW.status, 'file=' || NEW.file, 'rows=' || NEW.rows,
    'request=' || NEW.request), 'UTF8'));
  RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_sealed_by_the_database")]

    operations = [
        migrations.AddField(
            "accessentry", "file", models.CharField("文件", max_length=200, null=True)
        ),
        migrations.AddField("accessentry", "rows", models.PositiveIntegerField("行数", null=True)),
        migrations.AddField(
            "accessentry", "request", models.CharField("请求编号", max_length=32, null=True)
        ),
        # Not undone: what is NULL in the new columns is sealed as before.
        migrations.RunSQL(_SEAL, migrations.RunSQL.noop),
    ]
