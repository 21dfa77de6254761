"""Missing migrations, and a faster way to compute the model state while migrating."""

import contextlib
import functools
from collections.abc import Iterator

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ModelState, ProjectState
from pgtrigger.migrations import AddTrigger


def missing_migrations() -> list[str]:
    """Return the migrations that have not been applied, by app and name."""
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in _migrations_on_disk() - applied.keys())


@functools.cache
def _migrations_on_disk() -> frozenset[tuple[str, str]]:
    loader = MigrationLoader(None)
    replaced = {key for migration in loader.replacements.values() for key in migration.replaces}
    return frozenset(loader.disk_migrations.keys() - replaced)


def _add_model(state: ProjectState, model_state: ModelState) -> None:
    key = model_state.app_label, model_state.name_lower
    state.models[key] = model_state
    if state._relations is not None:  # type: ignore[attr-defined]
        state.resolve_model_relations(key)
    if "apps" in state.__dict__:  # accessing `state.apps` would render every model
        state.apps.render_multiple([model_state])


def _append_option(
    state: ProjectState, app_label: str, model_name: str, option_name: str, added: object
) -> None:
    """Add an index or constraint, to the rendered model too: later operations look for it there."""
    options = state.models[app_label, model_name].options
    options[option_name] = [*options[option_name], added]
    if "apps" in state.__dict__:
        setattr(
            state.apps.get_model(app_label, model_name)._meta, option_name, options[option_name]
        )


def _add_trigger(operation: AddTrigger, app_label: str, state: ProjectState) -> None:
    options = state.models[app_label, operation.model_name].options
    options["triggers"] = [*options.get("triggers", []), operation.trigger]


_PATCHES: tuple[tuple[type, str, object], ...] = (
    (ProjectState, "add_model", _add_model),
    (ProjectState, "_append_option", _append_option),
    (AddTrigger, "state_forwards", _add_trigger),
)


@contextlib.contextmanager
def light_state_rendering() -> Iterator[None]:
    """Patch Django so that a new table, index, constraint or trigger re-renders no other model.

    Django re-renders every model related to the one an operation changes, directly or not:
    here all of them, through branch and upload, for each of some hundred tables. Adding a
    model, an index, a constraint or a trigger changes no other model.
    """
    originals = [(owner, name, getattr(owner, name)) for owner, name, _ in _PATCHES]
    for owner, name, patch in _PATCHES:
        setattr(owner, name, patch)
    try:
        yield
    finally:
        for owner, name, original in originals:
            setattr(owner, name, original)
