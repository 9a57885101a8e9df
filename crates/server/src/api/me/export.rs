//! Everything Convivio holds of a person, as one document. What is private to them is theirs alone: staff export the rest.

use std::collections::HashMap;

use actix_web::body::BoxBody;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, Responder, web};
use chrono::{DateTime, Utc};
use convivio_db::{
    Cursor, Scoped, block, checkin, consent, event, guide_ack, log, message, organizer, person, registration, report, suppression,
};
use convivio_domain::words::{GuidePhase, MailKind, MessageState, Reason};
use convivio_domain::{
    CheckinId, ConsentPurpose, ConsentWay, Consents, DeclaredPassion, EmailAddress, Field, FreeText, Language, Line, Locale, MessageId,
    Need, PersonId, PersonName, Phrase, RegistrationCode, RegistrationId, Slug, Timezone,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::connections::{self, Connection};
use super::contacts::{self, Contact};
use super::encounters::{self, Encounter};
use super::introductions::{self, Introduction};
use super::log::LogEntry;
use super::preferences::{self, MyPreferences};
use super::profile::MyProfile;
use super::prompts::{self, Prompt};
use super::registrations::Registration;
use super::safety::{self, Block, MyReport};
use crate::api::registrations::places;
use crate::app::App;
use crate::consenting;
use crate::http::describe::{Answer, Description};
use crate::http::{Attendee, Result};
use crate::keeping;

#[derive(Serialize, ToSchema)]
pub struct Export {
    exported_at: DateTime<Utc>,
    organizer: Slug,
    /// Needs that have ended among the others, as long as they are kept
    profile: MyProfile,
    /// When the address was first shown to be theirs
    confirmed_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    /// When they stopped all follow-up
    follow_up_stopped_at: Option<DateTime<Utc>>,
    /// Since when their calendar has an address of its own
    calendar_feed_since: Option<DateTime<Utc>>,
    preferences: MyPreferences,
    /// Newest first
    registrations: Vec<ExportedRegistration>,
    checkins: Vec<ExportedCheckin>,
    encounters: Vec<Encounter>,
    /// What was mailed to them, without its words
    messages: Vec<ExportedMessage>,
    /// Why nothing is sent to the address, if nothing is
    suppressions: Vec<ExportedSuppression>,
    /// What they reported
    reports: Vec<MyReport>,
    #[serde(flatten)]
    private: Option<PrivateExport>,
}

/// What nobody but the person reads.
#[derive(Serialize, ToSchema)]
struct PrivateExport {
    /// Everything that was agreed to and taken back, oldest first; without what stands in a form that nobody confirmed
    consents: Vec<ExportedConsent>,
    /// Without those to people whom one blocked, or who blocked one
    connections: Vec<Connection>,
    /// Oldest first
    log: Vec<ExportedEntry>,
    prompts: Vec<Prompt>,
    blocks: Vec<Block>,
    /// Without those one said no to
    introductions: Vec<Introduction>,
    contacts: Vec<Contact>,
}

#[derive(Serialize, ToSchema)]
struct ExportedRegistration {
    #[serde(flatten)]
    registration: Registration,
    passions: Vec<DeclaredPassion>,
    name: PersonName,
    headline: Option<Line>,
    unit: Option<Line>,
    working_on: Option<Line>,
    offers: Vec<Phrase>,
    needs: Vec<Need>,
    languages: Vec<Language>,
    accessibility: Option<FreeText>,
    answers: serde_json::Map<String, serde_json::Value>,
    locale: Locale,
    timezone: Option<Timezone>,
    consents: Consents,
    checked_in_at: Option<DateTime<Utc>>,
    /// What they said they have read; to staff, nothing
    guides_read: Vec<GuideRead>,
}

#[derive(Serialize, ToSchema)]
struct GuideRead {
    phase: GuidePhase,
    at: DateTime<Utc>,
}

#[derive(Serialize, ToSchema)]
struct ExportedCheckin {
    id: CheckinId,
    registration: RegistrationCode,
    at: DateTime<Utc>,
    undone_at: Option<DateTime<Utc>>,
}

#[derive(Serialize, ToSchema)]
struct ExportedMessage {
    id: MessageId,
    kind: MailKind,
    state: MessageState,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
    registration: Option<RegistrationCode>,
    to: EmailAddress,
    due_at: DateTime<Utc>,
    sent_at: Option<DateTime<Utc>>,
}

#[derive(Serialize, ToSchema)]
struct ExportedSuppression {
    /// In the form in which addresses are compared
    email: String,
    reason: Reason,
    created_at: DateTime<Utc>,
    expires_at: Option<DateTime<Utc>>,
}

/// That somebody agreed to something, or took it back.
#[derive(Serialize, ToSchema)]
struct ExportedConsent {
    purpose: ConsentPurpose,
    granted: bool,
    /// With which it was said; without one, of all they had
    registration: Option<RegistrationCode>,
    /// Of the words that were read; `null` where somebody else said it for them
    text_version: Option<String>,
    /// The language they were read in
    locale: Option<Locale>,
    how: ConsentWay,
    at: DateTime<Utc>,
}

/// An entry of the log, and whom it is about.
#[derive(Serialize, ToSchema)]
struct ExportedEntry {
    /// Of their registration for the event where the two met
    code: Option<RegistrationCode>,
    /// Missing where the person keeps it
    name: Option<PersonName>,
    #[serde(flatten)]
    entry: LogEntry,
}

/// 200 with a file to keep.
pub struct Document(pub Export);

impl Responder for Document {
    type Body = BoxBody;
    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::Ok()
            .insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"convivio.json\""))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .json(self.0)
    }
}

