"""Uploads, dropped files, closed months, and the base of every record that uploads fill."""

from redcross.uploads.models.dropped_files import DroppedFile
from redcross.uploads.models.period_locks import PeriodException, PeriodLock
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
    "PeriodException",
    "PeriodLock",
    "Record",
    "RecordQuerySet",
    "Upload",
    "UploadFinding",
    "UploadQuerySet",
    "UploadRemark",
    "UploadStep",
    "storage_path",
]
