"""What a stranger may learn of a certificate number, and no more."""

from django.db import migrations

CREATE = """
CREATE OR REPLACE FUNCTION training_certificate_check(asked text)
RETURNS TABLE (masked_name text, course text, expires_on date, revoked boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT CASE
           WHEN char_length(e.name) <= 2 THEN left(e.name, 1) || '*'
           ELSE left(e.name, 1) || '*' || right(e.name, 1)
         END,
         e.course, e.expires_on, e.revoked_on IS NOT NULL
    FROM training_enrolment e
   WHERE e.certificate_number = asked AND e.certificate_number <> ''
   ORDER BY e.issued_on DESC
   LIMIT 3
$$
"""
DROP = "DROP FUNCTION IF EXISTS training_certificate_check(text)"


class Migration(migrations.Migration):
    dependencies = [("training", "0002_course_rules")]
    operations = [migrations.RunSQL(CREATE, DROP)]
