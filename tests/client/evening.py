#!/usr/bin/env python3
"""Plays one event against a server in sandbox mode, from the draft to the mails after it, as a client of its own would.

    convivio serve --sandbox --data DATA &
    convivio organizer create --slug circolo --name Circolo --owner host@example.org --data DATA
    evening.py --url http://127.0.0.1:8080 --organizer circolo --token cvv_… --mail DATA/mail

It wants a fresh data folder, moves the clock itself, and exits with 0 only if everything it checks holds.
"""

import argparse
import csv
import io
import sys

from convivio import Convivio, Mailbox, Me, Problem

SLUG = "small-tables"
MONDAY, EVENING, LATE, FRIDAY = (f"2030-05-{at}:00:00Z" for at in ("06T07", "09T16", "09T19", "10T08"))

EVENT = {
    "slug": SLUG,
    "title": {"en": "Small tables in May", "it": "Tavoli piccoli a maggio"},
    "purpose": "Meet three people you would like to see again.",
    "method": {"en": "We begin with a passion; the job comes later.", "it": "Si parte da una passione."},
    "timezone": "Europe/Rome", "starts_at": "2030-05-09T18:00:00+02:00", "ends_at": "2030-05-09T21:00:00+02:00",
    "approval": True, "capacity": 10, "offer_hours": 24,
}
FORMS = ["ada", "bruno", "carla", "dino", "elsa", "fabio", "greta", "hugo"]  # they have a seat once they are approved
SHEET = ["ines", "lucio", "mara", "nino"]  # the organizer brings them
LINE = ["olga", "pietro", "quinto", "rita", "sara"]  # they wait
SILENT = ["dino", "mara", "olga"]  # they do not agree to be written to afterwards
PASSIONS = ["hiking", "beekeeping", "ceramics", "photography"]


class Wrong(Exception):
    pass


def check(holds, what):
    if not holds:
        raise Wrong(what)


def equal(is_, should, what):
    check(is_ == should, f"{what}: {is_!r}, not {should!r}")


def refused(status, code, call, *arguments, **options):
    try:
        answer = call(*arguments, **options)
    except Problem as problem:
        equal((problem.status, problem.code), (status, code), f"the refusal ({problem})")
        return problem
    raise Wrong(f"{status} {code} was due, and the answer is {answer.status} {answer.content}")


def address(name):
    return f"{name}@example.org"


def form(name, **more):
    at = ord(name[0])
    return {
        "email": address(name), "name": name.capitalize(),
        "passions": [{"passion": PASSIONS[at % 4], "level": 3}, {"passion": PASSIONS[(at + 1) % 4]}],
        "intention": "One good conversation",
        "answers": {"food": "all", "why": "To listen for once"},
        "consents": {"follow_up": name not in SILENT},
        **more,
    }


class Evening:
    def __init__(self, url, organizer, token, mail):
        self.url, self.organizer = url, organizer
        self.staff, self.public, self.mailbox = Convivio(url, token), Convivio(url), Mailbox(mail)
        self.event = self.staff.event(organizer, SLUG)
        self.codes, self.names, self.seats = {}, {}, {}

    def confirm(self, name):
        self.staff.run_due()
        return self.public.confirm(self.mailbox.link("confirm", address(name), "confirm"))

    def apply(self, name):
        """Registers and confirms, and waits for the organizer's word."""
        equal(self.public.register(self.organizer, SLUG, form(name)).status, 202, f"{name} registers")
        answer = self.confirm(name)
        equal(answer["state"], "pending_approval", f"{name} after following the link")
        self.know(name, answer["code"])
        return answer["code"]

    def know(self, name, code):
        self.codes[name], self.names[code] = code, name

    def state(self, name):
        return self.event.registration(self.codes[name])["state"]

    def offer(self, name):
        """The token of the mail that offers a seat."""
        equal(self.state(name), "offered", name)
        self.staff.run_due()
        return self.mailbox.link("offered", address(name), "confirm")

    def me(self, name, kind):
        return Me(self.url, self.mailbox.link(kind, address(name), "in"))


# The stages, in order.


