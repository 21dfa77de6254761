"""Uploads, dropped files, and the base of every record that uploads fill."""

from redcross.uploads.models.dropped_files import DroppedFile
from redcross.uploads.models.records import NamedKey, NamedKeyQuerySet, Record, RecordQuerySet
from redcross.uploads.models.uploads import (
    HeadingMemory,
    Upload,
    UploadFinding,
    UploadQuerySet,
    UploadRemark,
    UploadStep,
    storage_path,
)

__all__ = [
    "DroppedFile",
    "HeadingMemory",
    "NamedKey",
    "NamedKeyQuerySet",
    "Record",
    "RecordQuerySet",
    "Upload",
    "UploadFinding",
    "UploadQuerySet",
    "UploadRemark",
    "UploadStep",
    "storage_path",
]
