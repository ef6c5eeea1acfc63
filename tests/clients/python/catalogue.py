"""What everybody reads."""

import json
from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

from asking import a
from techmart_client import AuthenticatedClient
from techmart_client.api.achievements import get_achievement, list_achievements
from techmart_client.api.demands import get_demand, list_demands
from techmart_client.api.providers import get_provider, list_providers
from techmart_client.models import ListingBrief, ListingBriefPage, ListingKind
from techmart_client.types import UNSET, Response, Unset

# An item as its page shows it. In JSON, since nothing in a document tells a generated client of which kind it is: it
# takes each for an achievement, and loses what that has not.
Document = dict[str, Any]

LISTS: dict[ListingKind, Callable[..., Response[Any]]] = {
    ListingKind.ACHIEVEMENT: list_achievements.sync_detailed,
    ListingKind.DEMAND: list_demands.sync_detailed,
    ListingKind.PROVIDER: list_providers.sync_detailed,
}
PAGES: dict[ListingKind, Callable[..., Response[Any]]] = {
    ListingKind.ACHIEVEMENT: get_achievement.sync_detailed,
    ListingKind.DEMAND: get_demand.sync_detailed,
    ListingKind.PROVIDER: get_provider.sync_detailed,
}


def briefs(api: AuthenticatedClient, kind: ListingKind, limit: int) -> list[ListingBrief]:
    """All pages of a list."""
    found: list[ListingBrief] = []
    cursor: str | None | Unset = UNSET
    while cursor is not None:
        page = a(ListingBriefPage, LISTS[kind](client=api, limit=limit, cursor=cursor).parsed)
        assert len(page.items) <= limit
        found += page.items
        cursor = page.next_cursor or None
    assert len({item.id for item in found}) == len(found), "something came twice"
    return found


def document(api: AuthenticatedClient, brief: ListingBrief) -> Document:
    found = cast(Document, json.loads(PAGES[brief.kind](brief.id, client=api).content))
    assert found["content"]["title"] == brief.title and found["id"] == str(brief.id)
    return found


def everything(api: AuthenticatedClient) -> dict[UUID, Document]:
    """All pages of all lists, each item as its own page shows it."""
    return {brief.id: document(api, brief) for kind in LISTS for brief in briefs(api, kind, 100)}