def draft(evening):
    staff, event = evening.staff, evening.event
    equal(staff.whoami()["role"], "owner", "the role of the token")
    equal(staff.clock(MONDAY)["now"], MONDAY, "the clock")
    path = f"/organizers/{evening.organizer}/events"
    first = staff.post(path, EVENT, key="the-event")
    equal((first.status, first["state"], first.replayed), (201, "draft", False), "the new event")
    again = staff.post(path, EVENT, key="the-event")
    equal((again.status, again.location, again.replayed), (201, first.location, True), "the same request again")
    equal(again.content, first.content, "the answer to it")
    refused(422, "idempotency_mismatch", staff.post, path, {**EVENT, "capacity": 11}, key="the-event")
    refused(404, "not_found", evening.public.public_event, evening.organizer, SLUG)
    equal(staff.get(first.location)["slug"], SLUG, "the event at its Location")

    seen = event.read()
    equal(event.change({"capacity": 11}, if_match=seen.etag)["capacity"], 11, "the capacity")
    refused(412, "precondition_failed", event.change, {"capacity": 12}, if_match=seen.etag)


def publish(evening):
    event = evening.event
    refusal = refused(409, "not_ready", event.publish)
    equal({gap["code"] for gap in refusal.body["gaps"]}, {"no_rounds", "no_tables"}, "the gaps")
    equal(event.readiness()["gaps"], refusal.body["gaps"], "the gaps, asked for")
    event.put_rounds([{"minutes": 30, "break_minutes": 10}, {"minutes": 30}])
    event.put_tables({"min": 3, "max": 4})
    food = event.ask({
        "label": {"en": "What do you eat?", "it": "Cosa mangi?"}, "kind": "choice", "code": "food", "required": True,
        "options": [{"code": "all", "label": {"en": "Everything"}}, {"code": "plants", "label": {"en": "Plants"}}],
    })
    equal((food.status, food["asked_of"]), (201, "public"), "the first question")
    event.ask({"label": {"en": "Why do you come?"}, "kind": "long_text", "code": "why"})
    event.ask({"label": {"en": "At the head of a table?"}, "kind": "yes_no", "code": "host", "asked_of": "staff"})
    stale = event.read().etag
    event.change({"capacity": 12})
    refused(412, "precondition_failed", event.publish, if_match=stale)
    check(event.readiness()["ready"], "the event is ready")
    published = event.publish(if_match=event.read().etag)
    equal((published["state"], published["phase"]), ("published", "registration_open"), "the event")
    shown = evening.public.public_event(evening.organizer, SLUG)
    equal([question["code"] for question in shown["questions"]], ["food", "why"], "the questions on the form")
    equal(shown["seats"]["left"], 12, "seats left")


def registration(evening):
    event, public = evening.event, evening.public
    wrong = form("ada", answers={"food": "stones", "colour": "red"})
    errors = refused(422, "validation_failed", public.register, evening.organizer, SLUG, wrong).errors
    equal(errors, {"/answers/food": "unknown_option", "/answers/colour": "unknown_question"}, "the wrong answers")
    for name in FORMS + ["rocco"]:
        evening.apply(name)
    equal(evening.confirm("ada")["code"], evening.codes["ada"], "the same link again")
    equal(list(event.registrations(state="confirmed")), [], "seats before the organizer's word")
    waiting = [evening.names[one["code"]] for one in event.registrations(state="pending_approval", limit=2)]
    equal(sorted(waiting), sorted(FORMS + ["rocco"]), "who waits for a word")
    for name in FORMS:
        equal(event.decide(evening.codes[name], "approve")["state"], "confirmed", name)
    equal(event.decide(evening.codes["rocco"], "reject")["state"], "rejected", "rocco")
    evening.staff.run_due()
    equal(evening.mailbox.recipients("rejected"), [address("rocco")], "mails to say no")
    equal(evening.mailbox.recipients("confirmed"), [address(name) for name in FORMS], "mails to say yes")
    ada = event.registration(evening.codes["ada"])
    equal((ada["email"], ada["answers"]["food"]), (address("ada"), "all"), "ada as the organizer sees her")


