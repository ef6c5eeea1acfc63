"""A copy of the catalogue that the change feed keeps equal, while several people write."""

import itertools
import json
import os
import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import offers
from asking import PATIENCE, Person, a
from catalogue import LISTS, Document, briefs, everything
from techmart_client import AuthenticatedClient
from techmart_client.api.achievements import resume_achievement, suspend_achievement
from techmart_client.api.changes import list_changes
from techmart_client.api.demands import resume_demand, suspend_demand
from techmart_client.api.organisations import get_organisation, patch_organisation
from techmart_client.api.providers import resume_provider, suspend_provider
from techmart_client.models import (
    AchievementListingOut,
    ChangeKind,
    ChangesOut,
    ListingBrief,
    ListingKind,
    OrganisationOut,
    OrganisationPatch,
    Problem,
    ReasonIn,
)

# It is written until whoever follows was told so much.
CHANGES = int(os.environ.get("TECHMART_STORY_CHANGES", "200"))
# Who hide and show; one more writes.
BROKERS = 6
# How many listings the one who writes keeps published.
KEPT = 20
HIDE: dict[ListingKind, Callable[..., Any]] = {
    ListingKind.ACHIEVEMENT: suspend_achievement.sync,
    ListingKind.DEMAND: suspend_demand.sync,
    ListingKind.PROVIDER: suspend_provider.sync,
}
SHOW: dict[ListingKind, Callable[..., Any]] = {
    ListingKind.ACHIEVEMENT: resume_achievement.sync,
    ListingKind.DEMAND: resume_demand.sync,
    ListingKind.PROVIDER: resume_provider.sync,
}


class Copy:
    """What a reader of the feed holds."""

    def __init__(self) -> None:
        self.since = "0"
        self.documents: dict[UUID, Document] = {}
        self.gone: set[UUID] = set()
        self.told = 0
        self.end = time.monotonic() + PATIENCE

    def lay(self, page: ChangesOut, documents: list[Document | None]) -> None:
        for item, document in zip(page.items, documents, strict=True):
            assert item.position > self.since
            self.since = item.position
            self.told += 1
            if item.kind == ChangeKind.UPSERT:
                assert document and (document["id"], document["kind"]) == (str(item.id), item.type_)
                self.documents[item.id] = document
                self.gone.discard(item.id)
            else:
                assert not document and item.reason
                self.documents.pop(item.id, None)
                self.gone.add(item.id)
        assert page.next_ >= self.since, "the feed went back"
        self.since = page.next_
        if page.items:
            self.end = time.monotonic() + PATIENCE

    def lacks(self, changes: int) -> bool:
        """Whether it was told less."""
        assert time.monotonic() < self.end, f"nothing more was told after {self.since}"
        return self.told < changes


def follow(copy: Copy, reader: AuthenticatedClient, last: UUID) -> None:
    """Reads the feed from its beginning until it tells of that item, and what else is there."""
    more = True
    while more or last not in copy.documents:
        copy.lacks(0)
        answer = list_changes.sync_detailed(client=reader, since=copy.since, limit=37, wait=30)
        page = a(ChangesOut, answer.parsed)
        copy.lay(page, [item["document"] for item in json.loads(answer.content)["items"]])
        more = page.more


def has_turned(item: ListingBrief, broker: Person, copy: Copy) -> bool:
    """Hides what is shown and shows what is hidden, unless another was faster than the feed."""
    if item.id in copy.gone:
        answer = SHOW[item.kind](item.id, client=broker.api)
    else:
        answer = HIDE[item.kind](item.id, client=broker.api, body=ReasonIn(reason="信息有误，请核实。"))
    if isinstance(answer, Problem):
        assert answer.code in ("illegal_move", "version_changed"), answer
        return False
    return True


def hide_and_show(copy: Copy, items: list[ListingBrief], seed: int) -> int:
    """Meets the others at the same items; says how often it was first."""
    broker, chance, done = Person("broker"), random.Random(seed), 0
    while copy.lacks(CHANGES):
        done += has_turned(chance.choice(items), broker, copy)
    return done


def rename(author: Person, name: str) -> None:
    """Changes what everything of the author's organisation shows of it."""
    organisation = UUID(author.organisation)
    read = get_organisation.sync_detailed(organisation, client=author.api)
    renamed = patch_organisation.sync(
        organisation,
        client=author.api,
        acting_organisation=author.organisation,
        if_match=read.headers["etag"],
        body=OrganisationPatch(name_en=name),
    )
    assert a(OrganisationOut, renamed).name_en == name


def write(copy: Copy) -> int:
    """Publishes new ones, withdraws older ones, and changes how the owner is called; says how often."""
    author, broker = Person("university"), Person("broker")
    published: list[UUID] = []
    for turn in itertools.count():
        if not copy.lacks(CHANGES):
            return turn
        if turn % 2 == 0:
            rename(author, f"University {turn}")
        elif len(published) > KEPT:
            offers.withdraw(published.pop(0), author)
        else:
            offer = offers.draft(author)
            a(AchievementListingOut, offers.submit(offer, author))
            offers.publish(offer, broker)
            published.append(offer)
    raise AssertionError("there is always a next turn")


def keep_a_copy(reader: AuthenticatedClient, anybody: AuthenticatedClient) -> str:
    """Says what was read."""
    author, broker = Person("university"), Person("broker")
    items = [brief for kind in LISTS for brief in briefs(anybody, kind, 100)]
    last = offers.draft(author)
    a(AchievementListingOut, offers.submit(last, author))
    copy, began = Copy(), time.monotonic()
    with ThreadPoolExecutor(BROKERS + 2) as pool:
        following = pool.submit(follow, copy, reader, last)
        writing = [pool.submit(hide_and_show, copy, items, seed) for seed in range(BROKERS)]
        acts = sum(one.result() for one in [*writing, pool.submit(write, copy)])
        # Everything else is over, so this is told last.
        offers.publish(last, broker)
        following.result()
    took = time.monotonic() - began

    late = Copy()
    follow(late, reader, last)
    assert late.told == len(late.documents) + len(late.gone), "an item stands in the feed once"
    there = everything(anybody)
    for who, held in (("whoever followed", copy), ("whoever came late", late)):
        unlike = {id for id in held.documents.keys() | there.keys() if held.documents.get(id) != there.get(id)}
        assert not unlike, f"{who} holds {len(held.documents)} of {len(there)}; not equal: {unlike}"
        assert held.gone and not held.gone & there.keys()
    return (
        f"through {acts} acts of {BROKERS + 1} people in {took:.1f} s a copy was told {copy.told} changes and ended "
        f"equal to the catalogue of {len(there)}, with {len(copy.gone)} gone"
    )
