"""How the cases of schemathesis reach deep into the service.

A generated id names nothing and a generated version is stale, so most cases would end at the door. Here each
case becomes one of an actor's, chosen by its own content (so that a seed says everything): visitor, two members
acting for their organisations, broker, admin, auditor. Where a part of the case fits the document, ids of it
become ids of the demo, the version becomes the present one, and a key is not used twice.
"""

import collections
import json
import os
import pathlib
import re
import sys
import time
import uuid
import zlib

import requests
import schemathesis
from schemathesis.core import NOT_SET
from schemathesis.core.parameters import ParameterLocation

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from service import people  # noqa: E402

API = os.environ["TECHMART_API"]
PASSWORD = os.environ["TECHMART_PASSWORD"]
# How often each acts, in parts of a hundred.
ACTORS = {"visitor": 8, "university": 22, "enterprise": 22, "broker": 22, "admin": 14, "auditor": 12}
# A token lives ten minutes.
TOKEN_LIFE = 300

session = requests.Session()


class Actor:
    def __init__(self, role):
        self.role = role
        self.email, self.organisation = people().get(role, ("", ""))
        self.token, self.until = None, 0

    def headers(self):
        if self.role == "visitor":
            return {}
        if self.token is None or time.monotonic() > self.until:
            answer = session.post(
                f"{API}/api/v1/auth/login", json={"email": self.email, "password": PASSWORD}, timeout=30
            )
            answer.raise_for_status()
            self.token, self.until = answer.json()["access_token"], time.monotonic() + TOKEN_LIFE
        headers = {"Authorization": f"Bearer {self.token}"}
        if self.organisation:
            headers["Acting-Organisation"] = self.organisation
        return headers

    def get(self, path, **query):
        return session.get(API + path, params=query, headers=self.headers(), timeout=30)


actors = {role: Actor(role) for role in ACTORS}


class Pool:
    """What there is in the demo: for an address with parameters, parameters that name something."""

    def __init__(self):
        document = session.get(f"{API}/api/v1/openapi.json", timeout=30).json()
        paths = document["paths"]
        self.named = collections.defaultdict(list)
        self.by_noun = collections.defaultdict(list)
        lists = sorted((path for path in paths if "get" in paths[path]), key=lambda path: path.count("{"))
        below = sorted({path[: found.end()] for path in paths for found in re.finditer(r"\{\w+\}", path)})
        for prefix in sorted(below, key=lambda prefix: prefix.count("{")):
            home, name = re.fullmatch(r"(.*)/\{(\w+)\}", prefix).groups()
            if home not in lists:
                continue
            for known in (self.named[home.rsplit("/", 1)[0]] if "{" in home else [{}])[:12]:
                for actor in ("admin", "broker", "auditor", "university", "enterprise"):
                    self.read(actors[actor], prefix, home, name, known)
        # An actor who is locked out is none any more.
        own = {actor.get("/api/v1/me").json().get("id") for role, actor in actors.items() if role != "visitor"}
        accounts = "/api/v1/accounts/{id}"
        self.named[accounts] = [known for known in self.named[accounts] if known["id"] not in own]
        for role in ("university", "enterprise", "broker", "admin"):
            self.upload(actors[role])

    def read(self, actor, prefix, home, name, known):
        answer = actor.get(home.format(**known))
        if answer.status_code != 200 or "json" not in answer.headers["Content-Type"]:
            return
        body = answer.json()
        rows = body if isinstance(body, list) else next((v for v in body.values() if isinstance(v, list)), [])
        for row in rows:
            row = row if isinstance(row, dict) else {}
            value = next((row[key] for key in (name, "id", "entry_id", "code", "name", "account_id") if row.get(key)), None)
            found = known | {name: value}
            if value is not None and found not in self.named[prefix]:
                self.named[prefix].append(found)
                if name == "id":
                    self.by_noun[home.rsplit("/", 1)[1].rstrip("s").replace("-", "_")].append(value)

    def upload(self, actor):
        for purpose in ("minutes", "contract", "evidence", "agreement", "consent", "report"):
            answer = session.post(
                f"{API}/api/v1/attachments",
                headers=actor.headers(),
                data={"purpose": purpose},
                files={"file": ("paper.pdf", f"%PDF-1.4\n% {purpose} {actor.role}\n%%EOF\n", "application/pdf")},
                timeout=30,
            )
            if answer.status_code == 201:
                self.by_noun["attachment"].append(answer.json()["id"])
                self.named["/api/v1/attachments/{id}"].append({"id": answer.json()["id"]})