impl Answer for Document {
    fn describe(operation: &mut Description) {
        let schema = operation.schema::<Export>();
        operation.answers(200, "everything, as a file to keep", "application/json", &schema);
    }
}

impl Export {
    /// Who was brought together with whom is no business of staff, nor is when somebody agreed to what, or read it.
    pub fn for_staff(mut self) -> Self {
        self.registrations.iter_mut().for_each(|one| one.guides_read.clear());
        self.preferences = self.preferences.for_staff();
        self.messages.retain(|mail| mail.kind != MailKind::Introduction);
        self
    }
}

pub async fn export(who: Attendee, app: web::Data<App>) -> Result<Document> {
    let (read, now) = (app.db.read(&who), app.clock.now());
    let private = private(&app, &read, &who, now).await?;
    let export = of(&read, who.person, now).await?;
    Ok(Document(Export { private: Some(private), ..export }))
}

/// No person has more of anything.
const EVERYTHING: u64 = 100_000;

async fn private(app: &App, scope: &impl Scoped, who: &Attendee, now: DateTime<Utc>) -> Result<PrivateExport> {
    let me = who.person.id;
    let blocks = block::of_owner(scope, me, Cursor { after: None, limit: EVERYTHING }).await?;
    let mut blocked = safety::known(scope, me, &blocks.rows).await?;
    Ok(PrivateExport {
        consents: consents(scope, me).await?,
        connections: connections::all_ever(scope, who, now).await?,
        log: entries(scope, me).await?,
        prompts: prompts::all(app, scope, me, EVERYTHING).await?,
        introductions: introductions::all(scope, who, now, EVERYTHING).await?,
        contacts: contacts::all(scope, me, now).await?,
        blocks: blocks.rows.iter().filter_map(|row| blocked.remove(&row.other_id)).collect(),
    })
}

async fn consents(scope: &impl Scoped, me: PersonId) -> Result<Vec<ExportedConsent>> {
    let rows = registration::all_of_person(scope, me).await?;
    let codes: HashMap<RegistrationId, RegistrationCode> = rows.into_iter().map(|row| (row.id, row.code)).collect();
    let said = |row: consent::Model| ExportedConsent {
        purpose: row.purpose,
        granted: row.granted,
        registration: row.registration_id.and_then(|id| codes.get(&id).cloned()),
        text_version: row.text_version,
        locale: row.locale,
        how: row.how,
        at: row.created_at,
    };
    Ok(consent::of_person(scope, me).await?.into_iter().map(said).collect())
}

