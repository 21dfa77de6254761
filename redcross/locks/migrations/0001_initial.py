"""Take over the tables of period locks from uploads, of unlock requests from completeness."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


OLD_APPS = {"periodlock": "uploads", "periodexception": "uploads", "unlockrequest": "completeness"}


def move_content_types(apps, schema_editor):
    """Keep what refers to these models by content type: the change history of the record pages."""
    content_types = apps.get_model("contenttypes", "ContentType").objects
    rows = content_types.using(schema_editor.connection.alias)
    for model, app in OLD_APPS.items():
        rows.filter(app_label=app, model=model).update(app_label="locks")


class Migration(migrations.Migration):
    dependencies = [
        ("branches", "0003_tree_version"),
        ("completeness", "0003_covering"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("uploads", "0004_said_of_the_whole_table"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # The tables exist and keep their names and rows.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="PeriodLock",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        (
                            "domain",
                            models.CharField(
                                choices=[
                                    ("donations", "募捐筹资"),
                                    ("training", "应急救护"),
                                    ("donors", "三献"),
                                    ("relief", "人道救助"),
                                    ("reform", "改革与组织"),
                                ],
                                max_length=20,
                                verbose_name="业务",
                            ),
                        ),
                        ("first_month", models.DateField(verbose_name="起")),
                        ("last_month", models.DateField(verbose_name="止")),
                        ("locked_at", models.DateTimeField(verbose_name="锁定时间")),
                        (
                            "reason",
                            models.CharField(blank=True, max_length=200, verbose_name="说明"),
                        ),
                        (
                            "branch",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="branches.branch",
                                verbose_name="机构",
                            ),
                        ),
                        (
                            "locked_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="锁定人",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "报告期锁定",
                        "verbose_name_plural": "报告期锁定",
                        "db_table": "uploads_periodlock",
                    },
                ),
                migrations.CreateModel(
                    name="PeriodException",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("until", models.DateTimeField(verbose_name="到期时间")),
                        ("reason", models.CharField(max_length=200, verbose_name="原因")),
                        (
                            "branch",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="branches.branch",
                                verbose_name="机构",
                            ),
                        ),
                        (
                            "granted_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="批准人",
                            ),
                        ),
                        (
                            "lock",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="exceptions",
                                to="locks.periodlock",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "临时解锁",
                        "verbose_name_plural": "临时解锁",
                        "db_table": "uploads_periodexception",
                    },
                ),
                migrations.CreateModel(
                    name="UnlockRequest",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("reason", models.CharField(max_length=200, verbose_name="原因")),
                        ("asked_at", models.DateTimeField(verbose_name="申请时间")),
                        (
                            "answer",
                            models.CharField(
                                choices=[
                                    ("WAITING", "待答复"),
                                    ("GRANTED", "已同意"),
                                    ("REFUSED", "未同意"),
                                ],
                                default="WAITING",
                                max_length=10,
                                verbose_name="答复",
                            ),
                        ),
                        (
                            "remark",
                            models.CharField(blank=True, max_length=200, verbose_name="答复说明"),
                        ),
                        (
                            "answered_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="答复时间"),
                        ),
                        (
                            "open_until",
                            models.DateTimeField(blank=True, null=True, verbose_name="开放至"),
                        ),
                        (
                            "answered_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="答复人",
                            ),
                        ),
                        (
                            "asked_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="申请人",
                            ),
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
                            "lock",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="requests",
                                to="locks.periodlock",
                                verbose_name="锁定",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "解锁申请",
                        "verbose_name_plural": "解锁申请",
                        "db_table": "completeness_unlockrequest",
                    },
                ),
                migrations.AddConstraint(
                    model_name="periodlock",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("last_month__gte", models.F("first_month"))),
                        name="lock_months_in_order",
                        violation_error_message="止月不能早于起月。",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="periodlock",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("first_month__day", 1), ("last_month__day", 1)),
                        name="lock_months_are_first_days",
                        violation_error_message="请填写每月1日。",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="periodlock",
                    constraint=models.UniqueConstraint(
                        fields=("domain", "branch", "first_month", "last_month"),
                        name="lock_once",
                        violation_error_message="该报告期已锁定。",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="unlockrequest",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("answer__in", ["WAITING", "GRANTED", "REFUSED"])),
                        name="unlock_answer_is_known",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="unlockrequest",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("answer", "WAITING"),
                            models.Q(
                                ("answered_at__isnull", False), ("answered_by__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="unlock_answered_by_somebody",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="unlockrequest",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("answer", "WAITING")),
                        fields=("branch", "lock"),
                        name="unlock_asked_once",
                        violation_error_message="已有一份申请等待答复。",
                    ),
                ),
            ]
        ),
        migrations.RunPython(move_content_types, migrations.RunPython.noop),
    ]