pool = Pool()


def name_what_is_there(value, name, pick):
    """The same body, with ids of the demo."""
    if isinstance(value, dict):
        return {key: name_what_is_there(inner, key, pick) for key, inner in value.items()}
    if isinstance(value, list):
        return [name_what_is_there(inner, name, pick) for inner in value]
    noun = re.sub(r"_ids?$", "", name).rsplit("_", 1)[-1]
    there = pool.by_noun.get(noun)
    if isinstance(value, str) and re.search(r"_ids?$", name) and there:
        return there[pick % len(there)]
    return value


def fits(case, location):
    """Whether that part of the case was made to fit the document."""
    return case.meta is not None and not case.meta.is_negative_at(location)


@schemathesis.serializer("application/x-ndjson")
def lines(context, value):
    return value if isinstance(value, bytes) else "\n".join(json.dumps(line) for line in [value]).encode()


count = 0


@schemathesis.hook
def before_call(context, case, kwargs):
    global count
    count += 1
    words = [case.method, case.path, case.path_parameters, dict(case.query), dict(case.headers)]
    body = None if case.body is NOT_SET else case.body
    dice = zlib.crc32(json.dumps([*words, body], default=repr, sort_keys=True).encode())
    # Of one number, several that do not hang together.
    who, path_die, body_die, version_die = (zlib.crc32(f"{dice} {n}".encode()) for n in range(4))

    role, left = "visitor", who % 100
    for role, share in ACTORS.items():
        left -= share
        if left < 0:
            break
    actor = actors[role]
    if path_die % 10 < 8 and fits(case, ParameterLocation.PATH):
        prefix = case.path[: case.path.rfind("}") + 1]
        there = pool.named.get(prefix) or pool.named.get(prefix.rsplit("/", 2)[0]) or []
        if there:
            case.path_parameters.update(there[path_die // 10 % len(there)])
    if body_die % 10 < 8 and isinstance(body, dict) and case.media_type == "application/json" and fits(case, ParameterLocation.BODY):
        named = name_what_is_there(body, "", body_die // 10)
        if named != body:
            case.body = named
    if fits(case, ParameterLocation.HEADER):
        own = actor.headers()
        if "Acting-Organisation" in case.headers and who % 7 == 0:
            own.pop("Acting-Organisation", None)
        case.headers.update(own)
        if "Idempotency-Key" in case.headers:
            case.headers["Idempotency-Key"] = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{dice} {count}"))
        if "If-Match" in case.headers and version_die % 10 < 8:
            tag = actor.get(case.formatted_path).headers.get("ETag")
            if tag:
                case.headers["If-Match"] = tag
        if "If-None-Match" in case.headers and version_die % 10 < 8:
            del case.headers["If-None-Match"]
    elif "Authorization" not in case.headers:
        case.headers.update({name: value for name, value in actor.headers().items() if name == "Authorization"})


@schemathesis.hook
def after_call(context, case, response):
    # Signed out, or the password is another: this actor signs in anew.
    sent = case.headers.get("Authorization", "")
    for actor in actors.values():
        if response.status_code == 401 and actor.token and sent.endswith(actor.token):
            actor.token = None


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """What is accepted with a reason: who reads what is open to everybody acts for nobody, so for whom is not looked at."""
    is_open = case.method == "GET" or "Authorization" not in case.headers
    return not (
        failure.kind_title == "Schema-violating request accepted"
        and is_open
        and "`Acting-Organisation` in header" in failure.message
    )