async fn entries(scope: &impl Scoped, me: PersonId) -> Result<Vec<ExportedEntry>> {
    let rows = log::of_owner(scope, me).await?;
    let known = keeping::as_known(scope, me, rows.iter().map(|row| row.about_id)).await?;
    let entry = |row: log::Model| {
        let about = known.get(&row.about_id);
        let named = about.filter(|one| one.profile.visibility.shows_tablemates(Field::Name));
        ExportedEntry { code: about.map(|one| one.code.clone()), name: named.map(|one| one.name.clone()), entry: LogEntry::from(row) }
    };
    Ok(rows.into_iter().map(entry).collect())
}

/// All that is not private to the person.
pub async fn of(scope: &impl Scoped, person: person::Model, now: DateTime<Utc>) -> Result<Export> {
    let rows = registration::all_of_person(scope, person.id).await?;
    let ids: Vec<RegistrationId> = rows.iter().map(|row| row.id).collect();
    let codes: HashMap<RegistrationId, RegistrationCode> = rows.iter().map(|row| (row.id, row.code.clone())).collect();
    let mut checkins = Vec::new();
    for id in &ids {
        checkins.extend(checkin::of_registration(scope, *id).await?);
    }
    let code = |id: &RegistrationId| codes.get(id).cloned();
    let checkin = |row: checkin::Model| {
        Some(ExportedCheckin { id: row.id, registration: code(&row.registration_id)?, at: row.at, undone_at: row.undone_at })
    };
    // What staff tried out about one of theirs went to one of the staff.
    let mails = message::of_registrations(scope, &ids).await?.into_iter().filter(|row| row.kind != MailKind::Test);
    let message = |row: message::Model| ExportedMessage {
        id: row.id,
        kind: row.kind,
        state: row.state,
        reason: row.reason,
        registration: row.registration_id.as_ref().and_then(code),
        to: row.to_email,
        due_at: row.due_at,
        sent_at: row.sent_at,
    };
    let suppression = suppression::of(scope, &person.email_normal, now).await?.map(|row| ExportedSuppression {
        email: row.email_normal,
        reason: row.reason,
        created_at: row.created_at,
        expires_at: row.expires_at,
    });
    Ok(Export {
        exported_at: now,
        organizer: organizer::this(scope).await?.slug,
        confirmed_at: person.confirmed_at,
        created_at: person.created_at,
        follow_up_stopped_at: person.follow_up_stopped_at,
        calendar_feed_since: person.feed_since,
        preferences: preferences::shown(scope, &person, now).await?,
        encounters: encounters::all(scope, &rows).await?,
        checkins: checkins.into_iter().filter_map(checkin).collect(),
        messages: mails.map(message).collect(),
        suppressions: suppression.into_iter().collect(),
        reports: report::of_reporter(scope, person.id).await?.into_iter().map(MyReport::from).collect(),
        registrations: registrations(scope, rows, &consent::of_person(scope, person.id).await?).await?,
        profile: MyProfile::whole(person),
        private: None,
    })
}

async fn registrations(scope: &impl Scoped, rows: Vec<registration::Model>, said: &[consent::Model]) -> Result<Vec<ExportedRegistration>> {
    let events = event::by_ids(scope, rows.iter().map(|row| row.event_id)).await?;
    let mut places = places(scope, &events, &rows).await?;
    let acks = guide_ack::of_registrations(scope, rows.iter().map(|row| row.id)).await?;
    let shown = |row: registration::Model| {
        let event = events.iter().find(|event| event.id == row.event_id)?;
        let profile = row.profile.0.clone();
        Some(ExportedRegistration {
            passions: profile.passions,
            name: row.name.clone(),
            headline: profile.headline,
            unit: profile.unit,
            working_on: profile.working_on,
            offers: profile.offers,
            needs: profile.needs,
            languages: profile.languages,
            accessibility: row.accessibility.clone(),
            answers: row.answers.0.clone(),
            locale: row.locale,
            timezone: row.timezone,
            consents: Consents { follow_up: consenting::agrees(&row, said) },
            checked_in_at: row.checked_in_at,
            guides_read: acks
                .iter()
                .filter(|ack| ack.registration_id == row.id)
                .map(|ack| GuideRead { phase: ack.phase, at: ack.created_at })
                .collect(),
            registration: {
                let tables = places.remove(&row.id);
                Registration::of(row, event, tables)
            },
        })
    };
    Ok(rows.into_iter().filter_map(shown).collect())
}
