"""Closed months: a statement trigger refuses rows dated in them, whoever writes."""

from django.db import connections

from redcross.uploads.database.staging import quote_name
from redcross.uploads.registry import registry
from redcross.uploads.schema.sheet import Sheet

LOCKED_SQLSTATE = "RC001"
"""The SQLSTATE the trigger raises."""


class PeriodLockedError(Exception):
    """The month was closed; only the province can open it again."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail)
        self.detail = detail

    def __str__(self) -> str:
        return f"该报告期已锁定{self.detail}，请向省红十字会申请解锁。"


def install_period_triggers(*, using: str) -> None:
    """Lay the trigger on every table whose sheet has a date; run by the owner."""
    tables = {
        (sheet.model._meta.db_table, sheet.domain, _date_column(sheet))
        for sheet in registry.values()
        if sheet.dated_by is not None
    }
    with connections[using].cursor() as cursor:
        for table, domain, column in sorted(tables):
            cursor.execute(_trigger_sql(table, domain, column))


def _date_column(sheet: Sheet) -> str:
    return str(sheet.model._meta.get_field(sheet.dated_by or "").column)  # type: ignore[union-attr]


def _trigger_sql(table: str, domain: str, column: str) -> str:
    function = quote_name(f"uploads_locked_{table}")
    check = f"""
      IF EXISTS (SELECT 1 FROM uploads_periodlock WHERE domain = '{domain}') THEN
        SELECT b.short_name || to_char(c.month, 'FMYYYY年FMMM月') INTO found
        FROM (SELECT DISTINCT branch_id, date_trunc('month', {quote_name(column)})::date AS month
              FROM %s) c
        JOIN branches_branch b ON b.id = c.branch_id
        JOIN uploads_periodlock l ON l.domain = '{domain}'
          AND c.month BETWEEN l.first_month AND l.last_month
        JOIN branches_branch lb ON lb.id = l.branch_id AND b.code LIKE lb.code || '%%'
        WHERE NOT EXISTS (
          SELECT 1 FROM uploads_periodexception x JOIN branches_branch xb ON xb.id = x.branch_id
          WHERE x.lock_id = l.id AND x.until > now() AND b.code LIKE xb.code || '%%')
        LIMIT 1;
        IF found IS NOT NULL THEN
          RAISE EXCEPTION '%%', found USING ERRCODE = '{LOCKED_SQLSTATE}';
        END IF;
      END IF;"""
    body = f"""
    CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql
      SET search_path = public AS $body$
    DECLARE found text;
    BEGIN
      IF TG_OP <> 'DELETE' THEN {check % "new_rows"} END IF;
      IF TG_OP <> 'INSERT' THEN {check % "old_rows"} END IF;
      RETURN NULL;
    END $body$;"""
    events = {
        "INSERT": "NEW TABLE AS new_rows",
        "UPDATE": "OLD TABLE AS old_rows NEW TABLE AS new_rows",
        "DELETE": "OLD TABLE AS old_rows",
    }
    for event, referencing in events.items():
        name = quote_name(f"period_locked_{event.lower()}")
        body += f"""
        DROP TRIGGER IF EXISTS {name} ON {quote_name(table)};
        CREATE TRIGGER {name} AFTER {event} ON {quote_name(table)}
          REFERENCING {referencing} FOR EACH STATEMENT EXECUTE FUNCTION {function}();"""
    return body
