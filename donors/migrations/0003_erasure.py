"""Erasure in one act of the database: rows, history and all, which the application may not write."""

from django.db import migrations

_TRACKED = (
    ("stemcellvolunteer", ", row_key = gen_random_uuid(), born_on = NULL, storage_number = '',"
     " remark = ''"),
    ("stemcellstep", ", row_key = gen_random_uuid(), remark = ''"),
    ("organwish", ", row_key = gen_random_uuid()"),
    ("donationcase", ""),
    ("familyletter", ", row_key = gen_random_uuid()"),
)  # fmt: skip
_UPDATES = "".join(
    f"UPDATE donors_{name} SET code = fresh{more} WHERE branch_id = branch AND code = old;"
    f"UPDATE donors_{name}event SET code = fresh{more} WHERE branch_id = branch AND code = old;"
    for name, more in _TRACKED
)
FUNCTION = f"""
CREATE OR REPLACE FUNCTION donors_erase(branch bigint, old text, fresh text) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $body$
BEGIN
  IF NOT branch::text = ANY(string_to_array(current_setting('redcross.vault', true), ','))
     OR coalesce(old, '') = '' THEN
    RAISE EXCEPTION '身份库没有打开。';
  END IF;
  UPDATE donors_donoridentity SET code = fresh, row_key = gen_random_uuid(), name = NULL,
    id_number = NULL, id_number_index = NULL, phone = NULL, phone_index = NULL, relative = NULL,
    relative_phone = NULL, relative_phone_index = NULL, erased_on = current_date
    WHERE branch_id = branch AND code = old;
  UPDATE donors_consent SET code = fresh, row_key = gen_random_uuid(),
    withdrawn_on = coalesce(withdrawn_on, greatest(signed_on, current_date))
    WHERE branch_id = branch AND code = old;
  {_UPDATES}
END $body$;
"""


class Migration(migrations.Migration):
    """One function, called inside an opened vault."""

    dependencies = [("donors", "0002_vault_and_letters")]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION donors_erase(bigint, text, text)"),
    ]
