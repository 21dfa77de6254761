"""Rename Parcel to DroppedFile, and turn of Upload to pending_action; keep workbooks' grids.

The keys of the stored guesses get their new names too.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import redcross.uploads.models

_SENT_HAS_UPLOAD = models.Q(
    models.Q(("state", "SENT"), ("upload__isnull", False)),
    models.Q(models.Q(("state", "SENT"), _negated=True), ("upload__isnull", True)),
    _connector="OR",
)
_STATE_IS_KNOWN = models.Q(
    ("state__in", ["WAITING", "OPENING", "MATCHING", "GUESSED", "UNREADABLE", "SENT"])
)
_MODE_IS_KNOWN = models.Q(("mode", ""), ("mode__in", ["append", "replace"]), _connector="OR")


_GUESS_KEYS = {
    "sure": "certainty",
    "why": "reason",
    "fits": "candidates",
    "named": "known_columns",
    "around": "by_sheet",
    "otherwise": "default",
    "twin": "duplicate",
    "told": "label",
}


def _renamed(value, keys):
    if isinstance(value, dict):
        return {keys.get(key, key): _renamed(inner, keys) for key, inner in value.items()}
    return [_renamed(inner, keys) for inner in value] if isinstance(value, list) else value


def _rename_guess_keys(apps, schema_editor, keys=_GUESS_KEYS):
    model = apps.get_model("uploads", "DroppedFile")
    rows = model.objects.using(schema_editor.connection.alias).exclude(guess={})
    for row in rows.iterator():
        row.guess = _renamed(row.guess, keys)
        row.save(update_fields=["guess"])


def _restore_guess_keys(apps, schema_editor):
    _rename_guess_keys(apps, schema_editor, {new: old for old, new in _GUESS_KEYS.items()})


def _grids_file(model_name):
    return migrations.AddField(
        model_name=model_name,
        name="grids_file",
        field=models.FileField(
            blank=True,
            default="",
            upload_to=redcross.uploads.models.storage_path,
            verbose_name="读出的工作表",
        ),
        preserve_default=False,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("branches", "0001_initial"),
        ("uploads", "0004_said_of_the_whole_table"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # Dropped files: a constraint names its fields, so it goes before they are renamed.
        migrations.RemoveConstraint("parcel", "parcel_state_is_known"),
        migrations.RemoveConstraint("parcel", "parcel_mode_is_known"),
        migrations.RemoveConstraint("parcel", "parcel_sent_is_an_upload"),
        migrations.RenameModel("Parcel", "DroppedFile"),
        migrations.RenameField("droppedfile", "about", "reporting_branch"),
        migrations.RenameField("droppedfile", "hint", "prefill"),
        migrations.RenameField("droppedfile", "touched_at", "updated_at"),
        migrations.RenameIndex(
            "droppedfile", new_name="dropped_file_of_owner", old_name="parcel_of_owner"
        ),
        migrations.AddConstraint(
            "droppedfile",
            models.CheckConstraint(condition=_STATE_IS_KNOWN, name="dropped_file_state_is_known"),
        ),
        migrations.AddConstraint(
            "droppedfile",
            models.CheckConstraint(condition=_MODE_IS_KNOWN, name="dropped_file_mode_is_known"),
        ),
        migrations.AddConstraint(
            "droppedfile",
            models.CheckConstraint(condition=_SENT_HAS_UPLOAD, name="dropped_file_sent_has_upload"),
        ),
        migrations.AlterField(
            "droppedfile",
            "owner",
            models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="dropped_files",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            "droppedfile",
            "upload",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="dropped_files",
                to="uploads.upload",
            ),
        ),
        _grids_file("droppedfile"),
        migrations.RunPython(_rename_guess_keys, _restore_guess_keys),
        # Uploads.
        migrations.RemoveConstraint("upload", "upload_turn_is_known_and_somebodys"),
        migrations.RemoveIndex("upload", "upload_turn"),
        migrations.RenameField("upload", "turn", "pending_action"),
        migrations.RenameField("upload", "turn_by", "pending_action_by"),
        migrations.RenameField("upload", "stated", "table_values"),
        migrations.AddIndex(
            "upload",
            models.Index(
                condition=models.Q(("pending_action", ""), _negated=True),
                fields=["pending_action"],
                name="upload_pending_action",
            ),
        ),
        migrations.AddConstraint(
            "upload",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(("pending_action", ""), ("pending_action_by__isnull", True)),
                    models.Q(
                        ("pending_action__in", ["UNDO", "RESTORE"]),
                        ("pending_action_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="upload_pending_action_has_its_person",
            ),
        ),
        _grids_file("upload"),
        migrations.AddIndex(
            "upload",
            models.Index(
                condition=models.Q(("grids_file", ""), _negated=True),
                fields=["created_at"],
                name="upload_with_grids",
            ),
        ),
    ]
