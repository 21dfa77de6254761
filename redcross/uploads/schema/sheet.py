"""The declaration of a sheet: what a branch hands in, beside the model it fills."""

import dataclasses
import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar, Self

import polars as pl
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from redcross.accounts.encryption import EncryptedField
from redcross.branches.models import Branch
from redcross.periods import Period
from redcross.units import Unit
from redcross.uploads.models import NamedKey, Record
from redcross.uploads.schema import id_number_rules
from redcross.uploads.schema.findings import PlausibilityWarning
from redcross.uploads.schema.import_spec import (
    CellKind,
    FieldSpec,
    Rule,
    SheetKind,
    SheetSpec,
    SplitAmounts,
)
from redcross.uploads.schema.schedule import Due
from redcross.uploads.schema.vocabulary import Vocabulary, find_vocabulary

_ENCRYPTED_KINDS = {
    "phone": CellKind.PHONE,
    "id_number": CellKind.ID_NUMBER,
    "credit_code": CellKind.CREDIT_CODE,
}
_CELL_KINDS: "tuple[tuple[type[models.Field[Any, Any]], CellKind], ...]" = (
    (models.DateField, CellKind.DATE),
    (models.DecimalField, CellKind.DECIMAL),
    (models.BooleanField, CellKind.BOOLEAN),
    (models.IntegerField, CellKind.INTEGER),
    (models.CharField, CellKind.TEXT),
    (models.TextField, CellKind.TEXT),
)


class SheetError(Exception):
    """A declaration is wrong; raised at start-up, for the developer."""


@dataclasses.dataclass(slots=True)
class Column:
    """One column under the name people see; the model's field gives the rest."""

    label: str
    aliases: Sequence[str] = ()
    substrings: Sequence[str] = ()
    patterns: Sequence[str] = ()
    """Patterns of whole headings that mean it too: the many words for who gives."""
    pattern_examples: Sequence[str] = ()
    """Headings that the patterns match; unknown headings are compared with them."""
    exclude_pattern: str = ""
    """A pattern within headings that are something else: 认捐金额 is no amount received."""
    value_range: tuple[int, int] | None = None
    rejects_numbers: bool = False
    null_values: Sequence[str] = ()
    default_to_month_end: bool = False
    unit: Unit = Unit.NONE
    required: bool | None = None  # None: as the model says
    kind: CellKind | None = None
    words: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """More words for a choice: what staff write → the stored key."""
    allow_negative: bool = False
    fill_down: bool = False
    from_title: bool = False
    """Whether the table's title may say it for every row: 2026年99公益日筹款统计表."""
    default_from_period: bool = False
    """Whether rows without the column are dated by the report, where that is of one month."""
    branch_from_address: bool = False
    """Whether its addresses tell the branch where the workbook has no column for that."""
    fallback_column: str = ""
    """The column that takes its words where these are none it can hold: 初审 holds a day in
    one office and 同意 in another; a 项目 nobody has registered is what a gift was meant for."""
    allow_create: bool = False
    """Whether a load registers the names of this column that nobody has registered."""
    earliest: dt.date | None = None
    default: object = None
    note: str = ""
    sample: str = ""
    max_length: int | None = None

    def with_words(self, words: Vocabulary, name: str) -> Self:
        """Return the column called `name` with the words of a vocabulary file added."""
        excluded = words.exclude_patterns.get(name)
        patterns = words.patterns.get(name, ())
        return dataclasses.replace(
            self,
            aliases=(*self.aliases, *words.headings.get(name, ())),
            substrings=(*self.substrings, *words.substrings.get(name, ())),
            patterns=(*self.patterns, *(entry.pattern for entry in patterns)),
            pattern_examples=(
                *self.pattern_examples,
                *(text for entry in patterns for text in entry.matches),
            ),
            exclude_pattern=excluded.pattern if excluded else self.exclude_pattern,
            null_values=(*self.null_values, *words.null_values.get(name, ())),
            words={**self.words, **words.choices.get(name, {})},
        )

    def adapt(self, spec: FieldSpec) -> FieldSpec:
        """Change what follows from the declaration and the model; override in a subclass."""
        return spec


@dataclasses.dataclass(slots=True)
class UnstoredColumn(Column):
    """A column that fills no field of the model: it is checked, or exploded to other rows."""

    def __post_init__(self) -> None:
        if self.kind is None:
            self.kind = CellKind.TEXT
        if self.required is None:
            self.required = False


