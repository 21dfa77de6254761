"""Database triggers that refuse rows dated in locked months, whoever writes them."""

from django.db import connections

from redcross.locks.declaration import GuardedTable, guarded_tables

LOCKED_SQLSTATE = "RC001"
"""The SQLSTATE of the exception that the triggers raise."""


def install_period_triggers(*, using: str) -> None:
    """Create the triggers on every guarded table; run by the owner of the tables."""
    tables = {table for source in guarded_tables for table in source()}
    with connections[using].cursor() as cursor:
        for table in sorted(tables):
            cursor.execute(_trigger_sql(table))


def _trigger_sql(guarded: GuardedTable) -> str:
    table, domain, column = guarded
    function = f'"uploads_locked_{table}"'
    check = f"""
      IF EXISTS (SELECT 1 FROM uploads_periodlock WHERE domain = '{domain}') THEN
        SELECT b.short_name || to_char(c.month, 'FMYYYY年FMMM月') INTO found
        FROM (SELECT DISTINCT branch_id, date_trunc('month', "{column}")::date AS month
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
      SET search_path = pg_catalog, public, pg_temp AS $body$
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
        name = f'"period_locked_{event.lower()}"'
        body += f"""
        DROP TRIGGER IF EXISTS {name} ON "{table}";
        CREATE TRIGGER {name} AFTER {event} ON "{table}"
          REFERENCING {referencing} FOR EACH STATEMENT EXECUTE FUNCTION {function}();"""
    return body
