"""A file storage that records what is read and written: set as STORAGES["default"]."""

from typing import ClassVar

from django.core.files.storage import FileSystemStorage

PATH = f"{__name__}.RecordingStorage"


class RecordingStorage(FileSystemStorage):
    """Stores files as the portal does."""

    read: ClassVar[list[str]] = []
    written: ClassVar[list[str]] = []

    def _open(self, name, mode="rb"):
        self.read.append(name)
        return super()._open(name, mode)

    def _save(self, name, content):
        name = super()._save(name, content)
        self.written.append(name)
        return name

    @classmethod
    def forget(cls):
        """Start recording anew."""
        cls.read.clear()
        cls.written.clear()
