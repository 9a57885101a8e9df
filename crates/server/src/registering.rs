//! The steps of a registration that the public form, the staff's and the confirmation share.

use chrono::{DateTime, TimeDelta, Utc};
use convivio_db::{Set, Stored, Tenant, Tx, consent, event, message, person, question, registration};
use convivio_domain::words::{AskedOf, MailKind, Reason, RegistrationState};
use convivio_domain::{
    ConsentWay, EmailAddress, FreeText, Language, Line, Locale, Need, Passions, PersonName, Phrase, Profile, RegistrationCode,
    RegistrationId, Timezone, Visibility, Wishes,
};
use eserde::Deserialize;

use crate::app::App;
use crate::consenting;
use crate::declaring::{self, Known};
use crate::http::{ApiError, FieldError, Result, none_wrong};
use crate::outbox::carries_attendee_link;
use crate::outbox::promise::{self, By};

/// A registration as it comes in, over the API or from the form.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRegistration {
    pub email: EmailAddress,
    pub name: PersonName,
    pub passions: Passions,
    #[serde(default)]
    pub headline: Option<Line>,
    #[serde(default)]
    pub unit: Option<Line>,
    #[serde(default)]
    pub working_on: Option<Line>,
    #[serde(default)]
    pub offers: Vec<Phrase>,
    #[serde(default)]
    pub needs: Vec<Need>,
    #[serde(default)]
    pub intention: Option<FreeText>,
    #[serde(default)]
    pub languages: Vec<Language>,
    #[serde(default)]
    pub wishes: Wishes,
    #[serde(default)]
    pub accessibility: Option<FreeText>,
    #[serde(default)]
    #[eserde(compat)]
    pub answers: serde_json::Map<String, serde_json::Value>,
    #[serde(default)]
    pub locale: Option<Locale>,
    #[serde(default)]
    pub timezone: Option<Timezone>,
    #[serde(default)]
    pub consents: convivio_domain::Consents,
    #[serde(default)]
    pub visibility: Visibility,
    /// Staff only: the address is known to be theirs, so nothing needs to be confirmed.
    #[serde(default)]
    pub email_confirmed: bool,
}

/// How many passions, offers, needs, languages or wishes one person may name.
const MOST: usize = 20;
/// How long all answers together may be, in bytes of JSON.
const MOST_ANSWERED: usize = 20_000;
/// An unconfirmed registration waits this long.
pub const PENDING: TimeDelta = TimeDelta::hours(48);

impl NewRegistration {
    /// The rules about several fields, or about how many.
    pub fn check(&self) -> Result<()> {
        none_wrong(self.wrong())
    }

    fn wrong(&self) -> Vec<FieldError> {
        let counts = [
            ("/offers", self.offers.len()),
            ("/needs", self.needs.len()),
            ("/languages", self.languages.len()),
            ("/answers", self.answers.len()),
        ];
        let mut wrong = wrong_lists(&self.passions, &counts);
        wrong.extend(too_many(&counts_of(&self.wishes)));
        let answers = serde_json::Value::Object(self.answers.clone()).to_string();
        if answers.contains("\\u0000") {
            wrong.push(FieldError::new("/answers", "control_character", "must not hold the NUL character"));
        }
        if answers.len() > MOST_ANSWERED {
            wrong.push(FieldError::new("/answers", "too_long", format!("must have at most {MOST_ANSWERED} bytes")));
        }
        wrong
    }

    pub fn profile(&self) -> Profile {
        Profile {
            passions: self.passions.to_vec(),
            headline: self.headline.clone(),
            unit: self.unit.clone(),
            working_on: self.working_on.clone(),
            offers: self.offers.clone(),
            needs: self.needs.clone(),
            languages: self.languages.clone(),
            visibility: self.visibility.clone(),
        }
    }
}

