"""What the level above has handed in for a branch, told without showing its uploads."""

from django.db import migrations

_COVERING = """
CREATE FUNCTION completeness_covering(codes text[], sheets text[], first date, last date)
RETURNS TABLE (
  id bigint, sheet text, code text, first_month date, last_month date, submitted_at timestamptz
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT u.id, u.sheet, above.code, u.first_month, u.last_month, u.submitted_at
  FROM uploads_upload u JOIN branches_branch above ON above.id = u.branch_id
  WHERE u.state = 'EFFECTIVE' AND above.code = ANY(codes) AND u.sheet = ANY(sheets)
    AND u.first_month <= $4 AND u.last_month >= $3
    -- Only to whoever works below that branch, or at it.
    AND EXISTS (
      SELECT FROM branches_branch mine
      WHERE mine.id = ANY(ARRAY(SELECT unnest(string_to_array(
              current_setting('redcross.scope', true), ','))::bigint))
        AND mine.code LIKE above.code || '%')
$$;
"""
_FORGET = "DROP FUNCTION completeness_covering(text[], text[], date, date)"


class Migration(migrations.Migration):
    dependencies = [
        ("completeness", "0002_days_rules_and_stages"),
        ("uploads", "0001_initial"),
    ]

    operations = [migrations.RunSQL(_COVERING, _FORGET)]
