"""A receiver of webhooks that takes what the published library of Standard Webhooks verifies."""

import threading
import time
import uuid
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import SimpleQueue
from typing import Self

import offers
from asking import PATIENCE, Person, a, until
from standardwebhooks import Webhook, WebhookVerificationError
from techmart_client import AuthenticatedClient
from techmart_client.api.achievements import get_achievement
from techmart_client.api.webhooks import create_webhook, delete_webhook, get_webhook, list_webhook_deliveries
from techmart_client.models import (
    AchievementListingOut,
    DeliveryOut,
    DeliveryOutPage,
    DeliveryStatus,
    EventType,
    Problem,
    Resource,
    WebhookIn,
    WebhookMessage,
    WebhookSecretOut,
)


@dataclass
class Call:
    headers: dict[str, str]
    body: bytes

    def is_genuine(self, secret: str) -> bool:
        try:
            Webhook(secret).verify(self.body, self.headers)
        except WebhookVerificationError:
            return False
        return True


class Receiver:
    """A server on a free port that takes all calls."""

    def __init__(self) -> None:
        self.calls: SimpleQueue[Call] = SimpleQueue()
        calls = self.calls

        class Take(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                calls.put(Call(headers, self.rfile.read(int(headers["content-length"]))))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Take)
        self.url = f"http://127.0.0.1:{self.server.server_port}/techmart"

    def __enter__(self) -> Self:
        threading.Thread(target=self.server.serve_forever).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def next_about(self, offer: uuid.UUID, secret: str) -> tuple[Call, WebhookMessage]:
        """The next call about that listing. Every call is genuine."""
        end = time.monotonic() + PATIENCE
        while True:
            call = self.calls.get(timeout=max(0.0, end - time.monotonic()))
            message = WebhookMessage.from_dict(Webhook(secret).verify(call.body, call.headers))
            if message.data.id == offer:
                return call, message


def receive(key: AuthenticatedClient, author: Person, broker: Person) -> None:
    wanted = [EventType.ACHIEVEMENT_PUBLISHED, EventType.ACHIEVEMENT_WITHDRAWN]
    with Receiver() as receiver:
        made = a(WebhookSecretOut, create_webhook.sync(client=key, body=WebhookIn(receiver.url, event_types=wanted)))
        secret = a(str, made.secret)
        offer = offers.draft(author)
        a(AchievementListingOut, offers.submit(offer, author))
        offers.publish(offer, broker)
        call, told = receiver.next_about(offer, secret)
        assert told.type_ == EventType.ACHIEVEMENT_PUBLISHED
        assert (told.data.resource, told.data.status) == (Resource.ACHIEVEMENT, "published")
        assert told.data.path == f"/api/v1/achievements/{offer}"
        assert str(told.data.event_id) == call.headers["webhook-id"]
        assert a(AchievementListingOut, get_achievement.sync(offer, client=key)).id == offer

        assert call.is_genuine(secret)
        tampered = call.body.replace(b'"published"', b'"withdrawn"')
        assert tampered != call.body and not replace(call, body=tampered).is_genuine(secret)
        of_another = call.headers | {"webhook-id": str(uuid.uuid4())}
        assert not replace(call, headers=of_another).is_genuine(secret)
        assert not call.is_genuine("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwVJHh8Ym8x2g=")

        offers.withdraw(offer, author)
        gone, told = receiver.next_about(offer, secret)
        assert told.type_ == EventType.ACHIEVEMENT_WITHDRAWN and told.data.status == "withdrawn"

        def delivered() -> list[DeliveryOut]:
            page = list_webhook_deliveries.sync(made.id, client=key, status=DeliveryStatus.DELIVERED)
            ids = [one.headers["techmart-delivery-id"] for one in (call, gone)]
            return [row for row in a(DeliveryOutPage, page).items if str(row.id) in ids]

        until("both calls stand in the log", lambda: len(delivered()) == 2)
        read = get_webhook.sync_detailed(made.id, client=key)
        delete_webhook.sync_detailed(made.id, client=key, if_match=read.headers["etag"])
    assert a(Problem, get_webhook.sync(made.id, client=key)).code == "not_found"
