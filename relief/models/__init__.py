"""Aid by programme, response to disasters, goods in stores and rescue teams."""

from relief.models.aid import AidApplication, AidGrant
from relief.models.events import Dispatch, Engagement, EventResponse, Need
from relief.models.projects import Distribution, EditionResource, Project
from relief.models.references import AidBand, AidCap, Edition, Event, Item, Programme
from relief.models.stock import StockLevel, StockMovement, StockMovementQuerySet
from relief.models.teams import RescueTeam

__all__ = [
    "AidApplication",
    "AidBand",
    "AidCap",
    "AidGrant",
    "Dispatch",
    "Distribution",
    "Edition",
    "EditionResource",
    "Engagement",
    "Event",
    "EventResponse",
    "Item",
    "Need",
    "Programme",
    "Project",
    "RescueTeam",
    "StockLevel",
    "StockMovement",
    "StockMovementQuerySet",
]
