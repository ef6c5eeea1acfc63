"""An organisation's API client, from the request to a key in use."""

import re
import uuid
from uuid import UUID

import offers
from asking import Person, a, with_key
from techmart_client import AuthenticatedClient
from techmart_client.api.achievements import create_achievement, list_achievements
from techmart_client.api.api_clients import approve_api_client, create_api_key, register_api_client
from techmart_client.api.code_lists import get_code_list
from techmart_client.api.me import get_me
from techmart_client.models import (
    AchievementListingIn,
    ApiClientGrantIn,
    ApiClientIn,
    ApiClientOut,
    ApiClientStatus,
    ApiKeyIn,
    ApiScope,
    CodeList,
    ListingBriefPage,
    NewApiKeyOut,
    Problem,
)

QUOTA = 1_000_000


def make_key(client: UUID, owner: Person, idempotency_key: str) -> NewApiKeyOut | Problem | None:
    return create_api_key.sync(
        client,
        client=owner.api,
        body=ApiKeyIn(label="门户"),
        acting_organisation=owner.organisation,
        idempotency_key=idempotency_key,
    )


def new_key(owner: Person, admin: Person) -> AuthenticatedClient:
    """Whoever has the key of a client that the owner asked for and the admin approved."""
    scopes = [ApiScope.CATALOGUEREAD, ApiScope.WEBHOOKSMANAGE]
    wanted = ApiClientIn(
        name="市科创门户", purpose="在门户首页展示。", organisation_id=UUID(owner.organisation), scopes=scopes
    )
    asked = a(
        ApiClientOut,
        register_api_client.sync(client=owner.api, body=wanted, acting_organisation=owner.organisation),
    )
    assert asked.status == ApiClientStatus.REQUESTED and asked.waits
    early = a(Problem, make_key(asked.id, owner, str(uuid.uuid4())))
    assert early.code == "illegal_move", "nobody has a key before an admin has looked"

    grant = ApiClientGrantIn(daily_quota=QUOTA)
    granted = a(ApiClientOut, approve_api_client.sync(asked.id, client=admin.api, body=grant))
    assert granted.status == ApiClientStatus.APPROVED and set(granted.scopes) == set(scopes)

    idempotency_key = str(uuid.uuid4())
    made = a(NewApiKeyOut, make_key(asked.id, owner, idempotency_key))
    again = a(NewApiKeyOut, make_key(asked.id, owner, idempotency_key))
    assert made.id == again.id and made.live and not again.key, "a key is shown once"
    return with_key(a(str, made.key))


def left(headers: str) -> dict[str, int]:
    """What is left by the header RateLimit, by policy."""
    return {name: int(number) for name, number in re.findall(r'"(\w+)";r=(\d+);t=\d+', headers)}


def read_with(key: AuthenticatedClient, anybody: AuthenticatedClient) -> None:
    """Reads the catalogue as everybody does, is told what it costs, and refused what it was not granted."""
    first = list_achievements.sync_detailed(client=key, limit=100)
    seen = a(ListingBriefPage, first.parsed)
    assert seen == a(ListingBriefPage, list_achievements.sync(client=anybody, limit=100))
    assert f'"day";q={QUOTA};w=86400' in first.headers["ratelimit-policy"]
    second = list_achievements.sync_detailed(client=key, limit=100)
    assert left(second.headers["ratelimit"])["day"] == left(first.headers["ratelimit"])["day"] - 1 < QUOTA

    body = AchievementListingIn(offers.content(offers.title()))
    refused = {
        "missing_scope": create_achievement.sync_detailed(client=key, body=body),
        "closed_to_api_keys": get_me.sync_detailed(client=key),
    }
    documented = {item.code for item in a(CodeList, get_code_list.sync("problem", client=anybody)).items}
    for code, answer in refused.items():
        problem = a(Problem, answer.parsed)
        assert (answer.status_code, problem.code) == (403, code) and code in documented
        assert problem.type_ == f"/api/v1/code-lists/problem#{code}"
    assert ApiScope.LISTINGSWRITE in a(Problem, refused["missing_scope"].parsed).detail
    unknown = list_achievements.sync_detailed(client=with_key(key.token[:-1] + "_"), limit=1)
    assert (unknown.status_code, a(Problem, unknown.parsed).code) == (401, "invalid_api_key")