def imported(evening):
    event = evening.event
    head = "Email;Name;Passions;What do you eat?;Follow-up;T-shirt\n"
    good = "".join(
        f"{address(name)};{name.capitalize()};{PASSIONS[at]} (3)|{PASSIONS[at - 1]};all;{'no' if name in SILENT else 'yes'};M\n"
        for at, name in enumerate(SHEET)
    )
    wrong = event.import_csv(head + good + "nobody;;hiking;stones;yes;M\n", dry_run=True)
    equal((wrong["dry_run"], wrong["rows"]), (True, 5), "the trial")
    equal({error["row"] for error in wrong["errors"]}, {6}, "the rows with errors")
    check({"email", "name"} <= {error["field"] for error in wrong["errors"]}, f"every wrong field is named: {wrong['errors']}")
    errors = refused(422, "validation_failed", event.import_csv, head + good + "nobody;;hiking;all;yes;M\n").errors
    check("/rows/6/email" in errors, f"the wrong row: {errors}")
    equal(len(list(event.registrations(state="confirmed"))), len(FORMS), "seats after the trials")
    done = event.import_csv(head + good, email_confirmed=True)
    equal((done["registered"], done["errors"], done["ignored_columns"]), (4, [], ["T-shirt"]), "the import")
    for one in event.registrations(state="confirmed"):
        name = one["email"].partition("@")[0]
        if name in SHEET:
            evening.know(name, one["code"])
    equal(sorted(set(SHEET) - set(evening.codes)), [], "imported and without a seat")
    again = event.import_csv(head + good, email_confirmed=True)
    told = {(one["row"], one["code"]) for one in again["already_registered"]}
    equal(told, {(at, evening.codes[name]) for at, name in enumerate(SHEET, 2)}, "who was there already")
    equal(event.read()["seats"], {"taken": 12, "left": 0, "waitlisted": 0}, "seats")


def waiting_list(evening):
    event, public, staff = evening.event, evening.public, evening.staff
    for position, name in enumerate(LINE, 1):
        waits = event.decide(evening.apply(name), "approve")
        equal((waits["state"], waits["position"]), ("waitlisted", position), name)
    staff.run_due()
    equal(evening.mailbox.recipients("waitlisted"), [address(name) for name in LINE], "mails to those in line")
    refused(409, "event_full", event.decide, evening.codes["sara"], "offer")

    gone = evening.me("hugo", "confirmed").cancel(evening.codes["hugo"])  # the guest
    equal(gone["state"], "cancelled", "hugo")
    token = evening.offer("olga")
    equal(public.confirm(token)["state"], "confirmed", "olga takes the seat")

    equal(event.decide(evening.codes["nino"], "cancel")["state"], "cancelled", "nino")  # the organizer
    token = evening.offer("pietro")
    equal(event.read()["seats"], {"taken": 12, "left": 0, "waitlisted": 3}, "an offer holds the seat")
    equal(public.decline(token)["state"], "cancelled", "pietro leaves the seat")
    line = [(evening.names[one["code"]], one["position"]) for one in event.registrations(state="waitlisted", limit=1)]
    equal(line, [("rita", 1), ("sara", 2)], "the line")

    token = evening.offer("quinto")
    equal(event.registration(evening.codes["quinto"])["offered_until"], "2030-05-07T07:00:00Z", "the end of the offer")
    staff.advance(24 * 3600 + 60)
    staff.run_due()
    equal(evening.state("quinto"), "offer_expired", "quinto does not answer")
    refused(410, "token_expired", public.confirm, token)
    equal(public.confirm(evening.offer("rita"))["state"], "confirmed", "rita takes the seat")
    equal(event.registration(evening.codes["sara"])["position"], 1, "sara's place in line")
    equal(evening.mailbox.recipients("offered"), [address(name) for name in LINE[:4]], "mails with an offer")


