//! From a row of the outbox to the bytes of a message.
//!
//! What the words are made from is fixed at the first try and kept with the row, so that a second try is a copy. Links are not kept: they are
//! derived from the server's key each time.

use std::sync::Arc;

use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};
use convivio_db::{event, message, organizer, registration};
use convivio_domain::words::{EventKind, EventState, GuidePhase, MailKind, Step};
use convivio_domain::{
    EmailAddress, FreeText, Line, Locale, PersonName, Prompt, Sentence, Slug, TemplateId, Timezone, Title, local_instant,
};
use convivio_followup::common_ground;
use convivio_mail::{Appointment, CalendarMethod, Envelope, EventFacts, Mail, Sender};
use serde::{Deserialize, Serialize};

use super::introduced::Introduced;
use super::ledger::Note;
use super::rows::Rows;
use super::wording::said;
use crate::app::App;
use crate::keys::Purpose;

pub(super) struct Letter {
    pub(super) envelope: Envelope,
    pub(super) bytes: Vec<u8>,
    /// Its words were written down this moment, and then the row was still ours.
    pub(super) is_new: bool,
}

pub(super) enum Failed {
    /// Another worker has the row now.
    Lost,
    Database(convivio_db::Error),
    /// Trying again may help only if something is repaired.
    CannotBuild(String),
}

impl From<convivio_db::Error> for Failed {
    fn from(err: convivio_db::Error) -> Self {
        Self::Database(err)
    }
}

/// The letter, with what it is made from written down before anybody can have it.
pub(super) async fn write(app: &App, message: &Arc<message::Model>, mut rows: Rows) -> Result<Letter, Failed> {
    if message.to_email_normal.starts_with("vera.veleno@") {
        assert!(!app.fault("poisoned_letters"), "as a test wants it");
        if app.fault("unbuildable_letters") {
            return Err(Failed::CannotBuild("as a test wants it".to_owned()));
        }
    }
    let (frozen, date, is_new) = match (&message.frozen, message.dated_at) {
        (Some(kept), Some(date)) => {
            let frozen = Frozen::deserialize(kept).map_err(|err| Failed::CannotBuild(err.to_string()))?;
            (frozen, date, false)
        }
        _ => {
            let date = app.clock.now();
            let frozen = rows.freeze(message.kind, message.locale, date)?;
            let words = serde_json::to_string(&frozen).map_err(|err| Failed::CannotBuild(err.to_string()))?;
            let kept = message::Frozen { words, dated_at: date };
            if !app.outbox.words.write(app, message, Note::Frozen(kept)).await? && !app.fault("fence_off") {
                return Err(Failed::Lost);
            }
            (frozen, date, true)
        }
    };
    let mut envelope = Envelope {
        from: Sender { name: Some(frozen.sender.clone()), address: app.config.from.clone() },
        reply_to: app.config.reply_to.clone(),
        to_name: message.to_name.clone(),
        to: message.to_email.clone(),
        message_id: message.message_id.clone(),
        thread: frozen.thread.clone(),
        date,
        kind: message.kind,
        event: frozen.slug.clone(),
        one_click: None,
    };
    let own = frozen.template;
    let mail = rows.mail(app, frozen, message.locale).ok_or_else(|| Failed::CannotBuild("what it is about is gone".to_owned()))?;
    // The links of a test lead nowhere.
    if message.kind.is_follow_up() {
        envelope.one_click = mail.stop_link().cloned();
    }
    let mut rendered = said(message, &rows, &mail, own).map_err(|err| Failed::CannotBuild(err.to_string()))?;
    if message.kind == MailKind::Test {
        envelope.kind = mail.kind();
        rendered = rendered.marked_as_test(message.locale);
    }
    let bytes = convivio_mail::build(&envelope, &rendered, message.locale).map_err(|err| Failed::CannotBuild(err.to_string()))?;
    Ok(Letter { envelope, bytes, is_new })
}

