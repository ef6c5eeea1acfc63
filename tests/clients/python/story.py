"""A platform's first day, by a client that knows the OpenAPI document alone."""

import time
import uuid
from http import HTTPStatus
from typing import TypeVar, cast

import httpx
from service import API, PASSWORD, people
from techmart_client import AuthenticatedClient, Client
from techmart_client.api.achievements import (
    claim_achievement,
    create_achievement,
    get_achievement,
    get_achievement_draft,
    list_achievements,
    patch_achievement_draft,
    publish_achievement,
    submit_achievement,
)
from techmart_client.api.auth import login
from techmart_client.api.code_lists import get_code_list
from techmart_client.api.me import get_me
from techmart_client.api.search import search
from techmart_client.models import (
    AchievementContent,
    AchievementListingIn,
    AchievementListingOut,
    AchievementListingPatch,
    CodeList,
    Contact,
    CooperationMode,
    Field,
    ListingBrief,
    ListingBriefPage,
    ListingKind,
    ListingStatus,
    LoginIn,
    MeOut,
    Problem,
    SearchOut,
    TokensOut,
    TrlBasis,
)
from techmart_client.types import UNSET, Unset

T = TypeVar("T")


def a(kind: type[T], answer: object) -> T:
    """The answer, which has to be of that kind."""
    assert isinstance(answer, kind), answer
    return answer


class Patient(httpx.HTTPTransport):
    """Asks again after the time that a busy service names."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        end = time.monotonic() + 60
        while True:
            answer = super().handle_request(request)
            if answer.status_code not in (429, 503) or time.monotonic() > end:
                return answer
            answer.close()
            time.sleep(int(answer.headers.get("Retry-After", "1")))


def client() -> Client:
    return Client(API, httpx_args={"transport": Patient()})


class Person:
    def __init__(self, role: str) -> None:
        email, self.organisation = people()[role]
        session = a(TokensOut, login.sync(client=client(), body=LoginIn(email=email, password=PASSWORD)))
        self.api = AuthenticatedClient(API, session.access_token, httpx_args={"transport": Patient()})
        assert a(MeOut, get_me.sync(client=self.api)).email == email


def catalogue(api: AuthenticatedClient) -> list[ListingBrief]:
    """All pages of the achievements, three a page."""
    found: list[ListingBrief] = []
    cursor: str | None | Unset = UNSET
    while cursor is not None:
        page = a(ListingBriefPage, list_achievements.sync(client=api, limit=3, cursor=cursor))
        assert len(page.items) <= 3
        found += page.items
        cursor = page.next_cursor or None
    return found


def read_the_catalogue(api: AuthenticatedClient) -> None:
    items = catalogue(api)
    assert len({item.id for item in items}) == len(items) > 3

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
    title = f"轴承电腐蚀在线监测 {uuid.uuid4().hex[:8]}"
    body = AchievementListingIn(
        AchievementContent(
            title=title,
            summary="面向驱动电机的轴承电流在线监测，已完成样机验证。",
            field=Field.ADVANCED_MANUFACTURING,
            trl=6,
            trl_basis=TrlBasis.SELF,
            cooperation_modes=[CooperationMode.LICENCE],
            keywords=["轴承", "电腐蚀"],
            language="zh",
        )
    )
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

    early = a(Problem, submit_achievement.sync(draft, client=author.api, acting_organisation=for_it))
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
    a(AchievementListingOut, submit_achievement.sync(draft, client=author.api, acting_organisation=for_it))
    illegal = a(Problem, submit_achievement.sync(draft, client=author.api, acting_organisation=for_it))
    assert illegal.code == "illegal_move" and illegal.legal_moves and "recall" in illegal.legal_moves

    a(AchievementListingOut, claim_achievement.sync(draft, client=broker.api))
    published = a(AchievementListingOut, publish_achievement.sync(draft, client=broker.api))
    assert published.status == ListingStatus.PUBLISHED
    return draft, title


def main() -> None:
    # Where a token may come along the generator asks for one; it sends none from a client that has none.
    anybody = cast(AuthenticatedClient, client())
    read_the_catalogue(anybody)
    assert find(anybody, "激光焊接")
    made, title = publish_one(Person("university"), Person("broker"))
    shown = a(AchievementListingOut, get_achievement.sync(made, client=anybody))
    assert isinstance(shown.content, AchievementContent) and not shown.content.contact, "a contact is private"
    end = time.monotonic() + 60
    while made not in find(anybody, title):
        assert time.monotonic() < end, "waited in vain until the new one is found"
        time.sleep(0.1)
    print("Python: the catalogue read to its end, one found, one written, published and found again")


main()
