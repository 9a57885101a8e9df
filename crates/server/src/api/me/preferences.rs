//! What an attendee wants of the follow-up, and who may see what of them.

use actix_web::web;
use chrono::{DateTime, Days, NaiveDate, Utc};
use convivio_db::{Scoped, Set, Stored, Tx, consent, person, registration};
use convivio_domain::words::Reason;
use convivio_domain::{ConsentPurpose, ConsentWay, Locale, Preferences, Profile, Visibility};
use convivio_followup::rules::Caps;
use convivio_followup::window::Hours;
use eserde::Deserialize;
use serde::Serialize;
use utoipa::ToSchema;

use crate::answering::LONGEST_PAUSE;
use crate::app::App;
use crate::consenting::{self, Saying};
use crate::gardening;
use crate::http::{ApiError, Attendee, FieldError, Json, Patch, Result, none_wrong};
use crate::prompting::{hours_of, wanted_by};

/// How one would be written to, as one says it; what a merge patch is applied to. Caps and hours may only be made tighter than the organizer's.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = PreferencesForm)]
#[serde(deny_unknown_fields)]
pub struct SaidPreferences {
    streams: Streams,
    cap: Cap,
    window: Window,
    /// Nothing before ten on this day
    #[serde(default)]
    #[eserde(compat)]
    pause: Option<NaiveDate>,
    /// Who may see each field
    visibility: Visibility,
    consents: MyConsents,
}

/// The same as it stands, with what one agrees to.
#[derive(Serialize, ToSchema)]
#[schema(as = Preferences)]
pub struct MyPreferences {
    streams: Streams,
    cap: Cap,
    window: Window,
    /// Nothing before ten on this day
    pause: Option<NaiveDate>,
    /// Every field, and who may see it
    visibility: Visibility,
    consents: MyConsents,
    /// For oneself alone: of what one agrees to, the words and since when
    #[serde(skip_serializing_if = "Option::is_none")]
    consent_texts: Option<ConsentTexts>,
}

/// What one is sent. Mails about a seat of one's own always come.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Streams {
    /// Off ends every sequence; on, what comes after further events comes again
    follow_up: bool,
}

#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Cap {
    /// One mail in so many days, over all events: 7 to 100
    every_days: u16,
    /// So many mails an event: 0 to 6
    per_event: u16,
}

#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = QuietWindow)]
#[serde(deny_unknown_fields)]
struct Window {
    /// The first full hour, by one's own clock: 9 or later
    from: u8,
    /// The hour from which on it is quiet: 18 or earlier
    to: u8,
}

#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = ConsentsByPurpose)]
#[serde(deny_unknown_fields)]
struct MyConsents {
    /// Personal prompts about the people met, for every registration of one's own
    follow_up: bool,
    /// A chat tool of the organizer may bring them
    chat_delivery: bool,
}

#[derive(Serialize, ToSchema)]
struct ConsentTexts {
    follow_up: MyConsentText,
    chat_delivery: MyConsentText,
}

/// What one agrees to for a purpose, and the last word on it.
#[derive(Serialize, ToSchema)]
#[schema(as = ConsentText)]
struct MyConsentText {
    granted: bool,
    /// When it was agreed to or taken back; `null` where nobody has said anything
    at: Option<DateTime<Utc>>,
    /// Of the words that were read then; `null` where somebody else said it for one
    text_version: Option<String>,
    /// Of the words as they are now
    current_text_version: String,
    /// The words as they are now, in one's own language
    text: String,
}

impl MyConsentText {
    fn of(purpose: ConsentPurpose, granted: bool, history: &[consent::Model], locale: Locale) -> Self {
        // What was agreed to before there was a history has no word in it.
        let word = consent::newest(history, purpose, granted);
        let text = purpose.text(locale);
        Self {
            granted,
            at: word.map(|word| word.created_at),
            text_version: word.and_then(|word| word.text_version.clone()),
            current_text_version: text.version.to_owned(),
            text: text.whole(),
        }
    }
}

/// No reader wants fewer than one mail in so many days.
const LONGEST_REST: u16 = 100;

impl MyPreferences {
    fn of(said: SaidPreferences, history: &[consent::Model], locale: Locale) -> Self {
        let text = |purpose, granted| MyConsentText::of(purpose, granted, history, locale);
        let consent_texts = ConsentTexts {
            follow_up: text(ConsentPurpose::FollowUp, said.consents.follow_up),
            chat_delivery: text(ConsentPurpose::ChatDelivery, said.consents.chat_delivery),
        };
        Self {
            streams: said.streams,
            cap: said.cap,
            window: said.window,
            pause: said.pause,
            visibility: said.visibility,
            consents: said.consents,
            consent_texts: Some(consent_texts),
        }
    }

    /// Whether somebody agrees is what staff go by; when, and to which words, is between them and us.
    pub(super) fn for_staff(self) -> Self {
        Self { consent_texts: None, ..self }
    }
}

impl SaidPreferences {
    fn of(person: &person::Model, registrations: &[registration::Model], history: &[consent::Model], now: DateTime<Utc>) -> Self {
        let wanted = wanted_by(person);
        let (caps, hours) = (Caps::default().tightened(wanted.every_days, wanted.per_event), hours_of(&wanted));
        let follow_up = registrations.iter().any(|one| consenting::agrees(one, history));
        Self {
            streams: Streams { follow_up: person.follow_up_stopped_at.is_none() },
            cap: Cap { every_days: caps.every_days(), per_event: caps.per_event() },
            window: Window { from: hours.from(), to: hours.to() },
            pause: wanted.pause.filter(|day| now.date_naive() <= *day),
            visibility: person.profile.visibility.spelt_out(),
            consents: MyConsents { follow_up, chat_delivery: wanted.chat_delivery },
        }
    }

