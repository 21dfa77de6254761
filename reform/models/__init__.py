"""Reform and organisation: dated facts, key tasks, registers, members and volunteers."""

from reform.models.governance import GovernanceFact, GovernanceFactQuerySet, GovernanceItem
from reform.models.liaison import Liaison, Problem, Visit
from reform.models.network import GrassrootsUnit, NetworkMovement
from reform.models.registers import Activity, Document, GoodExample
from reform.models.tasks import KeyTask, LightRule, Milestone, TaskProgress

__all__ = [
    "Activity",
    "Document",
    "GoodExample",
    "GovernanceFact",
    "GovernanceFactQuerySet",
    "GovernanceItem",
    "GrassrootsUnit",
    "KeyTask",
    "Liaison",
    "LightRule",
    "Milestone",
    "NetworkMovement",
    "Problem",
    "TaskProgress",
    "Visit",
]