/// How many people are wished for, at one's table and not at it.
pub fn counts_of(wishes: &Wishes) -> [(&'static str, usize); 2] {
    [("/wishes/with", wishes.with.len()), ("/wishes/apart", wishes.apart.len())]
}

/// The lists, each with its length, that are too long.
pub fn too_many(lists: &[(&str, usize)]) -> Vec<FieldError> {
    let long = lists.iter().filter(|(_, count)| *count > MOST);
    long.map(|(pointer, _)| FieldError::new(*pointer, "too_many", format!("must have at most {MOST} entries"))).collect()
}

/// The same, read with what the organizer has said: its own passions, and its questions, of which not everybody is asked every one.
pub async fn settled(tx: &Tx, event: &event::Model, new: &NewRegistration, by: AskedOf) -> Result<NewRegistration> {
    let known = Known::hold(tx).await?;
    let questions = question::of_event(tx, event.id).await?;
    new.settle(&known, &questions, by)
}

impl NewRegistration {
    /// What is wrong with the form, and with what it says to what the organizer has said, is told together.
    pub fn settle(&self, known: &Known, questions: &[question::Model], by: AskedOf) -> Result<Self> {
        let mut wrong = self.wrong();
        if self.email_confirmed && by == AskedOf::Public {
            wrong.push(FieldError::new("/email_confirmed", "unknown_field", "is not a field of this resource"));
        }
        match (known.settle(&self.passions), declaring::answers(questions, &self.answers, by)) {
            (Ok(passions), Ok(answers)) => none_wrong(wrong).map(|()| Self { passions, answers, ..self.clone() }),
            (passions, answers) => {
                for error in passions.err().into_iter().chain(answers.err()).flatten() {
                    // What is named twice is so before and after the words are read.
                    if !wrong.contains(&error) {
                        wrong.push(error);
                    }
                }
                Err(ApiError::Invalid(wrong))
            }
        }
    }
}

/// What is wrong with how many or which things a person names: at the form, and whenever they change their profile.
pub fn wrong_lists(passions: &Passions, others: &[(&str, usize)]) -> Vec<FieldError> {
    let mut wrong = too_many(&[("/passions", passions.len())]);
    wrong.extend(too_many(others));
    for (i, passion) in passions.iter().enumerate().take(MOST) {
        if passions[..i].iter().any(|earlier| earlier.code == passion.code) {
            wrong.push(FieldError::new(format!("/passions/{i}"), "repeated", "is named twice"));
        }
    }
    wrong
}

/// Registers someone at the public form. The answer is the same whatever is known of the address; what differs is told by mail.
pub async fn register_in_public(app: &App, tx: &Tx, event: &event::Model, new: &NewRegistration, how: ConsentWay) -> Result<()> {
    let new = &settled(tx, event, new, AskedOf::Public).await?;
    let (person, registration) = match find_or_insert(app, tx, event, new, how).await? {
        Found::New(person, registration) => return ask_to_confirm(app, tx, By::Reader, &registration, &person).await,
        Found::Known(person, registration) => (person, registration),
    };
    let state = registration.state;
    if state == RegistrationState::PendingEmail || state.can_be_revived() {
        // Nobody has confirmed yet, so what was said last is what will be confirmed; the page behind the link shows it.
        let revived = say_again(app, tx, event, &registration, new, how).await?;
        if state.can_be_revived() || !promise::was_just_promised(app, tx, &revived, MailKind::Confirm).await? {
            ask_to_confirm(app, tx, By::Reader, &revived, &person).await?;
        }
    } else if let Some(kind) = mail_of(state)
        && !promise::was_just_promised(app, tx, &registration, kind).await?
    {
        // Someone who forgot that they registered gets their link again; a stranger who typed the address learns nothing.
        let occurrence = app.clock.now().timestamp_micros().to_string();
        promise::about_registration(app, tx, By::Reader, kind, &registration, &person, &occurrence).await?;
    }
    Ok(())
}

async fn ask_to_confirm(app: &App, tx: &Tx, by: By, registration: &registration::Model, person: &person::Model) -> Result<()> {
    let occurrence = app.clock.now().timestamp_micros().to_string();
    promise::about_registration(app, tx, by, MailKind::Confirm, registration, person, &occurrence).await?;
    Ok(())
}

/// The mail that says where a registration stands, and can be sent again.
pub fn mail_of(state: RegistrationState) -> Option<MailKind> {
    match state {
        RegistrationState::PendingEmail => Some(MailKind::Confirm),
        RegistrationState::Confirmed => Some(MailKind::Confirmed),
        RegistrationState::Waitlisted => Some(MailKind::Waitlisted),
        RegistrationState::Offered => Some(MailKind::Offered),
        _ => None,
    }
}

/// Registers someone by staff. With `email_confirmed` they have their seat, or their place in the waiting list, at once.
pub async fn register_by_staff(
    app: &App,
    tx: &Tx,
    event: &event::Model,
    new: &NewRegistration,
    how: ConsentWay,
) -> Result<registration::Model> {
    let new = &settled(tx, event, new, AskedOf::Staff).await?;
    let (person, registration) = match find_or_insert(app, tx, event, new, how).await? {
        Found::New(person, registration) => (person, registration),
        Found::Known(_, registration) if !registration.state.can_be_revived() => return Err(ApiError::AlreadyRegistered),
        Found::Known(person, registration) => (person, say_again(app, tx, event, &registration, new, how).await?),
    };
    if new.email_confirmed {
        return settle(app, tx, By::Others, event, registration, &person).await;
    }
    ask_to_confirm(app, tx, By::Others, &registration, &person).await?;
    Ok(registration)
}

/// They followed the link of the mail.
pub async fn confirm(
    app: &App,
    tx: &Tx,
    event: &event::Model,
    registration: registration::Model,
    person: &person::Model,
) -> Result<registration::Model> {
    settle(app, tx, By::Reader, event, registration, person).await
}

/// The address is theirs: the registration takes a seat, or the last place in the waiting list, or waits for the organizer's word.
async fn settle(
    app: &App,
    tx: &Tx,
    by: By,
    event: &event::Model,
    registration: registration::Model,
    person: &person::Model,
) -> Result<registration::Model> {
    let now = app.clock.now();
    consent::confirm(tx, &registration, now).await?;
    let said = person::Said {
        name: &registration.name,
        locale: registration.locale,
        timezone: registration.timezone,
        profile: &registration.profile,
    };
    let settled = if event.approval && !staff_waived_approval(&registration) {
        let waiting =
            registration::ActiveModel { state: Set(RegistrationState::PendingApproval), pending_until: Set(None), ..Default::default() };
        move_on(tx, &registration, waiting).await?
    } else {
        place(app, tx, by, event, &registration, person).await?
    };
    person::confirm_profile(tx, person.id, said, now).await?;
    Ok(settled)
}

/// The organizer's word is yes.
pub async fn seat(
    app: &App,
    tx: &Tx,
    event: &event::Model,
    registration: &registration::Model,
    person: &person::Model,
) -> Result<registration::Model> {
    place(app, tx, By::Others, event, registration, person).await
}

/// Takes a seat or the last place in the waiting list, and says so by mail.
async fn place(
    app: &App,
    tx: &Tx,
    by: By,
    event: &event::Model,
    registration: &registration::Model,
    person: &person::Model,
) -> Result<registration::Model> {
    if take_seat(app, tx, event).await? {
        return have_seat(app, tx, by, event, registration, person).await;
    }
    let position = event::join_waiting_list(tx, event.id).await?.ok_or(ApiError::EventNotOpen)?;
    let changes = registration::ActiveModel {
        state: Set(RegistrationState::Waitlisted),
        pending_until: Set(None),
        position: Set(Some(position)),
        ..Default::default()
    };
    move_on_and_say(app, tx, by, registration, person, changes, MailKind::Waitlisted).await
}

/// They take the seat that an offer held.
pub async fn give_seat(
    app: &App,
    tx: &Tx,
    event: &event::Model,
    registration: &registration::Model,
    person: &person::Model,
) -> Result<registration::Model> {
    have_seat(app, tx, By::Reader, event, registration, person).await
}

/// The seat that was taken, or held by an offer, is this person's.
async fn have_seat(
    app: &App,
    tx: &Tx,
    by: By,
    event: &event::Model,
    registration: &registration::Model,
    person: &person::Model,
) -> Result<registration::Model> {
    let now = app.clock.now();
    let changes = registration::ActiveModel {
        state: Set(RegistrationState::Confirmed),
        pending_until: Set(None),
        confirmed_at: Set(Some(now)),
        ..Default::default()
    };
    let registration = move_on_and_say(app, tx, by, registration, person, changes, MailKind::Confirmed).await?;
    if promise::method_is_out(event, now) {
        promise::before_event(app, tx, MailKind::A1, &[(&registration, person)], now).await?;
    }
    Ok(registration)
}

/// A transaction in which nobody else gives or frees seats of the event, and the event as it stands in it.
pub async fn with_seats<'a>(app: &App, who: &impl Tenant, event: impl Into<event::Key<'a>>) -> Result<(Tx, event::Model)> {
    let event = event.into();
    #[cfg(debug_assertions)]
    if app.fault("seat_guard_off") {
        let seen = event::by_key(&app.db.read(who), event).await?.ok_or(ApiError::NotFound)?;
        return Ok((app.db.write(who).await?, seen));
    }
    let tx = app.db.write(who).await?;
    let event = event::lock(&tx, event).await?.ok_or(ApiError::NotFound)?;
    Ok((tx, event))
}