    fn wrong(&self, now: DateTime<Utc>) -> Vec<FieldError> {
        let usual = Caps::default();
        let mut wrong = Vec::new();
        let mut refuse = |pointer: &str, detail: &str| wrong.push(FieldError::new(pointer, "out_of_range", detail));
        if !(usual.every_days()..=LONGEST_REST).contains(&self.cap.every_days) {
            refuse("/cap/every_days", "must be from 7 to 100");
        }
        if self.cap.per_event > usual.per_event() {
            refuse("/cap/per_event", "must be from 0 to 6");
        }
        if Hours::fewer(Some(self.window.from), Some(self.window.to)).is_none() {
            refuse("/window", "must be hours between 9 and 18, the first before the second");
        }
        let past = |day: NaiveDate| day < now.date_naive() || day > now.date_naive() + Days::new(LONGEST_PAUSE);
        if self.pause.is_some_and(past) {
            refuse("/pause", "must be a day to come, within a year");
        }
        wrong
    }

    fn wanted(&self) -> Preferences {
        Preferences {
            every_days: Some(self.cap.every_days),
            per_event: Some(self.cap.per_event),
            from: Some(self.window.from),
            to: Some(self.window.to),
            pause: self.pause,
            chat_delivery: self.consents.chat_delivery,
        }
    }
}

pub async fn show(who: Attendee, app: web::Data<App>) -> Result<Json<MyPreferences>> {
    Ok(Json(as_they_are(&app, &who).await?))
}

/// How one would be written to, as it stands.
pub async fn as_they_are(app: &App, who: &Attendee) -> Result<MyPreferences> {
    shown(&app.db.read(who), &who.person, app.clock.now()).await
}

/// Changes what the merge patch names.
pub async fn update(who: Attendee, app: web::Data<App>, patch: Patch<SaidPreferences>) -> Result<Json<MyPreferences>> {
    let saying = Saying { how: ConsentWay::Api, locale: who.person.locale };
    Ok(Json(change(&app, &who, saying, |before| patch.onto(before)).await?))
}

/// The same, by a patch or by the page's form, which say what is to become of what stands.
pub async fn change(
    app: &App,
    who: &Attendee,
    saying: Saying,
    say: impl FnOnce(SaidPreferences) -> Result<SaidPreferences>,
) -> Result<MyPreferences> {
    let tx = app.db.write(who).await?;
    // Held, so that of two changes at once the later is applied to what the earlier made, and bears a later time.
    let person = person::lock(&tx, who.person.id).await?.ok_or(ApiError::NotFound)?;
    let now = app.clock.now();
    let before = kept(&tx, &person, &consent::of_person(&tx, person.id).await?, now).await?;
    let form = say(before.clone())?;
    none_wrong(form.wrong(now))?;
    let stopped_at = if form.streams.follow_up { None } else { person.follow_up_stopped_at.or(Some(now)) };
    person::set_preferences(&tx, person.id, form.wanted(), stopped_at).await?;
    if before.streams.follow_up && !form.streams.follow_up {
        gardening::call_off(&tx, person.id, Reason::Unsubscribed).await?;
    }
    if form.visibility.complete() != person.profile.visibility.complete() {
        let visibility = form.visibility.said_after(&person.profile.visibility);
        person::set_profile(&tx, person.id, Profile { visibility, ..person.profile.0.clone() }).await?;
    }
    carry_over(&tx, &person, &form, form.consents.follow_up != before.consents.follow_up).await?;
    for (purpose, was, is) in [
        (ConsentPurpose::FollowUp, before.consents.follow_up, form.consents.follow_up),
        (ConsentPurpose::ChatDelivery, before.consents.chat_delivery, form.consents.chat_delivery),
    ] {
        if is != was {
            consenting::at_preferring(&tx, &person, purpose, is, saying, now).await?;
        }
    }
    let person = person::find_by_id(&tx, person.id).await?.ok_or(ApiError::NotFound)?;
    let answer = shown(&tx, &person, now).await?;
    tx.commit().await?;
    Ok(answer)
}

pub(super) async fn shown(scope: &impl Scoped, person: &person::Model, now: DateTime<Utc>) -> Result<MyPreferences> {
    let history = consent::of_person(scope, person.id).await?;
    Ok(MyPreferences::of(kept(scope, person, &history, now).await?, &history, person.locale))
}

async fn kept(scope: &impl Scoped, person: &person::Model, history: &[consent::Model], now: DateTime<Utc>) -> Result<SaidPreferences> {
    Ok(SaidPreferences::of(person, &registration::all_of_person(scope, person.id).await?, history, now))
}

/// What others may see follows the person to every event, and so does their word on being written to.
async fn carry_over(tx: &Tx, person: &person::Model, form: &SaidPreferences, says_anew: bool) -> Result<()> {
    for row in registration::lock_all_of_person(tx, person.id).await? {
        let mut changes = registration::ActiveModel::default();
        let shows_otherwise = form.visibility.complete() != row.profile.visibility.complete();
        if !shows_otherwise && !says_anew {
            continue;
        }
        if shows_otherwise {
            let visibility = form.visibility.said_after(&row.profile.visibility);
            changes.profile = Set(Stored(Profile { visibility, ..row.profile.0.clone() }));
        }
        if says_anew {
            changes.follow_up = Set(form.consents.follow_up);
        }
        registration::change(tx, row.id, changes).await?;
    }
    Ok(())
}
