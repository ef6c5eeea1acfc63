"""A demo service for the clients: its own folder, its own port, no limits; gone when the command has ended.

    python3 service.py COMMAND…

The command finds TECHMART_API, TECHMART_PASSWORD and TECHMART_PEOPLE (role=email=organisation, a line each)
in its environment. TECHMART_TEST_BINARY is the service; TECHMART_TEST_DATABASE_URL puts the demo into a new
database of that PostgreSQL server instead of into a file.
"""

import contextlib
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
PATIENCE = 60

# Where a command that runs beside the demo finds it.
API = os.environ.get("TECHMART_API", "")
PASSWORD = os.environ.get("TECHMART_PASSWORD", "")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_ready(address):
    try:
        with urllib.request.urlopen(f"{address}/health/ready", timeout=5) as answer:
            return json.load(answer)["outbox"]["depth"] == 0
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


@contextlib.contextmanager
def database(folder):
    """The URL of a database of this run alone."""
    server = os.environ.get("TECHMART_TEST_DATABASE_URL")
    if not server:
        yield f"sqlite://{folder}/techmart.sqlite"
        return
    name = f"tm_clients_{os.getpid()}"
    psql = ["psql", "-q", "-v", "ON_ERROR_STOP=1", server, "-c"]
    subprocess.run([*psql, f'CREATE DATABASE "{name}"'], check=True)
    try:
        yield f"{server.rsplit('/', 1)[0]}/{name}"
    finally:
        subprocess.run([*psql, f'DROP DATABASE "{name}" WITH (FORCE)'], check=True)


@contextlib.contextmanager
def demo():
    """The environment that leads a client to a running demo."""
    binary = os.environ.get("TECHMART_TEST_BINARY", f"{ROOT}/target/debug/techmart")
    with tempfile.TemporaryDirectory() as folder, database(folder) as url:
        address = f"127.0.0.1:{free_port()}"
        environment = {name: value for name, value in os.environ.items() if not name.startswith("TECHMART_")} | {
            "TECHMART_BIND": address,
            "TECHMART_DATA_DIR": folder,
            "TECHMART_JWT_SECRET": "a-secret-for-tests-alone-of-32-bytes-or-more",
            "TECHMART_RATE_LIMIT": "off",
            # What receives webhooks here is a server of this machine.
            "TECHMART_OUTBOUND_TARGETS": "any",
            "DATABASE_URL": url,
            "RUST_LOG": os.environ.get("RUST_LOG", "error"),
        }
        told = subprocess.run([binary, "demo", "--json"], env=environment, check=True, stdout=subprocess.PIPE)
        people = json.loads(told.stdout)["accounts"]
        service = subprocess.Popen([binary, "serve"], env=environment)
        try:
            end = time.monotonic() + PATIENCE
            while not is_ready(f"http://{address}"):
                if service.poll() is not None or time.monotonic() > end:
                    sys.exit("the demo service does not start")
                time.sleep(0.05)
            yield {
                "TECHMART_API": f"http://{address}",
                "TECHMART_PASSWORD": people[0]["password"],
                "TECHMART_PEOPLE": "\n".join(
                    f"{person['role']}={person['email']}={person['organisation_id'] or ''}" for person in people
                ),
            }
            if service.poll() is not None:
                sys.exit("the demo service has ended on the way")
        finally:
            service.send_signal(signal.SIGTERM)
            service.wait(PATIENCE)


def people():
    """By role: the address and the organisation of everybody in the demo."""
    rows = (line.split("=") for line in os.environ["TECHMART_PEOPLE"].splitlines())
    return {role: (email, organisation) for role, email, organisation in rows}


if __name__ == "__main__":
    # Whoever ends this ends the service and the command too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with demo() as environment:
        ended = subprocess.run(sys.argv[1:], env=os.environ | environment)
    sys.exit(ended.returncode)
