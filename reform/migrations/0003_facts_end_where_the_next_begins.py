"""A trigger ends each governance fact on the day before the next of its branch and item."""

from django.db import migrations

_FUNCTION = """
CREATE FUNCTION reform_end_facts() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  -- The update below fires this trigger once more; without rows it has nothing to do.
  IF NOT EXISTS (SELECT 1 FROM touched) THEN
    RETURN NULL;
  END IF;
  UPDATE reform_governancefact f SET ended_on = n.ended_on
  FROM (
    SELECT g.id, lead(g.since) OVER (PARTITION BY g.branch_id, g.item_id ORDER BY g.since) - 1
      AS ended_on
    FROM reform_governancefact g
    WHERE (g.branch_id, g.item_id) IN (SELECT t.branch_id, t.item_id FROM touched t)
  ) n
  WHERE f.id = n.id AND f.ended_on IS DISTINCT FROM n.ended_on;
  RETURN NULL;
END $$;
"""
_TRIGGERS = """
CREATE TRIGGER reform_facts_told AFTER INSERT ON reform_governancefact
  REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION reform_end_facts();
CREATE TRIGGER reform_facts_corrected AFTER UPDATE ON reform_governancefact
  REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION reform_end_facts();
CREATE TRIGGER reform_facts_moved AFTER UPDATE ON reform_governancefact
  REFERENCING OLD TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION reform_end_facts();
CREATE TRIGGER reform_facts_taken_back AFTER DELETE ON reform_governancefact
  REFERENCING OLD TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION reform_end_facts();
"""
_REVERSE = "DROP FUNCTION reform_end_facts() CASCADE;"


class Migration(migrations.Migration):
    dependencies = [("reform", "0002_items_and_lights")]

    operations = [migrations.RunSQL(_FUNCTION + _TRIGGERS, _REVERSE)]
