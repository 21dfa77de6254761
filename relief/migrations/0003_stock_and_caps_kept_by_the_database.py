"""Triggers: what lies in a store follows from its movements; a proposal obeys its cap."""

from django.db import migrations

# One function for each event: a transition table must exist where it is named.
_KEEP = """
CREATE FUNCTION relief_keep_stock_{event}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO relief_stocklevel (branch_id, store, item_id, quantity)
  SELECT DISTINCT branch_id, store, item_id, 0 FROM ({moved}) m
  ORDER BY branch_id, store, item_id
  ON CONFLICT (branch_id, store, item_id) DO NOTHING;
  -- Stores are taken in one order, so that two uploads wait for each other and never block.
  PERFORM 1 FROM relief_stocklevel l
  WHERE (l.branch_id, l.store, l.item_id) IN (SELECT branch_id, store, item_id FROM ({moved}) m)
  ORDER BY l.branch_id, l.store, l.item_id FOR UPDATE;
  UPDATE relief_stocklevel l SET quantity = l.quantity + m.change
  FROM (
    SELECT branch_id, store, item_id, sum(change) AS change FROM ({moved}) m
    GROUP BY branch_id, store, item_id
  ) m
  WHERE l.branch_id = m.branch_id AND l.store = m.store AND l.item_id = m.item_id
    AND m.change <> 0;
  RETURN NULL;
END $$;
CREATE TRIGGER relief_stock_{event} AFTER {event} ON relief_stockmovement
  REFERENCING {tables}
  FOR EACH STATEMENT EXECUTE FUNCTION relief_keep_stock_{event}();
"""
_CAME = "SELECT branch_id, store, item_id, change FROM came"
_WENT = "SELECT branch_id, store, item_id, -change AS change FROM went"
_EVENTS = (
    ("insert", _CAME, "NEW TABLE AS came"),
    ("delete", _WENT, "OLD TABLE AS went"),
    ("update", f"{_CAME} UNION ALL {_WENT}", "NEW TABLE AS came OLD TABLE AS went"),
)

_CAP = """
CREATE FUNCTION relief_keep_cap() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  ceiling numeric;
  oldest integer;
  band numeric;
  already numeric := 0;
  room numeric;
BEGIN
  IF NEW.proposed IS NULL THEN
    RETURN NEW;
  END IF;
  IF NEW.id_number_index IS NOT NULL THEN
    -- Two proposals for one child wait for each other, whichever branches they come from.
    PERFORM pg_advisory_xact_lock(530001, hashtext(encode(NEW.id_number_index, 'hex')));
    SELECT coalesce(sum(coalesce(a.granted, a.proposed)), 0) INTO already
    FROM relief_aidapplication a
    WHERE a.id_number_index = NEW.id_number_index AND a.aid_fund = NEW.aid_fund
      AND (a.branch_id, a.row_key) IS DISTINCT FROM (NEW.branch_id, NEW.row_key);
  END IF;
  SELECT c.cap, c.oldest INTO ceiling, oldest FROM relief_aidcap c
  WHERE c.fund = NEW.aid_fund AND c.effective_on <= NEW.applied_on
  ORDER BY c.effective_on DESC LIMIT 1;
  SELECT b.grant INTO band FROM relief_aidband b
  WHERE b.fund = NEW.aid_fund AND b.transplanted = NEW.transplanted
    AND b.above < NEW.own_payment AND (b.up_to IS NULL OR NEW.own_payment <= b.up_to)
    AND b.effective_on = (
      SELECT max(effective_on) FROM relief_aidband
      WHERE fund = NEW.aid_fund AND effective_on <= NEW.applied_on);
  room := coalesce(ceiling, 0) - already;
  IF NEW.proposed > room THEN
    RAISE EXCEPTION '拟资助 % 元超过该患儿在本基金的累计上限（上限 % 元，已有 % 元）',
      NEW.proposed, coalesce(ceiling, 0), already
      USING ERRCODE = 'check_violation', CONSTRAINT = 'application_within_its_cap';
  END IF;
  IF NEW.proposed > coalesce(band, 0) THEN
    RAISE EXCEPTION '拟资助 % 元高于家庭自付 % 元对应的档次（% 元）',
      NEW.proposed, NEW.own_payment, coalesce(band, 0)
      USING ERRCODE = 'check_violation', CONSTRAINT = 'application_within_its_band';
  END IF;
  IF date_part('year', age(NEW.applied_on, NEW.born_on)) > oldest THEN
    RAISE EXCEPTION '申请时已超过 % 周岁', oldest
      USING ERRCODE = 'check_violation', CONSTRAINT = 'application_within_its_age';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER relief_cap BEFORE INSERT OR UPDATE ON relief_aidapplication
  FOR EACH ROW EXECUTE FUNCTION relief_keep_cap();
"""


def _forwards():
    keeps = [
        _KEEP.format(event=event, moved=moved, tables=tables) for event, moved, tables in _EVENTS
    ]
    return "\n".join([*keeps, _CAP])


_REVERSE = """
DROP FUNCTION relief_keep_stock_insert() CASCADE;
DROP FUNCTION relief_keep_stock_delete() CASCADE;
DROP FUNCTION relief_keep_stock_update() CASCADE;
DROP FUNCTION relief_keep_cap() CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("relief", "0002_programmes_events_and_bands")]

    operations = [migrations.RunSQL(_forwards(), _REVERSE)]
