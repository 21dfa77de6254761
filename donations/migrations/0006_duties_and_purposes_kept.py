"""When campaigns must be made public, and the trigger that keeps a gift to its purpose."""

import datetime as dt

from django.db import migrations

LAW = "慈善法第八章（2016年9月1日施行，2024年9月5日修改后不变）"
DUTIES = [
    # content, raising longer than months, within months
    ("PROGRESS", 6, 3),
    ("FINAL", 0, 3),
]

_KEEP = """
CREATE FUNCTION donations_keep_purpose() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  wanted varchar;
BEGIN
  IF NEW.ticket_number = '' THEN
    RETURN NEW;
  END IF;
  SELECT d.purpose INTO wanted FROM donations_donation d
  WHERE d.ticket_number = NEW.ticket_number AND d.designated AND d.purpose <> ''
    AND d.purpose <> NEW.purpose
  LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION '票据 % 是定向捐赠，指定用途为“%”，不能拨作“%”',
      NEW.ticket_number, wanted, NEW.purpose
      USING ERRCODE = 'check_violation', CONSTRAINT = 'allocation_for_its_purpose';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER donations_allocation_purpose BEFORE INSERT OR UPDATE ON donations_allocation
  FOR EACH ROW EXECUTE FUNCTION donations_keep_purpose();
"""
_FORGET = "DROP FUNCTION donations_keep_purpose() CASCADE"


def write(apps, schema_editor):
    """Fill in the duties of the law in force."""
    duty = apps.get_model("donations", "DisclosureDuty")
    for content, longer, within in DUTIES:
        duty.objects.using(schema_editor.connection.alias).create(
            content=content,
            longer_than_months=longer,
            within_months=within,
            effective_on=dt.date(2016, 9, 1),
            source=LAW,
        )


class Migration(migrations.Migration):
    dependencies = [("donations", "0005_spending_and_disclosure")]

    operations = [
        migrations.RunPython(write, migrations.RunPython.noop),
        migrations.RunSQL(_KEEP, _FORGET),
    ]
