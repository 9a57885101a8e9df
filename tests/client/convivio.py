"""A client for the Convivio API, version 1. Python 3.11, nothing else.

    api = Convivio("http://127.0.0.1:8080", token="cvv_…")
    event = api.create_event("circolo", {"slug": "small-tables", …})
    event.put_rounds([{"minutes": 30}])
    job = api.wait(event.start_plan(seed=7))
    event.publish_plan(job["result"]["plan"])

Each method is one request, except `list`, `wait` and what is built on them. A refusal is raised as a `Problem`.
"""

import email
import email.policy
import json
import re
import time
import uuid
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import Request, urlopen

BASE = "/api/v1"
FINAL = {"succeeded", "failed", "cancelled"}


class Problem(Exception):
    """The server said no. `code` is the word to act on, `errors` tells which fields are wrong: {pointer: code}."""

    def __init__(self, status, body, headers=None):
        self.status, self.body = status, body
        self.code = body.get("code")
        self.errors = {error["pointer"]: error["code"] for error in body.get("errors", [])}
        after = (headers or {}).get("Retry-After") or ""
        self.retry_after = int(after) if after.isdigit() else 0
        super().__init__(f"{status} {self.code}: {body.get('detail') or body.get('title')} {self.errors or ''}".rstrip())


class Answer(dict):
    """A JSON object as the server gave it, with its `status` and `headers`. Any other body is in `content`."""

    def __init__(self, status, headers, content):
        super().__init__(content if isinstance(content, dict) else {})
        self.status, self.headers, self.content = status, headers, content

    @property
    def etag(self):
        return self.headers["ETag"]

    @property
    def location(self):
        return self.headers["Location"]

    @property
    def replayed(self):
        return self.headers["Idempotent-Replayed"] == "true"