/// Moves a registration on, and says so by a mail that is sent once for this move.
pub async fn move_on_and_say(
    app: &App,
    tx: &Tx,
    by: By,
    registration: &registration::Model,
    person: &person::Model,
    mut changes: registration::ActiveModel,
    kind: MailKind,
) -> Result<registration::Model> {
    if carries_attendee_link(kind) {
        changes.mailed_at = Set(Some(app.clock.now()));
    }
    let registration = move_on(tx, registration, changes).await?;
    promise::of_move(app, tx, by, kind, &registration, person).await?;
    Ok(registration)
}

/// Fails when someone else was quicker, which cannot be while the registration is held.
pub async fn move_on(tx: &Tx, registration: &registration::Model, changes: registration::ActiveModel) -> Result<registration::Model> {
    let moved = registration::move_on(tx, registration.id, registration.state, changes).await?;
    moved.ok_or_else(|| ApiError::WrongState(registration.state.to_string()))
}

/// Nobody confirmed in time.
pub async fn expire(tx: &Tx, registration: &registration::Model) -> Result<bool> {
    let cancelled = registration::ActiveModel { state: Set(RegistrationState::Cancelled), pending_until: Set(None), ..Default::default() };
    let expired = registration::move_on(tx, registration.id, RegistrationState::PendingEmail, cancelled).await?.is_some();
    if expired {
        message::cancel_open(tx, registration.id, &[MailKind::Confirm], Reason::Expired).await?;
        consent::forget_unconfirmed(tx, registration).await?;
    }
    Ok(expired)
}

