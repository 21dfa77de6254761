"""A column of a sheet whose cells name an indicator."""

import dataclasses

from redcross.indicators.declare.declaration import registry
from redcross.uploads.schema.import_spec import CellKind, FieldSpec
from redcross.uploads.schema.sheet import Column


@dataclasses.dataclass(slots=True)
class IndicatorColumn(Column):
    """A column whose cells name an indicator by its label or its key."""

    def adapt(self, spec: FieldSpec) -> FieldSpec:
        """Accept the indicators that are registered now."""
        labels = {indicator.key: indicator.label for indicator in registry.values()}
        words = {label: key for key, label in labels.items()} | {key: key for key in labels}
        return dataclasses.replace(
            spec, kind=CellKind.CHOICE, choices=words, labels=labels, max_length=None
        )