@dataclasses.dataclass(frozen=True, slots=True)
class Parent:
    """A row that several rows of a sheet share, and that they point at.

    `fields` maps the parent's fields to the sheet's columns; `key` names the parent's
    fields that tell one from another within a branch. Rows whose key is empty, or for
    which `when` is false, get none.
    """

    foreign_key: str  # the foreign key on the sheet's model, or on a later parent
    model: type[Record]
    fields: Mapping[str, str]
    key: tuple[str, ...]
    when: Callable[[], pl.Expr] | None = None
    parent_keys: tuple[str, ...] = ()  # foreign keys of the parent filled by earlier parents


class Sheet:
    """A kind of workbook; subclass and `@register` it in an app's `sheets.py`."""

    key: ClassVar[str]
    title: ClassVar[str]
    vocabulary: ClassVar[str] = ""
    """The vocabulary file's name without .toml, for a base without a key; else from the key."""
    titles: ClassVar[Sequence[str]] = ()
    """What offices call it besides; a dropped file is recognised by them too."""
    model: ClassVar[type[Record]]
    kind: ClassVar[SheetKind] = SheetKind.LEDGER
    dated_by: ClassVar[str | None] = None
    identity: ClassVar[Sequence[str]] = ()
    exploded_identity: ClassVar[Sequence[str]] = ()
    """What tells the rows apart that `unfold` makes; empty where it makes none."""
    due: ClassVar[Sequence[Due]] = ()
    parents: ClassVar[Sequence[Parent]] = ()
    constants: ClassVar[Mapping[str, object]] = {}
    split_amounts: ClassVar[SplitAmounts | None] = None
    two_step: ClassVar[bool] = False
    columns: ClassVar[dict[str, Column]] = {}

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        # A field called like an attribute of the sheet is written with an underscore: kind_.
        own = {
            name.rstrip("_"): value
            for name, value in vars(cls).items()
            if isinstance(value, Column)
        }
        cls.columns = {**cls.columns, **own}
        cls._load_words()

    @classmethod
    def _load_words(cls) -> None:
        """Add the words of the class's own vocabulary file to its columns, titles and parts."""
        name = vars(cls).get("vocabulary") or vars(cls).get("key", "").rpartition(".")[2]
        words = find_vocabulary(cls.__module__, name, cls.columns) if name else None
        if words is None:
            return
        cls.columns = {name: column.with_words(words, name) for name, column in cls.columns.items()}
        for name, value in list(vars(cls).items()):
            if isinstance(value, Column):
                setattr(cls, name, cls.columns[name.rstrip("_")])
        cls.titles = (*vars(cls).get("titles", ()), *words.titles)
        if words.split_amounts is not None:
            cls.split_amounts = words.split_amounts

    @property
    def domain(self) -> str:
        """The app it belongs to: donations, training …."""
        return self.key.partition(".")[0]

    @property
    def description(self) -> str:
        """The first line of the declaration's docstring."""
        return (type(self).__doc__ or "").strip().splitlines()[0]

    @property
    def explanation(self) -> str:
        """The description without its name, for where the title stands beside it."""
        return self.description.partition("：")[2] or self.description

    def rules(self) -> tuple[Rule, ...]:
        """Return the checks across columns; override."""
        return ()

    def normalize(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Mend what rows say in other columns than they should, before any check; override."""
        return frame

    def derive(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Add columns that follow from the cleaned ones; override."""
        return frame

    def explode(self, frame: pl.DataFrame, period: Period) -> pl.DataFrame:
        """Make the rows of the model out of the workbook's; override where these differ."""
        return frame

    def collapse(self, records: Sequence[Any], period: Period) -> list[dict[str, object]] | None:
        """Undo `unfold` for an export: a workbook's rows out of records of one period.

        None where a record is a row; override where `unfold` makes several of one.
        """
        return None

    def plausibility_warnings(
        self, frame: pl.DataFrame, period: Period
    ) -> Iterable[PlausibilityWarning]:
        """Hold the rows as read against what is effective already; override.

        Asked of statistics sheets, inside the uploader's scope; each row names its branch.
        The number of queries must not grow with the rows.
        """
        return ()

    def specification(self) -> SheetSpec:
        """Resolve the declaration against the model, with the named rows of today."""
        fields = tuple(self._field(name, column) for name, column in self.columns.items())
        return SheetSpec(
            key=self.key,
            title=self.title,
            titles=tuple(self.titles),
            kind=self.kind,
            fields=fields,
            dated_by=self.dated_by,
            identity=tuple(self.identity),
            rules=(*self.rules(), *id_number_rules.rules_for_columns(self.columns)),
            branch_field="branch" if "branch" in self.columns else None,
            split_amounts=self.split_amounts,
            normalize=self.normalize,
        )

    def _field(self, name: str, column: Column) -> FieldSpec:
        field = self.model_field(name)
        words, labels = _accepted_words(field, column)
        encrypted = isinstance(field, EncryptedField)
        spec = FieldSpec(
            name=name,
            label=column.label,
            kind=column.kind or _cell_kind(field),
            aliases=tuple(column.aliases),
            substrings=tuple(column.substrings),
            patterns=tuple(column.patterns),
            pattern_examples=tuple(column.pattern_examples),
            exclude_pattern=re.compile(column.exclude_pattern) if column.exclude_pattern else None,
            value_range=column.value_range,
            rejects_numbers=column.rejects_numbers,
            null_values=tuple(column.null_values),
            default_to_month_end=column.default_to_month_end,
            required=_is_required(field, name) if column.required is None else column.required,
            unit=column.unit,
            max_length=column.max_length or getattr(field, "max_length", None),
            max_digits=getattr(field, "max_digits", None),
            decimal_places=getattr(field, "decimal_places", None) or 0,
            choices=words,
            labels=labels,
            allow_negative=column.allow_negative,
            earliest=column.earliest,
            fill_down=column.fill_down,
            from_title=column.from_title,
            default_from_period=column.default_from_period,
            branch_from_address=column.branch_from_address,
            fallback_column=column.fallback_column,
            may_register=name_model(field).registration_rule() if column.allow_create else None,
            personal=encrypted,
            default=column.default,
            note=column.note,
            sample=column.sample,
        )
        return column.adapt(spec)

    def model_field(self, name: str) -> "models.Field[Any, Any]":
        """Return the field a column fills: the model's own, or a parent's."""
        if isinstance(self.columns.get(name), UnstoredColumn):
            return models.TextField(blank=True)
        candidates = [(self.model, name)]
        for parent in self.parents:
            candidates += [
                (parent.model, field) for field, source in parent.fields.items() if source == name
            ]
        for model, field_name in candidates:
            try:
                field = model._meta.get_field(field_name)
            except FieldDoesNotExist:
                continue
            if isinstance(field, models.Field):
                return field
        message = f"{self.key}: no model has a field {name}"
        raise SheetError(message)


def _cell_kind(field: "models.Field[Any, Any]") -> CellKind:
    if isinstance(field, EncryptedField):
        return _ENCRYPTED_KINDS.get(field.kind, CellKind.TEXT)
    if isinstance(field, models.ForeignKey):
        return CellKind.BRANCH if field.related_model is Branch else CellKind.REFERENCE
    if field.choices:
        return CellKind.CHOICE
    for kind_of, kind in _CELL_KINDS:
        if isinstance(field, kind_of):
            return kind
    message = f"{field.model.__name__}.{field.name}: no kind of cell fits"
    raise SheetError(message)


def _is_required(field: "models.Field[Any, Any]", name: str) -> bool:
    return name != "branch" and not (field.blank or field.null or field.has_default())


def _accepted_words(
    field: "models.Field[Any, Any]", column: Column
) -> tuple[dict[str, str], dict[str, str]]:
    """Return every accepted word → key, and key → the word we print."""
    labels: dict[str, str] = {}
    words: dict[str, str] = {}
    if isinstance(field, models.ForeignKey):
        target = field.related_model
        if hasattr(target, "sheet_words"):
            for key, label, others in target.sheet_words():
                labels[key] = label
                words |= dict.fromkeys((label, *others), key)
    elif field.choices:
        labels = {str(key): str(label) for key, label in field.flatchoices}
        words = {label: key for key, label in labels.items()}
    words |= {key: key for key in labels}
    return words | dict(column.words), labels


def name_model(field: "models.Field[Any, Any]") -> type[NamedKey]:
    """Return the list of names a field points into; raise SheetError where it does not."""
    model = field.related_model
    if isinstance(model, type) and issubclass(model, NamedKey):
        return model
    message = f"{field}: only names of the province can be introduced"
    raise SheetError(message)
