"""What comes in day by day, by channel."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("branches", "0002_begin_and_end"),
        ("donations", "0006_duties_and_purposes_kept"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("uploads", "0003_parcels_and_lines"),
    ]

    operations = [
        migrations.CreateModel(
            name="DailyTaking",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "upload_sheet",
                    models.CharField(blank=True, max_length=100, verbose_name="来源工作表"),
                ),
                (
                    "upload_row",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="来源行"),
                ),
                ("row_key", models.UUIDField(editable=False, verbose_name="行标识")),
                ("taken_on", models.DateField(verbose_name="日期")),
                (
                    "basis",
                    models.CharField(
                        choices=[
                            ("RECEIVED", "收到细目"),
                            ("COUNTED", "实际数额"),
                            ("PUBLISHED", "公示内容"),
                        ],
                        max_length=9,
                        verbose_name="口径",
                    ),
                ),
                (
                    "channel",
                    models.CharField(
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
                            ("OTHER", "其他"),
                        ],
                        max_length=10,
                        verbose_name="渠道",
                    ),
                ),
                (
                    "gifts",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="笔数或人数"),
                ),
                (
                    "value",
                    models.DecimalField(decimal_places=2, max_digits=18, verbose_name="金额（元）"),
                ),
                (
                    "branch",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="branches.branch",
                        verbose_name="所属机构",
                    ),
                ),
                (
                    "upload",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="uploads.upload",
                        verbose_name="来源批次",
                    ),
                ),
            ],
            options={
                "verbose_name": "每日收款",
                "verbose_name_plural": "每日收款",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="DailyTakingEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "upload_sheet",
                    models.CharField(blank=True, max_length=100, verbose_name="来源工作表"),
                ),
                (
                    "upload_row",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="来源行"),
                ),
                ("row_key", models.UUIDField(editable=False, verbose_name="行标识")),
                ("taken_on", models.DateField(verbose_name="日期")),
                (
                    "basis",
                    models.CharField(
                        choices=[
                            ("RECEIVED", "收到细目"),
                            ("COUNTED", "实际数额"),
                            ("PUBLISHED", "公示内容"),
                        ],
                        max_length=9,
                        verbose_name="口径",
                    ),
                ),
                (
                    "channel",
                    models.CharField(
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
                            ("OTHER", "其他"),
                        ],
                        max_length=10,
                        verbose_name="渠道",
                    ),
                ),
                (
                    "gifts",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="笔数或人数"),
                ),
                (
                    "value",
                    models.DecimalField(decimal_places=2, max_digits=18, verbose_name="金额（元）"),
                ),
                (
                    "branch",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="branches.branch",
                        verbose_name="所属机构",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="donations.dailytaking",
                    ),
                ),
                (
                    "upload",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="uploads.upload",
                        verbose_name="来源批次",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddConstraint(
            model_name="dailytaking",
            constraint=models.UniqueConstraint(
                fields=("branch", "row_key"), name="donations_dailytaking_row_once"
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
        migrations.AddConstraint(
            model_name="dailytaking",
            constraint=models.CheckConstraint(
                condition=models.Q(("value__gte", 0)),
                name="taking_is_not_negative",
                violation_error_message="金额不能为负。",
            ),
        ),
        migrations.AddConstraint(
            model_name="dailytaking",
            constraint=models.UniqueConstraint(
                fields=("branch", "taken_on", "basis", "channel"),
                name="taking_once_a_day",
                violation_error_message="该单位这一天这一渠道已有记录。",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="dailytaking",
            trigger=pgtrigger.compiler.Trigger(
                name="updated_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "donations_dailytakingevent" ("basis", "branch_id", "channel", "gifts", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "row_key", "taken_on", "upload_id", "upload_row", "upload_sheet", "value") VALUES (OLD."basis", OLD."branch_id", OLD."channel", OLD."gifts", OLD."id", _pgh_attach_context(), NOW(), \'updated\', OLD."id", OLD."row_key", OLD."taken_on", OLD."upload_id", OLD."upload_row", OLD."upload_sheet", OLD."value"); RETURN NULL;',
                    hash="9da04563da1f92e16d4cea18fa5fb91c7b32b4d0",
                    operation="UPDATE",
                    pgid="pgtrigger_updated_update_3938f",
                    table="donations_dailytaking",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="dailytaking",
            trigger=pgtrigger.compiler.Trigger(
                name="deleted_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "donations_dailytakingevent" ("basis", "branch_id", "channel", "gifts", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "row_key", "taken_on", "upload_id", "upload_row", "upload_sheet", "value") VALUES (OLD."basis", OLD."branch_id", OLD."channel", OLD."gifts", OLD."id", _pgh_attach_context(), NOW(), \'deleted\', OLD."id", OLD."row_key", OLD."taken_on", OLD."upload_id", OLD."upload_row", OLD."upload_sheet", OLD."value"); RETURN NULL;',
                    hash="d2258aef14705b36ed8d0088abd37e807469b268",
                    operation="DELETE",
                    pgid="pgtrigger_deleted_delete_cf9d9",
                    table="donations_dailytaking",
                    when="AFTER",
                ),
            ),
        ),
    ]