def plan(evening):
    event, staff, codes = evening.event, evening.staff, evening.codes
    check(event.add_rule({"kind": "apart", "members": [codes["ada"], codes["bruno"]]})["hard"], "a rule binds")
    started = event.start_plan(seed=7)
    equal(started.status, 202, "a plan is a job")
    told = list(staff.follow(started.location))
    equal(told[-1]["state"], "succeeded", "the last event of the stream")
    job = staff.wait(started, stream=False)
    equal(job, told[-1], "the job, asked for")
    equal(staff.wait(started), job, "the job, once it has ended")

    seated = event.plan(job["result"]["plan"])
    eligible = {one["code"] for one in event.registrations(state="confirmed", limit=5)}
    equal(len(eligible), 12, "people with a seat")
    equal([round["round"] for round in seated["rounds"]], [1, 2], "the rounds of the plan")
    for round in seated["rounds"]:
        tables = [[member["code"] for member in table["members"]] for table in round["tables"]]
        equal(sorted(code for table in tables for code in table), sorted(eligible), f"who sits in round {round['round']}, once each")
        check(all(3 <= len(table) <= 4 for table in tables), f"the sizes of tables in round {round['round']}")
        check(not any({codes["ada"], codes["bruno"]} <= set(table) for table in tables), "ada and bruno sit apart")
    evening.plan = job["result"]["plan"]

    lock = [{"op": "lock", "code": codes["ada"], "round": 2}]
    refused(428, "precondition_required", event.change_seats, evening.plan, lock)
    locked = event.change_seats(evening.plan, lock, if_match=seated.etag)
    refused(412, "precondition_failed", event.change_seats, evening.plan, lock, if_match=seated.etag)
    equal(event.publish_plan(evening.plan)["state"], "published", "the plan")
    for round in locked["rounds"]:
        evening.seats[round["round"]] = [{evening.names[m["code"]] for m in table["members"]} for table in round["tables"]]

    rosters = list(csv.reader(io.StringIO(evening.event.rosters(evening.plan, format="csv"))))
    for name in map(evening.names.get, eligible):
        rows = [row for row in rosters if name.capitalize() in row]
        equal(len(rows), 2, f"{name} in the rosters, once a round")


def door(evening):
    event, codes = evening.event, evening.codes
    evening.staff.clock(EVENING)
    sit = set().union(*evening.seats[1])
    scan = {"code": codes["ada"].lower(), "nonce": "door-ada"}
    ada = event.check_in(scan)
    equal((ada.status, ada["name"], [t["round"] for t in ada["tables"]]), (201, "Ada", [1, 2]), "ada at the door")
    equal(event.check_in(scan).content, ada.content, "the same scan again")
    stands = refused(409, "checkin_already", event.check_in, {"code": codes["ada"], "nonce": "door-2-ada"})
    check(ada["id"] in str(stands.body), f"the check-in that stands is told: {stands.body}")
    refused(409, "checkin_cancelled", event.check_in, {"code": codes["hugo"], "nonce": "door-hugo"})
    refused(409, "checkin_waitlisted", event.check_in, {"code": codes["sara"], "nonce": "door-sara"})

    come = sorted(sit - {"ada", "greta"})
    batch = [{"code": codes[name], "nonce": f"door-{name}", "at": "2030-05-09T15:50:00Z"} for name in come]
    batch.append({"code": "00000000", "nonce": "door-nobody"})
    answers = event.check_in(batch)
    equal(answers.status, 200, "a list of scans")
    equal([one["status"] for one in answers.content], [201] * len(come) + [404], "one answer for each scan")
    again = event.check_in(batch)
    equal([one.get("id") for one in again.content], [one.get("id") for one in answers.content], "the same list again")
    checkins = {evening.names[one["registration"]]: one["id"] for one in event.list("checkins", limit=4)}
    equal(sorted(checkins), sorted(come + ["ada"]), "who is checked in")

    fabio, lucio = (event.undo_check_in(checkins[name]) for name in ("fabio", "lucio"))
    check(fabio["undone_at"] and lucio["undone_at"], "two check-ins taken back")
    late = event.check_in({"code": codes["fabio"], "nonce": "door-fabio"})
    equal((late["id"], evening.state("fabio")), (fabio["id"], "confirmed"), "fabio, after the old scan was sent again")
    equal(event.check_in({"code": codes["fabio"], "nonce": "door-2-fabio"}).status, 201, "a new scan of fabio")
    evening.came = sit - {"greta", "lucio"}
    present = {evening.names[one["code"]] for one in event.registrations(state="checked_in")}
    equal(present, evening.came, "who is there")


def rounds(evening):
    event, staff = evening.event, evening.staff
    unlock = [{"op": "unlock", "code": evening.codes["ada"]}]
    etag = event.plan(evening.plan).etag
    equal(event.start_round(1)["state"], "live", "round 1")
    refused(409, "round_live", event.change_seats, evening.plan, unlock, if_match=etag)
    refused(409, "round_live", event.put_tables, {"min": 2, "max": 6})
    refused(409, "round_live", event.start_round, 2)
    staff.advance(30 * 60)
    equal(event.finish_round(1)["state"], "done", "round 1")
    check(event.change_seats(evening.plan, unlock, if_match=etag).etag != etag, "a new ETag between the rounds")
    event.start_round(2)
    staff.advance(30 * 60)
    event.finish_round(2)

    staff.clock(LATE)
    completed = event.complete(if_match=event.read().etag)
    equal((completed["state"], completed["phase"]), ("completed", "follow_up"), "the event")
    for name, state in {"ada": "attended", "greta": "no_show", "lucio": "no_show", "sara": "offer_expired"}.items():
        equal(evening.state(name), state, name)
    counted = event.stats()["checkins"]
    equal((counted["present"], counted["missing"]), (10, 2), "who attended and who did not")


