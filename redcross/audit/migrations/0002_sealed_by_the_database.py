"""Each entry is numbered and sealed in one order, and never changed, not by the owner either."""

from django.db import migrations

_SEAL = """
CREATE FUNCTION audit_seal() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
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
    NEW.branch_code, NEW.reason, NEW.status), 'UTF8'));
  RETURN NEW;
END $$;
CREATE TRIGGER audit_seal BEFORE INSERT ON audit_accessentry
  FOR EACH ROW EXECUTE FUNCTION audit_seal();

CREATE FUNCTION audit_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '访问日志只能追加' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER audit_keep BEFORE UPDATE OR DELETE ON audit_accessentry
  FOR EACH ROW EXECUTE FUNCTION audit_keep();
"""
_FORGET = "DROP FUNCTION audit_seal() CASCADE; DROP FUNCTION audit_keep() CASCADE"


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [migrations.RunSQL(_SEAL, _FORGET)]
