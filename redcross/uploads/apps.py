"""The app uploads; finds the sheets of every app."""

from pathlib import Path

from django.apps import AppConfig, apps
from django.utils.module_loading import autodiscover_modules

from redcross.uploads.schema.vocabulary import require_loaded


class UploadsConfig(AppConfig):
    """The import pipeline: from a workbook to records."""

    name = "redcross.uploads"
    label = "uploads"
    verbose_name = "数据报送"

    def ready(self) -> None:
        autodiscover_modules("sheets")
        for config in apps.get_app_configs():
            if config is not self:  # its own lists belong to no sheet
                require_loaded(Path(config.path) / "vocabulary")
