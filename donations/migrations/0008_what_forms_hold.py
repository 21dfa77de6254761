"""What forms 3, 4, 5 and 7 hold besides: currency, unit price, shelf life; another bank; parts."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("branches", "0003_tree_version"),
        ("donations", "0007_daily_takings"),
        ("uploads", "0004_said_of_the_whole_table"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="campaignresult",
            name="updated_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="campaignresult",
            name="deleted_delete",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="donation",
            name="updated_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="donation",
            name="deleted_delete",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="goodsgiven",
            name="updated_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="goodsgiven",
            name="deleted_delete",
        ),
        migrations.RemoveConstraint(
            model_name="dailytaking",
            name="taking_basis_and_channel_are_known",
        ),
        migrations.AddField(
            model_name="campaignresult",
            name="part",
            field=models.CharField(blank=True, max_length=120, verbose_name="子计划"),
        ),
        migrations.AddField(
            model_name="campaignresult",
            name="place",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="填报排名"),
        ),
        migrations.AddField(
            model_name="campaignresultevent",
            name="part",
            field=models.CharField(blank=True, max_length=120, verbose_name="子计划"),
        ),
        migrations.AddField(
            model_name="campaignresultevent",
            name="place",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="填报排名"),
        ),
        migrations.AddField(
            model_name="donation",
            name="accepted_by",
            field=models.CharField(blank=True, max_length=60, verbose_name="验收人"),
        ),
        migrations.AddField(
            model_name="donation",
            name="anonymous",
            field=models.BooleanField(default=False, verbose_name="匿名"),
        ),
        migrations.AddField(
            model_name="donation",
            name="batch",
            field=models.CharField(blank=True, max_length=60, verbose_name="批号"),
        ),
        migrations.AddField(
            model_name="donation",
            name="currency",
            field=models.CharField(blank=True, max_length=20, verbose_name="币种"),
        ),
        migrations.AddField(
            model_name="donation",
            name="exchange_rate",
            field=models.DecimalField(
                blank=True, decimal_places=6, max_digits=12, null=True, verbose_name="汇率"
            ),
        ),
        migrations.AddField(
            model_name="donation",
            name="expires_on",
            field=models.DateField(blank=True, null=True, verbose_name="有效期至"),
        ),
        migrations.AddField(
            model_name="donation",
            name="original_value",
            field=models.DecimalField(
                blank=True, decimal_places=2, max_digits=18, null=True, verbose_name="原币金额"
            ),
        ),
        migrations.AddField(
            model_name="donation",
            name="ticket_waived",
            field=models.BooleanField(default=False, verbose_name="放弃票据"),
        ),
        migrations.AddField(
            model_name="donation",
            name="unit_price",
            field=models.DecimalField(
                blank=True, decimal_places=2, max_digits=18, null=True, verbose_name="单价（元）"
            ),
        ),
        migrations.AddField(
            model_name="donationevent",
            name="accepted_by",
            field=models.CharField(blank=True, max_length=60, verbose_name="验收人"),
        ),
        migrations.AddField(
            model_name="donationevent",
            name="anonymous",
            field=models.BooleanField(default=False, verbose_name="匿名"),
        ),
        migrations.AddField(
            model_name="donationevent",
            name="batch",
            field=models.CharField(blank=True, max_length=60, verbose_name="批号"),
        ),
        migrations.AddField(
            model_name="donationevent",
            name="currency",
            field=models.CharField(blank=True, max_length=20, verbose_name="币种"),
        ),
        migrations.AddField(
            model_name="donationevent",
            name="exchange_rate",
            field=models.DecimalField(
                blank=True, decimal_places=6, max_digits=12, null=True, verbose_name="汇率"
            ),
        ),
        migrations.AddField(
            model_name="donationevent",
            name="expires_on",
            field=models.DateField(blank=True, null=True, verbose_name="有效期至"),
        ),
        migrations.AddField(
            model_name="donationevent",
            name="original_value",
            field=models.DecimalField(
                blank=True, decimal_places=2, max_digits=18, null=True, verbose_name="原币金额"
            ),
        ),
        migrations.AddField(
            model_name="donationevent",
            name="ticket_waived",
            field=models.BooleanField(default=False, verbose_name="放弃票据"),
        ),
        migrations.AddField(
            model_name="donationevent",
            name="unit_price",
            field=models.DecimalField(
                blank=True, decimal_places=2, max_digits=18, null=True, verbose_name="单价（元）"
            ),
        ),
        migrations.AddField(
            model_name="goodsgiven",
            name="handler",
            field=models.CharField(blank=True, max_length=60, verbose_name="经手人"),
        ),
        migrations.AddField(
            model_name="goodsgiven",
            name="origin",
            field=models.CharField(blank=True, max_length=120, verbose_name="来源捐赠（批次）"),
        ),
        migrations.AddField(
            model_name="goodsgiven",
            name="signed_by",
            field=models.CharField(blank=True, max_length=60, verbose_name="签收"),
        ),
        migrations.AddField(
            model_name="goodsgivenevent",
            name="handler",
            field=models.CharField(blank=True, max_length=60, verbose_name="经手人"),
        ),
        migrations.AddField(
            model_name="goodsgivenevent",
            name="origin",
            field=models.CharField(blank=True, max_length=120, verbose_name="来源捐赠（批次）"),
        ),
        migrations.AddField(
            model_name="goodsgivenevent",
            name="signed_by",
            field=models.CharField(blank=True, max_length=60, verbose_name="签收"),
        ),
        migrations.AlterField(
            model_name="dailytaking",
            name="channel",
            field=models.CharField(
                blank=True,
                choices=[
                    ("WECHAT_POS", "微信二维码及POS机"),
                    ("WECHAT", "微信"),
                    ("POS", "POS机"),
                    ("CASH", "现金"),
                    ("BANK", "银行"),
                    ("ALIPAY", "支付宝"),
                    ("UNIONPAY", "云闪付"),
                    ("PLATFORM", "网络平台"),
                    ("OTHER_BANK", "其他银行"),
                    ("OTHER", "其他"),
                ],
                max_length=10,
                verbose_name="渠道",
            ),
        ),
        migrations.AlterField(
            model_name="dailytakingevent",
            name="channel",
            field=models.CharField(
                blank=True,
                choices=[
                    ("WECHAT_POS", "微信二维码及POS机"),
                    ("WECHAT", "微信"),
                    ("POS", "POS机"),
                    ("CASH", "现金"),
                    ("BANK", "银行"),
                    ("ALIPAY", "支付宝"),
                    ("UNIONPAY", "云闪付"),
                    ("PLATFORM", "网络平台"),
                    ("OTHER_BANK", "其他银行"),
                    ("OTHER", "其他"),
                ],
                max_length=10,
                verbose_name="渠道",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="campaignresult",
            trigger=pgtrigger.compiler.Trigger(
                name="updated_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "donations_campaignresultevent" ("branch_id", "campaign_id", "closed_on", "gift_times", "id", "matched_value", "offline_value", "part", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "project", "public_value", "row_key", "teams", "upload_id", "upload_row", "upload_sheet", "value") VALUES (OLD."branch_id", OLD."campaign_id", OLD."closed_on", OLD."gift_times", OLD."id", OLD."matched_value", OLD."offline_value", OLD."part", _pgh_attach_context(), NOW(), \'updated\', OLD."id", OLD."place", OLD."project", OLD."public_value", OLD."row_key", OLD."teams", OLD."upload_id", OLD."upload_row", OLD."upload_sheet", OLD."value"); RETURN NULL;',
                    hash="692bbe5d5ef6a50858e1fd3cc7b795c6dee78920",
                    operation="UPDATE",
                    pgid="pgtrigger_updated_update_3b418",
                    table="donations_campaignresult",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="campaignresult",
            trigger=pgtrigger.compiler.Trigger(
                name="deleted_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "donations_campaignresultevent" ("branch_id", "campaign_id", "closed_on", "gift_times", "id", "matched_value", "offline_value", "part", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "project", "public_value", "row_key", "teams", "upload_id", "upload_row", "upload_sheet", "value") VALUES (OLD."branch_id", OLD."campaign_id", OLD."closed_on", OLD."gift_times", OLD."id", OLD."matched_value", OLD."offline_value", OLD."part", _pgh_attach_context(), NOW(), \'deleted\', OLD."id", OLD."place", OLD."project", OLD."public_value", OLD."row_key", OLD."teams", OLD."upload_id", OLD."upload_row", OLD."upload_sheet", OLD."value"); RETURN NULL;',
                    hash="a2c9ae53ebb24a9c67f9b1b6c276ec5c48939aa4",
                    operation="DELETE",
                    pgid="pgtrigger_deleted_delete_835b8",
                    table="donations_campaignresult",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="donation",
            trigger=pgtrigger.compiler.Trigger(
                name="updated_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "donations_donationevent" ("accepted_by", "anonymous", "batch", "branch_id", "campaign_id", "campaign_kind", "channel", "credited_branch_id", "currency", "designated", "exchange_rate", "expires_on", "form", "fund_id", "giver_id", "giver_kind", "giver_name", "id", "item", "measure", "model_size", "original_value", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "phone_index", "purpose", "quantity", "reason", "received_on", "refunded_ticket", "remark", "row_key", "source", "ticket_code", "ticket_number", "ticket_waived", "unit_price", "upload_id", "upload_row", "upload_sheet", "valuation", "value") VALUES (OLD."accepted_by", OLD."anonymous", OLD."batch", OLD."branch_id", OLD."campaign_id", OLD."campaign_kind", OLD."channel", OLD."credited_branch_id", OLD."currency", OLD."designated", OLD."exchange_rate", OLD."expires_on", OLD."form", OLD."fund_id", OLD."giver_id", OLD."giver_kind", OLD."giver_name", OLD."id", OLD."item", OLD."measure", OLD."model_size", OLD."original_value", _pgh_attach_context(), NOW(), \'updated\', OLD."id", OLD."phone", OLD."phone_index", OLD."purpose", OLD."quantity", OLD."reason", OLD."received_on", OLD."refunded_ticket", OLD."remark", OLD."row_key", OLD."source", OLD."ticket_code", OLD."ticket_number", OLD."ticket_waived", OLD."unit_price", OLD."upload_id", OLD."upload_row", OLD."upload_sheet", OLD."valuation", OLD."value"); RETURN NULL;',
                    hash="07161158f93192e842bcb491b9e5819862a3356d",
                    operation="UPDATE",
                    pgid="pgtrigger_updated_update_edbe0",
                    table="donations_donation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="donation",
            trigger=pgtrigger.compiler.Trigger(
                name="deleted_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "donations_donationevent" ("accepted_by", "anonymous", "batch", "branch_id", "campaign_id", "campaign_kind", "channel", "credited_branch_id", "currency", "designated", "exchange_rate", "expires_on", "form", "fund_id", "giver_id", "giver_kind", "giver_name", "id", "item", "measure", "model_size", "original_value", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "phone_index", "purpose", "quantity", "reason", "received_on", "refunded_ticket", "remark", "row_key", "source", "ticket_code", "ticket_number", "ticket_waived", "unit_price", "upload_id", "upload_row", "upload_sheet", "valuation", "value") VALUES (OLD."accepted_by", OLD."anonymous", OLD."batch", OLD."branch_id", OLD."campaign_id", OLD."campaign_kind", OLD."channel", OLD."credited_branch_id", OLD."currency", OLD."designated", OLD."exchange_rate", OLD."expires_on", OLD."form", OLD."fund_id", OLD."giver_id", OLD."giver_kind", OLD."giver_name", OLD."id", OLD."item", OLD."measure", OLD."model_size", OLD."original_value", _pgh_attach_context(), NOW(), \'deleted\', OLD."id", OLD."phone", OLD."phone_index", OLD."purpose", OLD."quantity", OLD."reason", OLD."received_on", OLD."refunded_ticket", OLD."remark", OLD."row_key", OLD."source", OLD."ticket_code", OLD."ticket_number", OLD."ticket_waived", OLD."unit_price", OLD."upload_id", OLD."upload_row", OLD."upload_sheet", OLD."valuation", OLD."value"); RETURN NULL;',
                    hash="be244773c09869a013c7dffbe4a86404e9bc4724",
                    operation="DELETE",
                    pgid="pgtrigger_deleted_delete_b9373",
                    table="donations_donation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="goodsgiven",
            trigger=pgtrigger.compiler.Trigger(
                name="updated_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "donations_goodsgivenevent" ("branch_id", "campaign_id", "given_on", "handler", "id", "item", "measure", "model_size", "origin", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purpose", "quantity", "receiver", "row_key", "signed_by", "upload_id", "upload_row", "upload_sheet", "value") VALUES (OLD."branch_id", OLD."campaign_id", OLD."given_on", OLD."handler", OLD."id", OLD."item", OLD."measure", OLD."model_size", OLD."origin", _pgh_attach_context(), NOW(), \'updated\', OLD."id", OLD."purpose", OLD."quantity", OLD."receiver", OLD."row_key", OLD."signed_by", OLD."upload_id", OLD."upload_row", OLD."upload_sheet", OLD."value"); RETURN NULL;',
                    hash="722134316fa90807e02d3ef08ba3e28882121423",
                    operation="UPDATE",
                    pgid="pgtrigger_updated_update_43c20",
                    table="donations_goodsgiven",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="goodsgiven",
            trigger=pgtrigger.compiler.Trigger(
                name="deleted_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "donations_goodsgivenevent" ("branch_id", "campaign_id", "given_on", "handler", "id", "item", "measure", "model_size", "origin", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purpose", "quantity", "receiver", "row_key", "signed_by", "upload_id", "upload_row", "upload_sheet", "value") VALUES (OLD."branch_id", OLD."campaign_id", OLD."given_on", OLD."handler", OLD."id", OLD."item", OLD."measure", OLD."model_size", OLD."origin", _pgh_attach_context(), NOW(), \'deleted\', OLD."id", OLD."purpose", OLD."quantity", OLD."receiver", OLD."row_key", OLD."signed_by", OLD."upload_id", OLD."upload_row", OLD."upload_sheet", OLD."value"); RETURN NULL;',
                    hash="69290ffbb50001595537141bf8bbbb71b9adda3e",
                    operation="DELETE",
                    pgid="pgtrigger_deleted_delete_cd74f",
                    table="donations_goodsgiven",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="dailytaking",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("basis", "RECEIVED"),
                        (
                            "channel__in",
                            [
                                "WECHAT_POS",
                                "WECHAT",
                                "POS",
                                "CASH",
                                "BANK",
                                "ALIPAY",
                                "UNIONPAY",
                                "PLATFORM",
                                "OTHER_BANK",
                                "OTHER",
                            ],
                        ),
                    ),
                    models.Q(("basis__in", ["COUNTED", "PUBLISHED"]), ("channel", "")),
                    _connector="OR",
                ),
                name="taking_basis_and_channel_are_known",
                violation_error_message="收到细目须写明渠道，实际数额与公示内容不分渠道。",
            ),
        ),
    ]
