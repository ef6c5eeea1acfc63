"""Who asks: everybody, the people of the demo, and whoever has a key."""

import time
from collections.abc import Callable
from typing import TypeVar, cast

import httpx
from service import API, PASSWORD, people
from techmart_client import AuthenticatedClient, Client
from techmart_client.api.auth import login
from techmart_client.api.me import get_me
from techmart_client.models import LoginIn, MeOut, TokensOut

# For how long anything is waited for, in seconds.
PATIENCE = 60

T = TypeVar("T")


def a(kind: type[T], answer: object) -> T:
    """The answer, which has to be of that kind."""
    assert isinstance(answer, kind), answer
    return answer


def until(what: str, condition: Callable[[], T]) -> T:
    """What the condition says once it says something."""
    end = time.monotonic() + PATIENCE
    while not (found := condition()):
        assert time.monotonic() < end, f"waited in vain until {what}"
        time.sleep(0.1)
    return found


class Patient(httpx.HTTPTransport):
    """Asks again after the time that a busy service names."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        end = time.monotonic() + PATIENCE
        while True:
            answer = super().handle_request(request)
            if answer.status_code not in (429, 503) or time.monotonic() > end:
                return answer
            answer.close()
            time.sleep(int(answer.headers.get("Retry-After", "1")))


def client() -> Client:
    return Client(API, timeout=httpx.Timeout(PATIENCE), httpx_args={"transport": Patient()})


def visitor() -> AuthenticatedClient:
    # Where a token may come along the generator asks for one; it sends none from a client that has none.
    return cast(AuthenticatedClient, client())


def signed_in(token: str) -> AuthenticatedClient:
    return AuthenticatedClient(API, token, timeout=httpx.Timeout(PATIENCE), httpx_args={"transport": Patient()})


def with_key(key: str) -> AuthenticatedClient:
    return AuthenticatedClient(
        API,
        key,
        prefix="",
        auth_header_name="X-Api-Key",
        timeout=httpx.Timeout(PATIENCE),
        httpx_args={"transport": Patient()},
    )


class Person:
    """Somebody of the demo, signed in for as long as it takes."""

    def __init__(self, role: str) -> None:
        self.email, self.organisation = people()[role]
        self.sign_in()
        assert a(MeOut, get_me.sync(client=self.api)).email == self.email

    def sign_in(self) -> None:
        session = a(TokensOut, login.sync(client=client(), body=LoginIn(email=self.email, password=PASSWORD)))
        self.renewal = time.monotonic() + session.expires_in / 2
        self.token = signed_in(session.access_token)

    @property
    def api(self) -> AuthenticatedClient:
        if time.monotonic() > self.renewal:
            self.sign_in()
        return self.token
