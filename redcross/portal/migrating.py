"""Whether the database's tables are those the program was written for, and how they come there."""

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
    return sorted(f"{app}.{name}" for app, name in _written() - applied.keys())


@functools.cache
def _written() -> frozenset[tuple[str, str]]:
    loader = MigrationLoader(None)
    replaced = {key for each in loader.replacements.values() for key in each.replaces}
    return frozenset(loader.disk_migrations.keys() - replaced)


@contextlib.contextmanager
def rendering_new_models_alone() -> Iterator[None]:
    """Let a new table or trigger render no other model again, while migrations run.

    Django renders every model that is related, over any number of steps, to the one an
    operation adds: here that is all of them, through branch and upload, for each of some
    hundred tables. A new model changes no other; a trigger changes none.
    """
    add_model, add_trigger = ProjectState.add_model, AddTrigger.state_forwards
    ProjectState.add_model = _add_model  # type: ignore[method-assign]
    AddTrigger.state_forwards = _add_trigger
    try:
        yield
    finally:
        ProjectState.add_model = add_model  # type: ignore[method-assign]
        AddTrigger.state_forwards = add_trigger


def _add_model(state: ProjectState, model_state: ModelState) -> None:
    key = model_state.app_label, model_state.name_lower
    state.models[key] = model_state
    if state._relations is not None:  # type: ignore[attr-defined]
        state.resolve_model_relations(key)  # type: ignore[attr-defined]
    if "apps" in state.__dict__:  # to ask for it would render every model
        state.apps.render_multiple([model_state])


def _add_trigger(operation: AddTrigger, app_label: str, state: ProjectState) -> None:
    options = state.models[app_label, operation.model_name].options
    options["triggers"] = [*options.get("triggers", []), operation.trigger]