async fn take_seat(app: &App, tx: &Tx, event: &event::Model) -> Result<bool> {
    #[cfg(debug_assertions)]
    if app.fault("seat_guard_off") {
        // Decides by what was read before the transaction, as code without the conditional update would.
        let free = event.capacity.is_none_or(|capacity| event.taken < capacity.get());
        if free {
            event::take_seat_unguarded(tx, event.id).await?;
        }
        return Ok(free);
    }
    #[cfg(not(debug_assertions))]
    let _ = app;
    Ok(event::take_seat(tx, event.id).await?)
}

/// Approval is for people who came by themselves; whom staff put on the list has it.
fn staff_waived_approval(registration: &registration::Model) -> bool {
    registration.pending_until.is_none()
}

/// Whose address it is, and their registration for the event.
enum Found {
    /// The registration was made now, of what is said.
    New(person::Model, registration::Model),
    /// It was there, whatever has become of it.
    Known(person::Model, registration::Model),
}

/// The registration is held from here on, so that of many requests for one address each sees what the one before it did.
async fn find_or_insert(app: &App, tx: &Tx, event: &event::Model, new: &NewRegistration, how: ConsentWay) -> Result<Found> {
    let locale = new.locale.unwrap_or(event.locale);
    let person = person::of_address(tx, &new.email, &new.name, locale, app.clock.now()).await?;
    // Read while the person is held, so that what one says later bears a later time.
    let now = app.clock.now();
    loop {
        let row = registration::Model {
            id: RegistrationId::new(),
            organizer_id: event.organizer_id,
            event_id: event.id,
            person_id: person.id,
            code: RegistrationCode::random(&mut rand::rng()),
            state: RegistrationState::PendingEmail,
            name: new.name.clone(),
            profile: Stored(new.profile()),
            intention: new.intention.clone(),
            wishes: Stored(new.wishes.clone()),
            accessibility: new.accessibility.clone(),
            answers: Stored(new.answers.clone()),
            locale,
            timezone: new.timezone,
            follow_up: new.consents.follow_up,
            position: None,
            pending_until: pending_until(app, new),
            confirmed_at: None,
            checked_in_at: None,
            method_ack_at: None,
            mailed_at: None,
            resent_at: None,
            link_generation: 0,
            version: 0,
            created_at: now,
        };
        if let Some(registration) = registration::insert(tx, row).await? {
            consenting::at_registering(tx, &registration, how, now).await?;
            return Ok(Found::New(person, registration));
        }
        if let Some(registration) = registration::lock_of_person(tx, event.id, person.id).await? {
            return Ok(Found::Known(person, registration));
        }
        // Neither: the code was drawn twice, and the next turn draws it anew.
    }
}

/// Until when the address has to be confirmed; staff may know that it is theirs.
fn pending_until(app: &App, new: &NewRegistration) -> Option<DateTime<Utc>> {
    (!new.email_confirmed).then(|| app.clock.now() + PENDING)
}

/// What was said last replaces what was said before, and a dead registration lives again.
async fn say_again(
    app: &App,
    tx: &Tx,
    event: &event::Model,
    old: &registration::Model,
    new: &NewRegistration,
    how: ConsentWay,
) -> Result<registration::Model> {
    let said = registration::ActiveModel {
        state: Set(RegistrationState::PendingEmail),
        name: Set(new.name.clone()),
        profile: Set(Stored(new.profile())),
        intention: Set(new.intention.clone()),
        wishes: Set(Stored(new.wishes.clone())),
        accessibility: Set(new.accessibility.clone()),
        answers: Set(Stored(new.answers.clone())),
        locale: Set(new.locale.unwrap_or(event.locale)),
        timezone: Set(new.timezone),
        follow_up: Set(new.consents.follow_up),
        pending_until: Set(pending_until(app, new)),
        confirmed_at: Set(None),
        checked_in_at: Set(None),
        ..Default::default()
    };
    let revived = move_on(tx, old, said).await?;
    consenting::at_registering_again(tx, old, &revived, how, app.clock.now()).await?;
    Ok(revived)
}
