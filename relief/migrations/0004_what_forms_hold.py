"""What forms 13, 17 and 18 hold besides: the child's papers, goods handed on, sources."""

import pgtrigger.compiler
import pgtrigger.migrations
import redcross.accounts.encryption
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("branches", "0003_tree_version"),
        ("relief", "0003_stock_and_caps_kept_by_the_database"),
        ("uploads", "0003_parcels_and_lines"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="aidapplication",
            name="updated_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="aidapplication",
            name="deleted_delete",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="dispatch",
            name="updated_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="dispatch",
            name="deleted_delete",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="stockmovement",
            name="updated_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="stockmovement",
            name="deleted_delete",
        ),
        migrations.AddField(
            model_name="aidapplication",
            name="domicile",
            field=redcross.accounts.encryption.EncryptedField(
                blank=True, editable=True, kind="", null=True, verbose_name="户籍地"
            ),
        ),
        migrations.AddField(
            model_name="aidapplication",
            name="first_review",
            field=models.CharField(blank=True, max_length=200, verbose_name="初审意见"),
        ),
        migrations.AddField(
            model_name="aidapplication",
            name="relation",
            field=models.CharField(blank=True, max_length=20, verbose_name="与患儿关系"),
        ),
        migrations.AddField(
            model_name="aidapplication",
            name="sex",
            field=models.CharField(
                blank=True,
                choices=[("MALE", "男"), ("FEMALE", "女")],
                max_length=6,
                verbose_name="性别",
            ),
        ),
        migrations.AddField(
            model_name="aidapplicationevent",
            name="domicile",
            field=redcross.accounts.encryption.EncryptedField(
                blank=True, editable=True, kind="", null=True, verbose_name="户籍地"
            ),
        ),
        migrations.AddField(
            model_name="aidapplicationevent",
            name="first_review",
            field=models.CharField(blank=True, max_length=200, verbose_name="初审意见"),
        ),
        migrations.AddField(
            model_name="aidapplicationevent",
            name="relation",
            field=models.CharField(blank=True, max_length=20, verbose_name="与患儿关系"),
        ),
        migrations.AddField(
            model_name="aidapplicationevent",
            name="sex",
            field=models.CharField(
                blank=True,
                choices=[("MALE", "男"), ("FEMALE", "女")],
                max_length=6,
                verbose_name="性别",
            ),
        ),
        migrations.AddField(
            model_name="dispatch",
            name="beneficiary_times",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="受益人次"),
        ),
        migrations.AddField(
            model_name="dispatch",
            name="goods",
            field=models.CharField(blank=True, max_length=120, verbose_name="调拨物资品名"),
        ),
        migrations.AddField(
            model_name="dispatch",
            name="goods_value",
            field=models.DecimalField(
                blank=True,
                decimal_places=2,
                max_digits=18,
                null=True,
                verbose_name="调拨物资折价（元）",
            ),
        ),
        migrations.AddField(
            model_name="dispatch",
            name="level",
            field=models.CharField(
                blank=True,
                choices=[
                    ("ONE", "一级"),
                    ("TWO", "二级"),
                    ("THREE", "三级"),
                    ("FOUR", "四级"),
                    ("ENDED", "终止响应"),
                ],
                max_length=5,
                verbose_name="响应级别",
            ),
        ),
        migrations.AddField(
            model_name="dispatch",
            name="measure",
            field=models.CharField(blank=True, max_length=20, verbose_name="调拨物资计量单位"),
        ),
        migrations.AddField(
            model_name="dispatch",
            name="quantity",
            field=models.DecimalField(
                blank=True, decimal_places=2, max_digits=14, null=True, verbose_name="调拨物资数量"
            ),
        ),
        migrations.AddField(
            model_name="dispatch",
            name="received_goods",
            field=models.DecimalField(
                blank=True,
                decimal_places=2,
                max_digits=18,
                null=True,
                verbose_name="接受物资折价（元）",
            ),
        ),
        migrations.AddField(
            model_name="dispatch",
            name="received_money",
            field=models.DecimalField(
                blank=True,
                decimal_places=2,
                max_digits=18,
                null=True,
                verbose_name="接受资金（元）",
            ),
        ),
        migrations.AddField(
            model_name="dispatch",
            name="teams",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="队伍数（支）"),
        ),
        migrations.AddField(
            model_name="dispatchevent",
            name="beneficiary_times",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="受益人次"),
        ),
        migrations.AddField(
            model_name="dispatchevent",
            name="goods",
            field=models.CharField(blank=True, max_length=120, verbose_name="调拨物资品名"),
        ),
        migrations.AddField(
            model_name="dispatchevent",
            name="goods_value",
            field=models.DecimalField(
                blank=True,
                decimal_places=2,
                max_digits=18,
                null=True,
                verbose_name="调拨物资折价（元）",
            ),
        ),
        migrations.AddField(
            model_name="dispatchevent",
            name="level",
            field=models.CharField(
                blank=True,
                choices=[
                    ("ONE", "一级"),
                    ("TWO", "二级"),
                    ("THREE", "三级"),
                    ("FOUR", "四级"),
                    ("ENDED", "终止响应"),
                ],
                max_length=5,
                verbose_name="响应级别",
            ),
        ),
        migrations.AddField(
            model_name="dispatchevent",
            name="measure",
            field=models.CharField(blank=True, max_length=20, verbose_name="调拨物资计量单位"),
        ),
        migrations.AddField(
            model_name="dispatchevent",
            name="quantity",
            field=models.DecimalField(
                blank=True, decimal_places=2, max_digits=14, null=True, verbose_name="调拨物资数量"
            ),
        ),
        migrations.AddField(
            model_name="dispatchevent",
            name="received_goods",
            field=models.DecimalField(
                blank=True,
                decimal_places=2,
                max_digits=18,
                null=True,
                verbose_name="接受物资折价（元）",
            ),
        ),
        migrations.AddField(
            model_name="dispatchevent",
            name="received_money",
            field=models.DecimalField(
                blank=True,
                decimal_places=2,
                max_digits=18,
                null=True,
                verbose_name="接受资金（元）",
            ),
        ),
        migrations.AddField(
            model_name="dispatchevent",
            name="teams",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="队伍数（支）"),
        ),
        migrations.AddField(
            model_name="stockmovement",
            name="measure",
            field=models.CharField(blank=True, max_length=20, verbose_name="计量单位"),
        ),
        migrations.AddField(
            model_name="stockmovement",
            name="origin",
            field=models.CharField(
                blank=True,
                choices=[
                    ("PURCHASE", "采购"),
                    ("DONATION", "捐赠"),
                    ("TRANSFER", "调拨"),
                    ("HANDOVER", "转交"),
                ],
                max_length=10,
                verbose_name="物资来源",
            ),
        ),
        migrations.AddField(
            model_name="stockmovementevent",
            name="measure",
            field=models.CharField(blank=True, max_length=20, verbose_name="计量单位"),
        ),
        migrations.AddField(
            model_name="stockmovementevent",
            name="origin",
            field=models.CharField(
                blank=True,
                choices=[
                    ("PURCHASE", "采购"),
                    ("DONATION", "捐赠"),
                    ("TRANSFER", "调拨"),
                    ("HANDOVER", "转交"),
                ],
                max_length=10,
                verbose_name="物资来源",
            ),
        ),
        migrations.AlterField(
            model_name="dispatch",
            name="people_times",
            field=models.PositiveIntegerField(default=0, verbose_name="人次"),
        ),
        migrations.AlterField(
            model_name="dispatchevent",
            name="people_times",
            field=models.PositiveIntegerField(default=0, verbose_name="人次"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="aidapplication",
            trigger=pgtrigger.compiler.Trigger(
                name="updated_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "relief_aidapplicationevent" ("aid_fund", "applied_on", "appraised_on", "born_on", "branch_id", "child_name", "disease", "domicile", "first_review", "first_review_on", "granted", "guardian", "hospital", "id", "id_number", "id_number_index", "own_payment", "paid_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "phone_index", "proposed", "publicised_on", "reason", "relation", "review_on", "row_key", "sex", "transplanted", "upload_id", "upload_row", "upload_sheet") VALUES (OLD."aid_fund", OLD."applied_on", OLD."appraised_on", OLD."born_on", OLD."branch_id", OLD."child_name", OLD."disease", OLD."domicile", OLD."first_review", OLD."first_review_on", OLD."granted", OLD."guardian", OLD."hospital", OLD."id", OLD."id_number", OLD."id_number_index", OLD."own_payment", OLD."paid_on", _pgh_attach_context(), NOW(), \'updated\', OLD."id", OLD."phone", OLD."phone_index", OLD."proposed", OLD."publicised_on", OLD."reason", OLD."relation", OLD."review_on", OLD."row_key", OLD."sex", OLD."transplanted", OLD."upload_id", OLD."upload_row", OLD."upload_sheet"); RETURN NULL;',
                    hash="d1f783d3f6e47c94af62d3b1a52803fc776a2d9c",
                    operation="UPDATE",
                    pgid="pgtrigger_updated_update_27c60",
                    table="relief_aidapplication",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="aidapplication",
            trigger=pgtrigger.compiler.Trigger(
                name="deleted_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "relief_aidapplicationevent" ("aid_fund", "applied_on", "appraised_on", "born_on", "branch_id", "child_name", "disease", "domicile", "first_review", "first_review_on", "granted", "guardian", "hospital", "id", "id_number", "id_number_index", "own_payment", "paid_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "phone_index", "proposed", "publicised_on", "reason", "relation", "review_on", "row_key", "sex", "transplanted", "upload_id", "upload_row", "upload_sheet") VALUES (OLD."aid_fund", OLD."applied_on", OLD."appraised_on", OLD."born_on", OLD."branch_id", OLD."child_name", OLD."disease", OLD."domicile", OLD."first_review", OLD."first_review_on", OLD."granted", OLD."guardian", OLD."hospital", OLD."id", OLD."id_number", OLD."id_number_index", OLD."own_payment", OLD."paid_on", _pgh_attach_context(), NOW(), \'deleted\', OLD."id", OLD."phone", OLD."phone_index", OLD."proposed", OLD."publicised_on", OLD."reason", OLD."relation", OLD."review_on", OLD."row_key", OLD."sex", OLD."transplanted", OLD."upload_id", OLD."upload_row", OLD."upload_sheet"); RETURN NULL;',
                    hash="72e61954f3170a86aa8a3b2b19b1da7a21359a4b",
                    operation="DELETE",
                    pgid="pgtrigger_deleted_delete_40ce2",
                    table="relief_aidapplication",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="dispatch",
            trigger=pgtrigger.compiler.Trigger(
                name="updated_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "relief_dispatchevent" ("batches", "beneficiary_times", "branch_id", "dispatched_on", "event_id", "form", "goods", "goods_value", "id", "level", "measure", "people_times", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "quantity", "received_goods", "received_money", "row_key", "team", "teams", "upload_id", "upload_row", "upload_sheet", "work") VALUES (OLD."batches", OLD."beneficiary_times", OLD."branch_id", OLD."dispatched_on", OLD."event_id", OLD."form", OLD."goods", OLD."goods_value", OLD."id", OLD."level", OLD."measure", OLD."people_times", _pgh_attach_context(), NOW(), \'updated\', OLD."id", OLD."place", OLD."quantity", OLD."received_goods", OLD."received_money", OLD."row_key", OLD."team", OLD."teams", OLD."upload_id", OLD."upload_row", OLD."upload_sheet", OLD."work"); RETURN NULL;',
                    hash="434b4b2e6c1e2b4469656997b56eeb61c05dab1f",
                    operation="UPDATE",
                    pgid="pgtrigger_updated_update_d8eee",
                    table="relief_dispatch",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="dispatch",
            trigger=pgtrigger.compiler.Trigger(
                name="deleted_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "relief_dispatchevent" ("batches", "beneficiary_times", "branch_id", "dispatched_on", "event_id", "form", "goods", "goods_value", "id", "level", "measure", "people_times", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "quantity", "received_goods", "received_money", "row_key", "team", "teams", "upload_id", "upload_row", "upload_sheet", "work") VALUES (OLD."batches", OLD."beneficiary_times", OLD."branch_id", OLD."dispatched_on", OLD."event_id", OLD."form", OLD."goods", OLD."goods_value", OLD."id", OLD."level", OLD."measure", OLD."people_times", _pgh_attach_context(), NOW(), \'deleted\', OLD."id", OLD."place", OLD."quantity", OLD."received_goods", OLD."received_money", OLD."row_key", OLD."team", OLD."teams", OLD."upload_id", OLD."upload_row", OLD."upload_sheet", OLD."work"); RETURN NULL;',
                    hash="306d00b8b60fd7d72d2ebc419c84da4a392d650e",
                    operation="DELETE",
                    pgid="pgtrigger_deleted_delete_a7cd6",
                    table="relief_dispatch",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="stockmovement",
            trigger=pgtrigger.compiler.Trigger(
                name="updated_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "relief_stockmovementevent" ("batch", "branch_id", "change", "counterpart", "document_number", "event_id", "expires_on", "handler", "id", "item_id", "measure", "model_size", "moved_on", "movement", "origin", "papers_later", "papers_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "quantity", "remark", "row_key", "store", "unit_price", "upload_id", "upload_row", "upload_sheet", "value", "value_change") VALUES (OLD."batch", OLD."branch_id", OLD."change", OLD."counterpart", OLD."document_number", OLD."event_id", OLD."expires_on", OLD."handler", OLD."id", OLD."item_id", OLD."measure", OLD."model_size", OLD."moved_on", OLD."movement", OLD."origin", OLD."papers_later", OLD."papers_on", _pgh_attach_context(), NOW(), \'updated\', OLD."id", OLD."quantity", OLD."remark", OLD."row_key", OLD."store", OLD."unit_price", OLD."upload_id", OLD."upload_row", OLD."upload_sheet", OLD."value", OLD."value_change"); RETURN NULL;',
                    hash="f8cb518433f42dd2c1a863342fe6699285651897",
                    operation="UPDATE",
                    pgid="pgtrigger_updated_update_67b83",
                    table="relief_stockmovement",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="stockmovement",
            trigger=pgtrigger.compiler.Trigger(
                name="deleted_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "relief_stockmovementevent" ("batch", "branch_id", "change", "counterpart", "document_number", "event_id", "expires_on", "handler", "id", "item_id", "measure", "model_size", "moved_on", "movement", "origin", "papers_later", "papers_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "quantity", "remark", "row_key", "store", "unit_price", "upload_id", "upload_row", "upload_sheet", "value", "value_change") VALUES (OLD."batch", OLD."branch_id", OLD."change", OLD."counterpart", OLD."document_number", OLD."event_id", OLD."expires_on", OLD."handler", OLD."id", OLD."item_id", OLD."measure", OLD."model_size", OLD."moved_on", OLD."movement", OLD."origin", OLD."papers_later", OLD."papers_on", _pgh_attach_context(), NOW(), \'deleted\', OLD."id", OLD."quantity", OLD."remark", OLD."row_key", OLD."store", OLD."unit_price", OLD."upload_id", OLD."upload_row", OLD."upload_sheet", OLD."value", OLD."value_change"); RETURN NULL;',
                    hash="af6f4c54258d813b56c446680fed291e71d88886",
                    operation="DELETE",
                    pgid="pgtrigger_deleted_delete_3d8ff",
                    table="relief_stockmovement",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="aidapplication",
            constraint=models.CheckConstraint(
                condition=models.Q(("sex", ""), ("sex__in", ["MALE", "FEMALE"]), _connector="OR"),
                name="application_sex_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispatch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("level", ""),
                    ("level__in", ["ONE", "TWO", "THREE", "FOUR", "ENDED"]),
                    _connector="OR",
                ),
                name="dispatch_level_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="stockmovement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("origin", ""),
                    ("origin__in", ["PURCHASE", "DONATION", "TRANSFER", "HANDOVER"]),
                    _connector="OR",
                ),
                name="movement_origin_is_known",
            ),
        ),
    ]
