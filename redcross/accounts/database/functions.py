"""Search path and execution rights of the database functions.

A function that runs as its owner must not resolve names to objects of its caller. PostgreSQL
searches `pg_temp` first unless the path names it, so every path names it last.
"""

from django.conf import settings
from django.db import connections

SEARCH_PATH = "pg_catalog, public, pg_temp"
"""The search path of every function of the portal; also stated in each CREATE FUNCTION."""

_OURS = """
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
  WHERE n.nspname = 'public' AND p.prokind = 'f' AND NOT EXISTS (
    SELECT FROM pg_depend d
    WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
"""

SET_SEARCH_PATH = f"""
DO $$ DECLARE f regprocedure; BEGIN
  FOR f IN SELECT p.oid::regprocedure {_OURS}
  LOOP EXECUTE format('ALTER FUNCTION %s SET search_path = {SEARCH_PATH}', f);
  END LOOP;
END $$
"""
"""Sets the path of every function of the portal, whoever created it and when."""

_HISTORY_WRITES_AS_OWNER = f"""
DO $$ DECLARE f regprocedure; BEGIN
  FOR f IN SELECT p.oid::regprocedure {_OURS} AND NOT p.prosecdef
             AND (p.proname LIKE 'pgtrigger\\_%' OR p.proname = '_pgh_attach_context')
  LOOP EXECUTE format('ALTER FUNCTION %s SECURITY DEFINER SET search_path = {SEARCH_PATH}', f);
  END LOOP;
END $$
"""
# Only the triggers write history; the application may only read it.

# Whoever may EXECUTE a trigger function could attach it to a temporary table with rows and
# types of his own: it would count them into the rollup, and run their casts, as the owner.
# An existing trigger needs no such right.
_CALLABLE = f"""
SELECT p.oid::regprocedure::text,
  p.prorettype <> 'trigger'::regtype AND p.proname !~ '^_' {_OURS} ORDER BY 1
"""


def secure_functions(*, using: str) -> None:
    """Set search path and rights of every function; run by the owner after every `migrate`.

    Functions created later are callable by nobody else until this has run again.
    """
    role = connections[using].ops.quote_name(settings.APPLICATION_ROLE)
    with connections[using].cursor() as cursor:
        cursor.execute(_HISTORY_WRITES_AS_OWNER)
        cursor.execute(SET_SEARCH_PATH)
        cursor.execute("ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC")
        cursor.execute(f"REVOKE CREATE ON SCHEMA public FROM PUBLIC, {role}")
        cursor.execute(_CALLABLE)
        statements = [
            f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC, {role};"
            + (f"GRANT EXECUTE ON FUNCTION {function} TO {role};" if is_callable else "")
            for function, is_callable in cursor.fetchall()
        ]
        if statements:
            cursor.execute("".join(statements))
