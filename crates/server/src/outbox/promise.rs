//! Promising a mail: a row in the outbox, in the transaction of what caused it.

use chrono::{DateTime, Utc};
use convivio_db::{Tx, event, introduction, login, member, message, person, prompt, registration};
use convivio_domain::words::{MailKind, MessageState};
use convivio_domain::{EmailAddress, Locale, MessageId, PersonName};

use crate::app::App;

/// Who brought a mail about. What its reader asked for this moment reaches them in a live round too, and nothing else does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    Reader,
    /// Staff, another guest, or the clock.
    Others,
}

/// A mail about a registration. `occurrence` tells apart mails of one kind that may each be sent: what was promised before under the same one
/// is not promised again.
pub async fn about_registration(
    app: &App,
    tx: &Tx,
    by: By,
    kind: MailKind,
    registration: &registration::Model,
    person: &person::Model,
    occurrence: &str,
) -> convivio_db::Result<bool> {
    let now = app.clock.now();
    let mut row = row_about(app, kind, registration, person, occurrence, now);
    row.by_reader = by == By::Reader;
    let promised = message::promise(tx, row).await?;
    if promised && super::carries_attendee_link(kind) {
        remember_link(app, tx, registration).await?;
    }
    Ok(promised)
}

/// A mail with the reader's own link makes it work for longer.
async fn remember_link(app: &App, tx: &Tx, registration: &registration::Model) -> convivio_db::Result<()> {
    let changes = registration::ActiveModel { mailed_at: convivio_db::Set(Some(app.clock.now())), ..Default::default() };
    registration::change(tx, registration.id, changes).await
}

/// The mail about a registration that has just moved on. It is of this move alone, so nothing else has promised it.
pub async fn of_move(
    app: &App,
    tx: &Tx,
    by: By,
    kind: MailKind,
    registration: &registration::Model,
    person: &person::Model,
) -> convivio_db::Result<()> {
    let mut row = row_about(app, kind, registration, person, &registration.version.to_string(), app.clock.now());
    row.by_reader = by == By::Reader;
    message::promise(tx, row).await?;
    Ok(())
}

/// A mail of one kind about each of these registrations, which were just made.
pub async fn to_many(app: &App, tx: &Tx, kind: MailKind, people: &[(&registration::Model, &person::Model)]) -> convivio_db::Result<()> {
    let now = app.clock.now();
    let row = |(registration, person): &(&registration::Model, &person::Model)| {
        row_about(app, kind, registration, person, &registration.version.to_string(), now)
    };
    message::promise_all(tx, people.iter().map(row).collect()).await
}

/// "Is this still you?", or "how we meet", to everyone given.
pub async fn before_event(
    app: &App,
    tx: &Tx,
    kind: MailKind,
    people: &[(&registration::Model, &person::Model)],
    due_at: DateTime<Utc>,
) -> convivio_db::Result<()> {
    let rows = people.iter().map(|(registration, person)| row_about(app, kind, registration, person, "", due_at)).collect();
    message::promise_all(tx, rows).await
}

/// "We do not meet", to everyone given. An event is called off once.
pub async fn event_off(app: &App, tx: &Tx, people: &[(&registration::Model, &person::Model)]) -> convivio_db::Result<()> {
    let now = app.clock.now();
    let rows =
        people.iter().map(|(registration, person)| row_about(app, MailKind::Cancelled, registration, person, "event", now)).collect();
    message::promise_all(tx, rows).await
}

/// The mail of a prompt.
pub async fn of_prompt(
    app: &App,
    tx: &Tx,
    prompt: &prompt::Model,
    registration: &registration::Model,
    person: &person::Model,
) -> convivio_db::Result<bool> {
    // What recurs, and what comes again after it was put off, is a mail of its own.
    let occurrence = match (prompt.occurrence, prompt.snoozes) {
        (0, 0) => String::new(),
        (0, snoozes) => snoozes.to_string(),
        (occurrence, snoozes) => format!("{occurrence}.{snoozes}"),
    };
    let mut row = row_about(app, prompt.step.mail(), registration, person, &occurrence, prompt.due_at);
    row.prompt_id = Some(prompt.id);
    let promised = message::promise(tx, row).await?;
    remember_link(app, tx, registration).await?;
    Ok(promised)
}

