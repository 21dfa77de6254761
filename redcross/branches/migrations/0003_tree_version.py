"""A version of the tree of branches, so that a process may keep what it has read of it.

Random rather than counted: after a rollback a count would come again for another tree.
"""

from django.db import migrations

FORWARDS = """
CREATE TABLE branches_treeversion (
    is_the_one boolean PRIMARY KEY DEFAULT true,
    version uuid NOT NULL DEFAULT gen_random_uuid(),
    CONSTRAINT branch_tree_has_one_version CHECK (is_the_one)
);
INSERT INTO branches_treeversion DEFAULT VALUES;

CREATE FUNCTION branches_renew_tree_version() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE branches_treeversion SET version = gen_random_uuid();
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION branches_renew_tree_version() FROM PUBLIC;

CREATE TRIGGER branches_renew_tree_version
AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON branches_branch
FOR EACH STATEMENT EXECUTE FUNCTION branches_renew_tree_version();
CREATE TRIGGER branches_renew_tree_version
AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON branches_branchalias
FOR EACH STATEMENT EXECUTE FUNCTION branches_renew_tree_version();
"""

BACKWARDS = """
DROP TRIGGER branches_renew_tree_version ON branches_branchalias;
DROP TRIGGER branches_renew_tree_version ON branches_branch;
DROP FUNCTION branches_renew_tree_version();
DROP TABLE branches_treeversion;
"""


class Migration(migrations.Migration):
    dependencies = [("branches", "0002_begin_and_end")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
