"""An achievement from the draft to its withdrawal."""

import uuid

from asking import Person, a
from techmart_client.api.achievements import (
    claim_achievement,
    create_achievement,
    publish_achievement,
    submit_achievement,
    withdraw_achievement,
)
from techmart_client.models import (
    AchievementContent,
    AchievementListingIn,
    AchievementListingOut,
    Contact,
    CooperationMode,
    Field,
    ListingStatus,
    ReasonIn,
    TrlBasis,
)
from techmart_client.types import UNSET


def content(title: str, contact: Contact | None = None) -> AchievementContent:
    return AchievementContent(
        title=title,
        summary="面向驱动电机的轴承电流在线监测，已完成样机验证。",
        field=Field.ADVANCED_MANUFACTURING,
        trl=6,
        trl_basis=TrlBasis.SELF,
        cooperation_modes=[CooperationMode.LICENCE],
        keywords=["轴承", "电腐蚀"],
        language="zh",
        contact=contact or UNSET,
    )


def title() -> str:
    """One that nothing else has."""
    return f"轴承电腐蚀在线监测 {uuid.uuid4().hex[:8]}"


def draft(author: Person) -> uuid.UUID:
    """One that can be submitted."""
    body = AchievementListingIn(content(title(), Contact(name="张老师", phone="13800000001")))
    made = create_achievement.sync(client=author.api, body=body, acting_organisation=author.organisation)
    return a(AchievementListingOut, made).id


def submit(offer: uuid.UUID, author: Person) -> object:
    return submit_achievement.sync(offer, client=author.api, acting_organisation=author.organisation)


def publish(offer: uuid.UUID, broker: Person) -> None:
    """Publishes what was submitted."""
    a(AchievementListingOut, claim_achievement.sync(offer, client=broker.api))
    published = a(AchievementListingOut, publish_achievement.sync(offer, client=broker.api))
    assert published.status == ListingStatus.PUBLISHED


def withdraw(offer: uuid.UUID, author: Person) -> None:
    body = ReasonIn(reason="已转让。")
    gone = withdraw_achievement.sync(offer, client=author.api, body=body, acting_organisation=author.organisation)
    assert a(AchievementListingOut, gone).status == ListingStatus.WITHDRAWN