def follow_up(evening):
    staff = evening.staff
    staff.run_due()
    equal(evening.mailbox.recipients("F1"), [], "mails before the next working day")
    staff.clock(FRIDAY)
    equal(staff.run_due()["failed"], 0, "mails that failed")
    due = sorted(address(name) for name in evening.came if name not in SILENT)
    equal(evening.mailbox.recipients("F1"), due, "F1 to exactly those who came and agreed")
    staff.run_due()
    equal(evening.mailbox.recipients("F1"), due, "F1 once, however often it is asked for")


def attendee(evening):
    me = evening.me("ada", "F1")
    code = evening.codes["ada"]
    equal(me.api.whoami()["email"], address("ada"), "whose token it is")
    equal(me.profile()["name"], "Ada", "the profile")
    equal(me.change_profile({"headline": "Walks far"})["headline"], "Walks far", "the profile, changed")
    refused(422, "validation_failed", me.change_profile, {"email": "other@example.org"})
    equal([(one["code"], one["state"]) for one in me.registrations()], [(code, "attended")], "my registrations")

    mine = {number: next(t for t in tables if "ada" in t) for number, tables in evening.seats.items()}
    told = {table["round"]: {evening.names[one["code"]] for one in table["members"]} for table in me.table(code)["tables"]}
    equal(told, mine, "my tables")
    met = {evening.names[one["code"]] for one in me.encounters()}
    equal(met, (set().union(*mine.values()) & evening.came) - {"ada"}, "whom I met")

    prompt = next(one for one in me.prompts() if one["step"] == "F1")
    equal(prompt["state"], "sent", "the prompt")
    recalled = {evening.names[one["code"]] for one in prompt["recall"]["people"]}
    check(recalled and recalled <= met, f"the prompt recalls those I met: {recalled}")
    refused(422, "validation_failed", me.act, prompt["id"], {"choice": "done", "keep": [evening.codes["greta"]]})
    mate = evening.codes[sorted(met)[0]]
    answer = {"choice": "done", "keep": [mate], "notes": {mate: "Knows every hut."}, "feedback": {"listened": "yes"}}
    equal(me.act(prompt["id"], answer)["state"], "acted", "the prompt, answered")
    other = evening.me("elsa", "F1")
    equal(other.skip(next(other.prompts())["id"])["state"], "skipped", "the prompt of another, left")

    leave = evening.mailbox.link("F1", address("elsa"), "unsubscribe")
    equal(evening.public.get(f"/public/unsubscribe/{leave}")["stopped"], False, "looking at the link")
    equal(evening.public.unsubscribe(leave)["stopped"], True, "elsa hears no more")


STAGES = {
    "draft: created once however often it is sent, changed only by who has seen it": draft,
    "publish: readiness, questions, rounds and tables": publish,
    "registration: answers checked, confirmed by mail, approved and rejected": registration,
    "import: a trial with a wrong row, then everybody": imported,
    "waiting list: offer accepted, declined, expired": waiting_list,
    "plan: a job by its events, everybody once a round, a rule, locks, rosters": plan,
    "door: one scan, a list, sent again, taken back": door,
    "rounds: nobody is moved while one is live, then completed": rounds,
    "follow-up: F1 to exactly those who came and agreed": follow_up,
    "attendee: profile, table, encounters, an answer": attendee,
}


def main():
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    for name in ("url", "organizer", "token", "mail"):
        arguments.add_argument(f"--{name}", required=True)
    evening = Evening(**vars(arguments.parse_args()))
    for words, stage in STAGES.items():
        try:
            stage(evening)
        except (Wrong, Problem, LookupError, OSError) as error:
            sys.exit(f"NOT {words}\n    {type(error).__name__}: {error}")
        print(f"ok  {words}", flush=True)


if __name__ == "__main__":
    main()