class Convivio:
    def __init__(self, url, token=None, timeout=60, tries=3):
        self.url, self.token, self.timeout, self.tries = url.rstrip("/"), token, timeout, tries

    # One request.

    def request(self, method, path, body=None, *, query=None, if_match=None, key=None, media="application/json"):
        """Every POST has an Idempotency-Key, so it may be sent again when the answer was lost."""
        headers = {"Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = media
            if not isinstance(body, bytes):
                body = json.dumps(body).encode()
        if if_match:
            headers["If-Match"] = if_match
        if method == "POST":
            headers["Idempotency-Key"] = key or str(uuid.uuid4())
        again = self.tries if method in ("GET", "POST") else 1
        while True:
            again -= 1
            try:
                with self._open(method, path, body, query, headers) as response:
                    return Answer(response.status, response.headers, _content(response))
            except Problem as problem:
                if not again or not (problem.status == 503 or problem.code == "idempotency_in_progress"):
                    raise
                time.sleep(min(problem.retry_after or 1, 10))
            except (OSError, HTTPException):
                if not again:
                    raise
                time.sleep(0.2)

    def _open(self, method, path, body, query, headers):
        path = urlsplit(path)._replace(scheme="", netloc="").geturl()  # a Location or a next, but never another server
        if not path.startswith(BASE + "/"):
            path = BASE + path
        query = {name: _word(value) for name, value in (query or {}).items() if value is not None}
        if query:
            path += "?" + urlencode(query)
        if self.token:
            headers = {**headers, "Authorization": f"Bearer {self.token}"}
        try:
            return urlopen(Request(self.url + path, body, headers, method=method), timeout=self.timeout)
        except HTTPError as refusal:
            with refusal:
                raise Problem(refusal.code, _problem(refusal), refusal.headers) from None

    def get(self, path, **query):
        return self.request("GET", path, query=query)

    def post(self, path, body=None, **options):
        return self.request("POST", path, {} if body is None else body, **options)

    def list(self, path, **query):
        """Everything in a list, page after page."""
        page = self.get(path, **query)
        while True:
            yield from page["results"]
            if not page["next"]:
                return
            page = self.get(page["next"])

    # Jobs.

    def follow(self, job):
        """The job each time it has moved, by server-sent events. `job` is the path of it."""
        with self._open("GET", f"{job}/events", None, None, {"Accept": "text/event-stream"}) as stream:
            data = []
            for line in stream:
                line = line.decode().rstrip("\r\n")
                if line.startswith("data:"):
                    data.append(line.removeprefix("data:").removeprefix(" "))
                elif not line and data:
                    yield json.loads("\n".join(data))
                    data = []

    def wait(self, started, *, stream=True, pause=0.2):
        """The finished job of a 202; one that failed is raised. When the stream breaks off, it is asked for until it is done."""
        path, job = started.location, started
        if stream:
            try:
                for job in self.follow(path):
                    pass
            except (OSError, HTTPException):
                pass
        while job.get("state") not in FINAL:
            time.sleep(pause)
            job = self.get(path)
        if job["state"] == "failed":
            raise Problem(job["problem"].get("status"), job["problem"])
        return job

    # Whoever asks.

    def whoami(self):
        return self.get("/whoami")

    def login(self, token):
        return self.post(f"/public/login/{token}")

    # An organizer.

    def event(self, organizer, slug):
        return Event(self, organizer, slug)

    def create_event(self, organizer, event, key=None):
        self.post(f"/organizers/{quote(organizer)}/events", event, key=key)
        return self.event(organizer, event["slug"])

    # The public, without a token.

    def public_event(self, organizer, slug):
        return self.get(f"/public/events/{quote(organizer)}/{quote(slug)}")

    def register(self, organizer, slug, form):
        return self.post(f"/public/events/{quote(organizer)}/{quote(slug)}/registrations", form)

    def confirm(self, token):
        """Confirms the address, or takes the seat that is offered."""
        return self.post(f"/public/registrations/{token}/confirm")

    def decline(self, token):
        return self.post(f"/public/registrations/{token}/decline")

    def unsubscribe(self, token):
        return self.post(f"/public/unsubscribe/{token}")

    # A sandbox.

    def clock(self, now=None):
        return self.post("/sandbox/clock", {"now": now}) if now else self.get("/sandbox/clock")

    def advance(self, seconds):
        return self.post("/sandbox/clock", {"advance_seconds": seconds})

    def run_due(self):
        return self.post("/sandbox/run_due")


class Event:
    """One event, as its organizer's staff see it. Registrations go by code."""

    def __init__(self, api, organizer, slug):
        self.api, self.organizer, self.slug = api, organizer, slug
        self.path = f"/organizers/{quote(organizer)}/events/{quote(slug)}"

    def read(self):
        return self.api.get(self.path)

    def change(self, changes, if_match=None):
        return self.api.request("PATCH", self.path, changes, if_match=if_match)

    def readiness(self):
        return self.api.get(f"{self.path}/readiness")

    def publish(self, if_match=None):
        return self.api.post(f"{self.path}/publish", if_match=if_match)

    def complete(self, if_match=None):
        return self.api.post(f"{self.path}/complete", if_match=if_match)

    def stats(self):
        return self.api.get(f"{self.path}/stats")

    def list(self, what, **query):
        """What an event has lists of: registrations, questions, rules, plans, checkins, messages, prompts."""
        return self.api.list(f"{self.path}/{what}", **query)

    def ask(self, question):
        return self.api.post(f"{self.path}/questions", question)

    def put_rounds(self, rounds):
        return self.api.request("PUT", f"{self.path}/rounds", {"rounds": rounds})

    def put_tables(self, tables):
        """{min, max, count?}, or {tables: […]}."""
        return self.api.request("PUT", f"{self.path}/tables", tables)

    def start_round(self, number):
        return self.api.post(f"{self.path}/rounds/{number}/start")

    def finish_round(self, number):
        return self.api.post(f"{self.path}/rounds/{number}/finish")

    def add_rule(self, rule):
        return self.api.post(f"{self.path}/rules", rule)

    def registration(self, code):
        return self.api.get(f"{self.path}/registrations/{code}")

    def registrations(self, state=None, **query):
        return self.list("registrations", state=state, **query)

    def decide(self, code, verb):
        """approve, reject, cancel, resend or offer."""
        return self.api.post(f"{self.path}/registrations/{code}/{verb}")

    def import_csv(self, text, dry_run=False, email_confirmed=False):
        query = {"dry_run": dry_run, "email_confirmed": email_confirmed}
        return self.api.post(f"{self.path}/registrations/import", text.encode(), query=query, media="text/csv")

    def start_plan(self, **options):
        """A job: see `Convivio.wait`."""
        return self.api.post(f"{self.path}/plans", options)

    def plan(self, plan):
        return self.api.get(f"{self.path}/plans/{plan}")

    def change_seats(self, plan, operations, if_match=None):
        return self.api.request("PATCH", f"{self.path}/plans/{plan}/seats", {"operations": operations}, if_match=if_match)

    def publish_plan(self, plan):
        return self.api.post(f"{self.path}/plans/{plan}/publish")

    def rosters(self, plan, format="json", locale=None):
        return self.api.get(f"{self.path}/plans/{plan}/rosters", format=format, locale=locale).content

    def check_in(self, scan):
        """{code, nonce, at?}, or a list of them from a scanner that was offline."""
        return self.api.post(f"{self.path}/checkins", scan)

    def undo_check_in(self, id):
        return self.api.post(f"{self.path}/checkins/{id}/undo")


class Me:
    """Somebody who takes part, by the token of the `/in/…` link in a mail."""

    def __init__(self, url, token):
        self.api = Convivio(url, token)

    def profile(self):
        return self.api.get("/me/profile")

    def change_profile(self, changes):
        return self.api.request("PATCH", "/me/profile", changes)

    def registrations(self):
        return self.api.list("/me/registrations")

    def cancel(self, code):
        return self.api.post(f"/me/registrations/{code}/cancel")

    def table(self, code):
        return self.api.get(f"/me/registrations/{code}/table")

    def encounters(self):
        return self.api.list("/me/encounters")

    def prompts(self):
        return self.api.list("/me/prompts")

    def act(self, prompt, answer):
        return self.api.post(f"/me/prompts/{prompt}/act", answer)

    def skip(self, prompt):
        return self.api.post(f"/me/prompts/{prompt}/skip")


class Mailbox:
    """The folder into which a server without a relay writes its mails."""

    def __init__(self, folder):
        self.folder = Path(folder)

    def mails(self, kind, to=None):
        for file in sorted(self.folder.glob("*.eml")):
            mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
            if mail["X-Convivio-Kind"] == kind and to in (None, _recipient(mail)):
                yield mail

    def recipients(self, kind):
        """Everybody who got a mail of this kind, once for each."""
        return sorted(_recipient(mail) for mail in self.mails(kind))

    def link(self, kind, to, page):
        """The token of the `/page/…` link in the newest mail of this kind to them."""
        for mail in reversed(list(self.mails(kind, to))):
            link = re.search(rf"^\S*/{page}/(\S+)\s*$", mail.get_body(("plain",)).get_content(), re.MULTILINE)
            if link:
                return link[1]
        raise LookupError(f"no mail {kind} with a link /{page}/ to {to}")


def _recipient(mail):
    return mail["To"].addresses[0].addr_spec


def _word(value):
    return str(value).lower() if isinstance(value, bool) else value


def _content(response):
    raw, media = response.read(), response.headers.get_content_type()
    if not raw:
        return None
    if media == "application/json" or media.endswith("+json"):
        return json.loads(raw)
    return raw.decode() if media.startswith("text/") else raw


def _problem(response):
    """A proxy on the way does not speak problem+json."""
    content = _content(response)
    return content if isinstance(content, dict) else {"detail": response.reason}
