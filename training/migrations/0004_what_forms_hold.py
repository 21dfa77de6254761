"""What form 8 holds besides: the trainee's people and day of birth, hours."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("training", "0003_certificate_check"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="enrolment",
            name="updated_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="enrolment",
            name="deleted_delete",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="trainee",
            name="updated_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="trainee",
            name="deleted_delete",
        ),
        migrations.AddField(
            model_name="enrolment",
            name="hours",
            field=models.DecimalField(
                blank=True, decimal_places=1, max_digits=6, null=True, verbose_name="学时"
            ),
        ),
        migrations.AddField(
            model_name="enrolmentevent",
            name="hours",
            field=models.DecimalField(
                blank=True, decimal_places=1, max_digits=6, null=True, verbose_name="学时"
            ),
        ),
        migrations.AddField(
            model_name="trainee",
            name="born_on",
            field=models.DateField(blank=True, null=True, verbose_name="出生日期"),
        ),
        migrations.AddField(
            model_name="trainee",
            name="ethnicity",
            field=models.CharField(blank=True, max_length=20, verbose_name="民族"),
        ),
        migrations.AddField(
            model_name="traineeevent",
            name="born_on",
            field=models.DateField(blank=True, null=True, verbose_name="出生日期"),
        ),
        migrations.AddField(
            model_name="traineeevent",
            name="ethnicity",
            field=models.CharField(blank=True, max_length=20, verbose_name="民族"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="enrolment",
            trigger=pgtrigger.compiler.Trigger(
                name="updated_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "training_enrolmentevent" ("audience", "branch_id", "certificate_number", "course", "expires_on", "hours", "id", "issued_on", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "practice", "reason", "remark", "result", "revoked_on", "row_key", "theory_mark", "trained_on", "trainee_id", "training_class_id", "upload_id", "upload_row", "upload_sheet") VALUES (OLD."audience", OLD."branch_id", OLD."certificate_number", OLD."course", OLD."expires_on", OLD."hours", OLD."id", OLD."issued_on", OLD."name", _pgh_attach_context(), NOW(), \'updated\', OLD."id", OLD."practice", OLD."reason", OLD."remark", OLD."result", OLD."revoked_on", OLD."row_key", OLD."theory_mark", OLD."trained_on", OLD."trainee_id", OLD."training_class_id", OLD."upload_id", OLD."upload_row", OLD."upload_sheet"); RETURN NULL;',
                    hash="dc32412c7988ac40784e72d6aaf071a8d4cd6bbe",
                    operation="UPDATE",
                    pgid="pgtrigger_updated_update_aa6ca",
                    table="training_enrolment",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="enrolment",
            trigger=pgtrigger.compiler.Trigger(
                name="deleted_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "training_enrolmentevent" ("audience", "branch_id", "certificate_number", "course", "expires_on", "hours", "id", "issued_on", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "practice", "reason", "remark", "result", "revoked_on", "row_key", "theory_mark", "trained_on", "trainee_id", "training_class_id", "upload_id", "upload_row", "upload_sheet") VALUES (OLD."audience", OLD."branch_id", OLD."certificate_number", OLD."course", OLD."expires_on", OLD."hours", OLD."id", OLD."issued_on", OLD."name", _pgh_attach_context(), NOW(), \'deleted\', OLD."id", OLD."practice", OLD."reason", OLD."remark", OLD."result", OLD."revoked_on", OLD."row_key", OLD."theory_mark", OLD."trained_on", OLD."trainee_id", OLD."training_class_id", OLD."upload_id", OLD."upload_row", OLD."upload_sheet"); RETURN NULL;',
                    hash="44f041ffaffd5bb9072ea5d95a6b37edac69fd1b",
                    operation="DELETE",
                    pgid="pgtrigger_deleted_delete_1651c",
                    table="training_enrolment",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="trainee",
            trigger=pgtrigger.compiler.Trigger(
                name="updated_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "training_traineeevent" ("born_on", "branch_id", "ethnicity", "id", "id_number", "id_number_index", "name", "occupation", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "phone_index", "row_key", "sex", "upload_id", "upload_row", "upload_sheet", "workplace") VALUES (OLD."born_on", OLD."branch_id", OLD."ethnicity", OLD."id", OLD."id_number", OLD."id_number_index", OLD."name", OLD."occupation", _pgh_attach_context(), NOW(), \'updated\', OLD."id", OLD."phone", OLD."phone_index", OLD."row_key", OLD."sex", OLD."upload_id", OLD."upload_row", OLD."upload_sheet", OLD."workplace"); RETURN NULL;',
                    hash="547856bc788dd7be2ef0e566f3f7be156c90a46a",
                    operation="UPDATE",
                    pgid="pgtrigger_updated_update_ba13d",
                    table="training_trainee",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="trainee",
            trigger=pgtrigger.compiler.Trigger(
                name="deleted_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "training_traineeevent" ("born_on", "branch_id", "ethnicity", "id", "id_number", "id_number_index", "name", "occupation", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "phone_index", "row_key", "sex", "upload_id", "upload_row", "upload_sheet", "workplace") VALUES (OLD."born_on", OLD."branch_id", OLD."ethnicity", OLD."id", OLD."id_number", OLD."id_number_index", OLD."name", OLD."occupation", _pgh_attach_context(), NOW(), \'deleted\', OLD."id", OLD."phone", OLD."phone_index", OLD."row_key", OLD."sex", OLD."upload_id", OLD."upload_row", OLD."upload_sheet", OLD."workplace"); RETURN NULL;',
                    hash="3b775e4694bf4178e82e1664cc530cd814b642bc",
                    operation="DELETE",
                    pgid="pgtrigger_deleted_delete_2c655",
                    table="training_trainee",
                    when="AFTER",
                ),
            ),
        ),
    ]
