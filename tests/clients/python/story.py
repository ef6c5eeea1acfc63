"""A platform's first day, by a client that knows the OpenAPI document alone."""

import uuid
from http import HTTPStatus

import feed
import keys
import offers
import webhooks
from asking import Person, a, until, visitor
from catalogue import briefs
from techmart_client import AuthenticatedClient
from techmart_client.api.achievements import (
    create_achievement,
    get_achievement,
    get_achievement_draft,
    patch_achievement_draft,
)
from techmart_client.api.code_lists import get_code_list
from techmart_client.api.search import search
from techmart_client.models import (
    AchievementContent,
    AchievementListingIn,
    AchievementListingOut,
    AchievementListingPatch,
    CodeList,
    Contact,
    ListingKind,
    Problem,
    SearchOut,
)


def read_the_catalogue(api: AuthenticatedClient) -> None:
    items = briefs(api, ListingKind.ACHIEVEMENT, 3)
    assert len(items) > 3, "the demo has several pages"

    first = get_achievement.sync_detailed(items[0].id, client=api)
    listing = a(AchievementListingOut, first.parsed)
    assert isinstance(listing.content, AchievementContent) and listing.content.title == items[0].title
    again = get_achievement.sync_detailed(items[0].id, client=api, if_none_match=first.headers["etag"])
    assert again.status_code == HTTPStatus.NOT_MODIFIED

    nobody = a(Problem, get_achievement.sync(uuid.uuid4(), client=api))
    assert nobody.code == "not_found"

    labels = a(CodeList, get_code_list.sync("listing_status", client=api))
    assert any(item.code == "published" for item in labels.items)


def find(api: AuthenticatedClient, words: str) -> list[uuid.UUID]:
    answer = a(SearchOut, search.sync(client=api, q=words, kind=[ListingKind.ACHIEVEMENT], limit=5))
    return [hit.id for hit in answer.items]


def publish_one(author: Person, broker: Person) -> tuple[uuid.UUID, str]:
    title = offers.title()
    body = AchievementListingIn(offers.content(title))
    for_it = author.organisation
    key = str(uuid.uuid4())
    made = [
        a(
            AchievementListingOut,
            create_achievement.sync(client=author.api, body=body, acting_organisation=for_it, idempotency_key=key),
        )
        for _ in range(2)
    ]
    assert made[0].id == made[1].id, "a repetition makes no second one"
    draft = made[0].id

    early = a(Problem, offers.submit(draft, author))
    assert early.code == "rule_broken" and early.errors

    read = get_achievement_draft.sync_detailed(draft, client=author.api, acting_organisation=for_it)
    a(
        AchievementListingOut,
        patch_achievement_draft.sync(
            draft,
            client=author.api,
            acting_organisation=for_it,
            if_match=read.headers["etag"],
            body=AchievementListingPatch(AchievementContent(contact=Contact(name="张老师", phone="13800000001"))),
        ),
    )
    a(AchievementListingOut, offers.submit(draft, author))
    illegal = a(Problem, offers.submit(draft, author))
    assert illegal.code == "illegal_move" and illegal.legal_moves and "recall" in illegal.legal_moves

    offers.publish(draft, broker)
    return draft, title


def main() -> None:
    anybody = visitor()
    read_the_catalogue(anybody)
    assert find(anybody, "激光焊接")
    author, broker = Person("university"), Person("broker")
    made, title = publish_one(author, broker)
    shown = a(AchievementListingOut, get_achievement.sync(made, client=anybody))
    assert isinstance(shown.content, AchievementContent) and not shown.content.contact, "a contact is private"
    until("the new one is found", lambda: made in find(anybody, title))
    print("Python: the catalogue read to its end, one found, one written, published and found again")

    key = keys.new_key(Person("university_owner"), Person("admin"))
    keys.read_with(key, anybody)
    print("Python: a key asked for, approved and used; refused what it was not granted")
    webhooks.receive(key, author, broker)
    print("Python: a publication and a withdrawal received, verified, and not when tampered with")
    print(f"Python: {feed.keep_a_copy(key, anybody)}")


main()