/// What the words are made from: facts as they were, and no secret.
#[derive(Serialize, Deserialize)]
pub(super) struct Frozen {
    /// The name the mail comes from: the organizer's.
    sender: Title,
    slug: Option<Slug>,
    /// Mails frozen by an earlier release answer none.
    #[serde(default)]
    thread: Vec<String>,
    reader: Option<PersonName>,
    event: Option<FrozenEvent>,
    /// The revision of the organizer's own words; without one, Convivio's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    template: Option<TemplateId>,
    says: Says,
}

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct FrozenEvent {
    title: Title,
    organizer: Title,
    place: Option<Line>,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    timezone: Timezone,
    sequence: u32,
    written_at: DateTime<Utc>,
}

impl From<FrozenEvent> for EventFacts {
    fn from(event: FrozenEvent) -> Self {
        Self {
            title: event.title,
            organizer: event.organizer,
            place: event.place,
            starts_at: event.starts_at,
            ends_at: event.ends_at,
            timezone: event.timezone,
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Says {
    Confirm,
    Confirmed {
        passions: Vec<String>,
    },
    Waitlisted {
        position: u32,
    },
    Offered {
        until: DateTime<Utc>,
    },
    Rejected,
    /// `again`: the event takes registrations, so one may come back.
    Cancelled {
        event_off: bool,
        had_place: bool,
        again: bool,
    },
    Login,
    Freshness {
        passions: Vec<String>,
        needs: Vec<String>,
        intention: Option<FreeText>,
    },
    Method {
        tomorrow: bool,
        how_we_meet: Option<FreeText>,
        /// Of a round; absent where there are none.
        minutes: Option<u32>,
        /// Whether the event gives something to read before. Mails frozen by an earlier release all do.
        #[serde(default = "yes")]
        to_read: bool,
    },
    /// What its prompt says stands with the prompt, and does not change once the mail has its words, or they are forgotten.
    FollowUp {
        /// Mails frozen by an earlier release say nothing of it.
        #[serde(default)]
        is_asked: bool,
        /// Whether the event gives something to read after.
        #[serde(default = "yes")]
        to_read: bool,
    },
    Introduction {
        introducer: PersonName,
        other: PersonName,
        address: EmailAddress,
        why: Sentence,
        passions: Vec<String>,
    },
    Test {
        prompt: Box<Prompt>,
    },
}

fn yes() -> bool {
    true
}

/// What a test of a prompt is made from. It is fixed when it is promised, for no row holds such a prompt.
pub fn of_test(
    organizer: &organizer::Model,
    event: &event::Model,
    registration: &registration::Model,
    prompt: Prompt,
    now: DateTime<Utc>,
) -> serde_json::Value {
    let frozen = Frozen {
        sender: organizer.name.clone(),
        slug: Some(event.slug.clone()),
        reader: Some(registration.name.clone()),
        event: Some(frozen_event(event, organizer, registration.locale, now)),
        thread: Vec::new(),
        template: None,
        says: Says::Test { prompt: Box::new(prompt) },
    };
    serde_json::to_value(frozen).expect("facts are plain values")
}

/// How long an unconfirmed registration waits, in hours.
const CONFIRM_HOURS: u32 = 48;
/// How long a sign-in link works, in minutes.
const LOGIN_MINUTES: u32 = 30;
/// How long a round is said to be where none is planned yet.
const USUAL_MINUTES: u32 = 30;

impl Rows {
    pub(super) fn freeze(&self, kind: MailKind, locale: Locale, now: DateTime<Utc>) -> Result<Frozen, Failed> {
        let gone = || Failed::CannotBuild("what it is about is gone".to_owned());
        let says = match kind {
            MailKind::Confirm => Says::Confirm,
            MailKind::Login => Says::Login,
            MailKind::Confirmed => {
                let registration = self.registration.as_ref().ok_or_else(gone)?;
                let passions = registration.profile.passions.iter().map(|passion| passion.label(locale)).collect();
                Says::Confirmed { passions }
            }
            MailKind::Waitlisted => {
                let position = self.registration.as_ref().and_then(|registration| registration.position).ok_or_else(gone)?;
                Says::Waitlisted { position: u32::try_from(position).unwrap_or(1) }
            }
            MailKind::Offered => {
                let until = self.registration.as_ref().and_then(|registration| registration.offered_until()).ok_or_else(gone)?;
                Says::Offered { until }
            }
            MailKind::Rejected => Says::Rejected,
            MailKind::Cancelled => {
                let (event, registration) = (self.event.as_ref().ok_or_else(gone)?, self.registration.as_ref().ok_or_else(gone)?);
                Says::Cancelled {
                    event_off: event.state == EventState::Cancelled,
                    had_place: registration.confirmed_at.is_some(),
                    again: event.takes_registrations(now),
                }
            }
            MailKind::A0 => {
                let (person, registration) = (self.person.as_ref().ok_or_else(gone)?, self.registration.as_ref().ok_or_else(gone)?);
                Says::Freshness {
                    passions: person.profile.passions.iter().map(|passion| passion.label(locale)).collect(),
                    needs: person.profile.needs_at(now).map(|need| need.text.to_string()).collect(),
                    intention: registration.intention.clone(),
                }
            }
            MailKind::A1 => {
                let event = self.event.as_ref().ok_or_else(gone)?;
                let day = |at: DateTime<Utc>| at.with_timezone(&event.timezone.0).date_naive();
                // Over coffee nobody changes tables.
                let round = self.first_round.as_ref().filter(|_| event.kind != EventKind::Coffee);
                let minutes = round.and_then(|round| u32::try_from(round.minutes).ok());
                Says::Method {
                    tomorrow: day(now).succ_opt() == Some(day(event.starts_at)),
                    how_we_meet: event.method.read(locale, event.locale).cloned(),
                    minutes: minutes.or((event.kind == EventKind::Tables).then_some(USUAL_MINUTES)),
                    to_read: event.gives_guide(GuidePhase::Before),
                }
            }
            MailKind::F1
            | MailKind::F2
            | MailKind::F3
            | MailKind::F4
            | MailKind::F5
            | MailKind::F6
            | MailKind::C
            | MailKind::N1
            | MailKind::Stop => {
                self.prompt.as_ref().and_then(|prompt| prompt.content.as_ref()).ok_or_else(gone)?;
                Says::FollowUp { is_asked: self.is_asked, to_read: self.gives_something_to_read_after() }
            }
            MailKind::Introduction => {
                let Introduced { introducer, why, me, other } = self.introduced.as_ref().ok_or_else(gone)?;
                let shared = common_ground::of(now, &me.view(), &other.view(), locale).passions;
                Says::Introduction {
                    introducer: introducer.clone(),
                    other: other.registration.name.clone(),
                    address: other.person.email.clone(),
                    why: why.clone(),
                    passions: shared.into_iter().map(|passion| passion.label).collect(),
                }
            }
            MailKind::Test => return Err(gone()),
        };
        Ok(Frozen {
            sender: self.organizer.name.clone(),
            slug: self.event.as_ref().map(|event| event.slug.clone()),
            thread: self.earlier.clone(),
            reader: self.registration.as_ref().map(|registration| registration.name.clone()),
            event: self.event.as_ref().map(|event| frozen_event(event, &self.organizer, locale, now)),
            template: self.template.as_ref().map(|own| own.id),
            says,
        })
    }

    /// The mail with its links; `None` when a row it needs has gone. What a prompt says is large, and taken out of its row.
    pub(super) fn mail(&mut self, app: &App, frozen: Frozen, locale: Locale) -> Option<Mail> {
        let prompt = self.prompt.as_mut().map(Arc::make_mut).and_then(|row| row.content.take()).map(|content| content.0);
        let appointment = match (&self.event, &frozen.event) {
            (Some(row), Some(event)) => Some(Appointment::of(row.id, event.sequence, event.written_at, CalendarMethod::Publish)),
            _ => None,
        };
        let in_link = || self.registration.as_ref().map(|registration| app.attendee_link(registration));
        // The guide that the reader's event gives them, where they may say that they have read it. Such links are passed on:
        // it opens nothing else.
        let guide_link = |phase: GuidePhase| {
            let token = app.guide_token(self.registration.as_ref()?);
            Some(app.url(&format!("/guides/{}/{phase}/{token}", self.organizer.slug)))
        };
        let reader = frozen.reader;
        let written_at = frozen.event.as_ref().map(|event| event.written_at);
        let event = frozen.event.map(EventFacts::from);
        Some(match frozen.says {
            Says::Confirm => Mail::Confirm(convivio_mail::Confirm {
                reader: reader?,
                event: event?,
                confirm_link: app.url(&format!("/confirm/{}", app.confirm_token(self.registration.as_ref()?))),
                hours: CONFIRM_HOURS,
            }),
            Says::Confirmed { passions } => Mail::Confirmed(convivio_mail::Confirmed {
                reader: reader?,
                event: event?,
                passions,
                in_link: in_link()?,
                appointment: appointment?,
            }),
            Says::Waitlisted { position } => {
                Mail::Waitlisted(convivio_mail::Waitlisted { reader: reader?, event: event?, position, in_link: in_link()? })
            }
            Says::Offered { until } => Mail::Offered(convivio_mail::Offered {
                reader: reader?,
                event: event?,
                until,
                confirm_link: app.url(&format!("/confirm/{}", app.confirm_token(self.registration.as_ref()?))),
                in_link: in_link()?,
            }),
            Says::Rejected => Mail::Rejected(convivio_mail::Rejected { reader: reader?, event: event? }),
            Says::Cancelled { event_off, had_place, again } => {
                let page = || app.url(&format!("/e/{}/{}", self.organizer.slug, self.event.as_ref()?.slug)).into();
                Mail::Cancelled(convivio_mail::Cancelled {
                    reader: reader?,
                    event: event?,
                    event_off,
                    again_link: again.then(page).flatten(),
                    appointment: appointment.filter(|_| had_place).map(|published| {
                        // An event that is off counts one up by itself.
                        let sequence = published.sequence + u32::from(!event_off);
                        Appointment { method: CalendarMethod::Cancel, sequence, ..published }
                    }),
                })
            }
            Says::Login => Mail::Login(match &self.login {
                Some(login) => convivio_mail::Login {
                    login_link: app.url(&format!("/login/{}", app.keys.link(Purpose::Login, login.id.0, 0))),
                    minutes: Some(LOGIN_MINUTES),
                },
                None => convivio_mail::Login { login_link: in_link()?, minutes: None },
            }),
            Says::Freshness { passions, needs, intention } => Mail::Freshness(convivio_mail::Freshness {
                reader: reader?,
                event: event?,
                passions,
                needs,
                intention,
                profile_link: app.url(&format!("/profile/{}", app.attendee_token(self.registration.as_ref()?))),
                in_link: in_link()?,
            }),
            Says::Method { tomorrow, how_we_meet, minutes, to_read } => Mail::Method(convivio_mail::Method {
                reader: reader?,
                event: event?,
                tomorrow,
                how_we_meet,
                tips: convivio_followup::copy::listening_tips(locale).try_into().ok()?,
                minutes,
                guide_link: to_read.then(|| guide_link(GuidePhase::Before)).flatten(),
                in_link: in_link()?,
                appointment: appointment?,
            }),
            Says::FollowUp { .. } if matches!(prompt.as_ref()?.step, Step::N1 | Step::Stop) => Mail::Note(Box::new(convivio_mail::Note {
                reader: reader?,
                event: event?,
                prompt: prompt?,
                in_link: in_link()?,
                stop_link: app.url(&format!("/unsubscribe/{}", app.unsubscribe_token(self.person.as_ref()?))),
            })),
            Says::FollowUp { is_asked, to_read } => Mail::FollowUp(Box::new(convivio_mail::FollowUp {
                reader: reader?,
                event: event?,
                slot: written_at.and_then(|at| self.slot(prompt.as_ref()?, at)),
                prompt: prompt?,
                introductions_link: match &self.registration {
                    Some(row) if is_asked => Some(app.url(&format!("/introductions/{}", app.attendee_token(row)))),
                    _ => None,
                },
                prompt_link: app.url(&format!("/prompts/{}", app.prompt_token(self.prompt.as_ref()?))),
                guide_link: to_read.then(|| guide_link(GuidePhase::After)).flatten(),
                in_link: in_link()?,
                stop_link: app.url(&format!("/unsubscribe/{}", app.unsubscribe_token(self.person.as_ref()?))),
            })),
            Says::Introduction { introducer, other, address, why, passions } => Mail::Introduction(convivio_mail::Introduction {
                reader: reader?,
                organizer: frozen.sender,
                introducer,
                other,
                address,
                why,
                passions,
                in_link: in_link()?,
            }),
            Says::Test { prompt } => {
                // For anybody: nothing in it lets a member in to somebody else's page.
                let link = app.url(&format!("/guides/{}/{}", self.organizer.slug, GuidePhase::After));
                in_test(app, reader?, event?, Some(link).filter(|_| self.gives_something_to_read_after()), *prompt)
            }
        })
    }
}

/// The mail of a prompt whose links lead nowhere: who reads it is not who they are for.
fn in_test(app: &App, reader: PersonName, event: EventFacts, guide_link: Option<url::Url>, prompt: Prompt) -> Mail {
    let dead = |place: &str| app.url(&format!("/{place}/test"));
    let (in_link, stop_link) = (dead("in"), dead("unsubscribe"));
    if matches!(prompt.step, Step::N1 | Step::Stop) {
        return Mail::Note(Box::new(convivio_mail::Note { reader, event, prompt, in_link, stop_link }));
    }
    let (slot, introductions_link, prompt_link) = (None, None, dead("prompts"));
    Mail::FollowUp(Box::new(convivio_mail::FollowUp {
        reader,
        event,
        prompt,
        slot,
        introductions_link,
        prompt_link,
        guide_link,
        in_link,
        stop_link,
    }))
}

pub(super) fn frozen_event(event: &event::Model, organizer: &organizer::Model, locale: Locale, now: DateTime<Utc>) -> FrozenEvent {
    FrozenEvent {
        title: title_of(event, organizer, locale),
        organizer: organizer.name.clone(),
        place: event.place.clone(),
        starts_at: event.starts_at,
        ends_at: event.ends_at,
        timezone: event.timezone,
        sequence: u32::try_from(event.calendar_sequence).unwrap_or(0),
        written_at: now,
    }
}

impl Rows {
    fn gives_something_to_read_after(&self) -> bool {
        self.event.as_ref().is_none_or(|event| event.gives_guide(GuidePhase::After))
    }

    /// A time for something small together: the same day of the next week, at six in the evening by the reader's clock.
    fn slot(&self, prompt: &Prompt, written_at: DateTime<Utc>) -> Option<convivio_mail::Slot> {
        let row = self.prompt.as_ref().filter(|_| prompt.step == Step::F3 && prompt.action.kind.starts_with("step_"))?;
        let zone = self.registration.as_ref()?.zone(self.event.as_ref()?);
        let with = &prompt.recall.people.first()?.name;
        let date = written_at.with_timezone(&zone.0).date_naive() + Days::new(7);
        let starts_at = local_instant(zone, date.and_time(SIX));
        let what = prompt.subject.trim_end_matches('?');
        Some(convivio_mail::Slot {
            // A name as long as a name may be leaves no room for what it is about, which says enough.
            title: Title::parse(&format!("{what} · {with}")).or_else(|_| Title::parse(what)).ok()?,
            starts_at,
            ends_at: starts_at + TimeDelta::minutes(SLOT_MINUTES),
            appointment: Appointment { uid: row.id.to_string(), sequence: 0, written_at, method: CalendarMethod::Suggest },
        })
    }
}

const SIX: NaiveTime = NaiveTime::from_hms_opt(18, 0, 0).expect("six in the evening is a time of day");
/// As long as the prompt says.
const SLOT_MINUTES: i64 = 20;

/// The event's title in the reader's language.
pub fn title_of(event: &event::Model, organizer: &organizer::Model, locale: Locale) -> Title {
    event.title.read(locale, event.locale).cloned().unwrap_or_else(|| organizer.name.clone())
}