/// "You two should meet", to one of them. It is of no event: who brings whom together is no business of staff.
pub async fn introduction(
    app: &App,
    tx: &Tx,
    by: By,
    introduction: &introduction::Model,
    registration: &registration::Model,
    person: &person::Model,
) -> convivio_db::Result<bool> {
    let occurrence = introduction.id.to_string();
    let mut row = row_about(app, MailKind::Introduction, registration, person, &occurrence, app.clock.now());
    row.event_id = None;
    row.introduction_id = Some(introduction.id);
    row.by_reader = by == By::Reader;
    let promised = message::promise(tx, row).await?;
    remember_link(app, tx, registration).await?;
    Ok(promised)
}

/// A step that staff try out, to one of themselves. What it says is fixed already.
pub async fn test(
    app: &App,
    tx: &Tx,
    registration: &registration::Model,
    to: &EmailAddress,
    frozen: serde_json::Value,
) -> convivio_db::Result<MessageId> {
    let now = app.clock.now();
    let mut row = row(app, MailKind::Test, to, None, registration.locale, String::new(), now);
    row.dedup_key = format!("test:{}", row.id);
    row.organizer_id = registration.organizer_id;
    row.event_id = Some(registration.event_id);
    row.registration_id = Some(registration.id);
    row.by_reader = true;
    row.frozen = Some(frozen);
    row.dated_at = Some(now);
    let id = row.id;
    message::promise(tx, row).await?;
    Ok(id)
}

/// The sign-in link of a member.
pub async fn sign_in(app: &App, tx: &Tx, login: &login::Model, member: &member::Model, locale: Locale) -> convivio_db::Result<bool> {
    let dedup_key = format!("login:{}", login.id);
    let mut row = row(app, MailKind::Login, &member.email, None, locale, dedup_key, app.clock.now());
    row.organizer_id = member.organizer_id;
    row.login_id = Some(login.id);
    row.by_reader = true;
    message::promise(tx, row).await
}

fn row_about(
    app: &App,
    kind: MailKind,
    registration: &registration::Model,
    person: &person::Model,
    occurrence: &str,
    due_at: DateTime<Utc>,
) -> message::Model {
    let dedup_key = format!("{}:{kind}:{occurrence}:{}", registration.event_id, registration.id);
    let mut row = row(app, kind, &person.email, Some(registration.name.clone()), registration.locale, dedup_key, due_at);
    row.organizer_id = registration.organizer_id;
    row.event_id = Some(registration.event_id);
    row.registration_id = Some(registration.id);
    row
}

fn row(
    app: &App,
    kind: MailKind,
    to: &EmailAddress,
    to_name: Option<PersonName>,
    locale: Locale,
    dedup_key: String,
    due_at: DateTime<Utc>,
) -> message::Model {
    let id = MessageId::new();
    let domain = app.config.from.as_str().rsplit('@').next().unwrap_or("convivio.localhost");
    message::Model {
        id,
        organizer_id: convivio_domain::OrganizerId(uuid::Uuid::nil()),
        event_id: None,
        registration_id: None,
        prompt_id: None,
        login_id: None,
        introduction_id: None,
        kind,
        asked_for: kind.is_asked_for(),
        by_reader: false,
        state: MessageState::Pending,
        reason: None,
        dedup_key,
        to_email_normal: to.normal(),
        to_email: to.clone(),
        to_name,
        locale,
        message_id: app.keys.message_id(id.0, domain),
        frozen: None,
        due_at,
        // By real time, and long past: the first try waits for nothing but its due time.
        next_try_at: DateTime::UNIX_EPOCH,
        attempt: 0,
        failures: 0,
        owner: None,
        lease_until: None,
        dated_at: None,
        sent_at: None,
        last_error: None,
        created_at: app.clock.now(),
    }
}

/// Whether a mail of this kind went out so recently that another would be a nuisance.
pub async fn was_just_promised(app: &App, tx: &Tx, registration: &registration::Model, kind: MailKind) -> convivio_db::Result<bool> {
    let last = message::last_promised(tx, registration.id, kind).await?;
    Ok(last.is_some_and(|at| app.clock.now() - at < chrono::TimeDelta::hours(1)))
}

/// How many people a method mail is promised to in one transaction.
pub const BATCH: usize = 500;

/// The event's rules allow "how we meet" to go out to someone confirmed after it was told to the others.
pub fn method_is_out(event: &event::Model, now: DateTime<Utc>) -> bool {
    event.method_sent_at.is_some() && now < event.starts_at
}
