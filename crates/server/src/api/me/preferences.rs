//! What an attendee wants of the follow-up, and who may see what of them.

use actix_web::web;
use chrono::{DateTime, Days, NaiveDate, Utc};
use convivio_db::{Scoped, Set, Stored, Tx, person, registration};
use convivio_domain::words::Reason;
use convivio_domain::{Preferences, Profile, Visibility};
use convivio_followup::rules::Caps;
use convivio_followup::window::Hours;
use eserde::Deserialize;
use serde::Serialize;
use utoipa::ToSchema;

use crate::answering::LONGEST_PAUSE;
use crate::app::App;
use crate::gardening;
use crate::http::{ApiError, Attendee, FieldError, Json, Patch, Result, none_wrong};
use crate::prompting::{hours_of, wanted_by};

/// How one would be written to. Caps and hours may only be made tighter than the organizer's.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = Preferences)]
#[serde(deny_unknown_fields)]
pub struct MyPreferences {
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

/// No reader wants fewer than one mail in so many days.
const LONGEST_REST: u16 = 100;

impl MyPreferences {
    fn of(person: &person::Model, registrations: &[registration::Model], now: DateTime<Utc>) -> Self {
        let wanted = wanted_by(person);
        let (caps, hours) = (Caps::default().tightened(wanted.every_days, wanted.per_event), hours_of(&wanted));
        Self {
            streams: Streams { follow_up: person.follow_up_stopped_at.is_none() },
            cap: Cap { every_days: caps.every_days(), per_event: caps.per_event() },
            window: Window { from: hours.from(), to: hours.to() },
            pause: wanted.pause.filter(|day| now.date_naive() <= *day),
            visibility: person.profile.visibility.clone(),
            consents: MyConsents { follow_up: registrations.iter().any(|one| one.follow_up), chat_delivery: wanted.chat_delivery },
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
pub async fn update(who: Attendee, app: web::Data<App>, patch: Patch<MyPreferences>) -> Result<Json<MyPreferences>> {
    Ok(Json(change(&app, &who, |before| patch.onto(before)).await?))
}

/// The same, by a patch or by the page's form, which say what is to become of what stands.
pub async fn change(app: &App, who: &Attendee, say: impl FnOnce(MyPreferences) -> Result<MyPreferences>) -> Result<MyPreferences> {
    let (tx, now) = (app.db.write(who).await?, app.clock.now());
    // Held, so that of two changes at once the later is applied to what the earlier made.
    let person = person::lock(&tx, who.person.id).await?.ok_or(ApiError::NotFound)?;
    let before = shown(&tx, &person, now).await?;
    let form = say(before.clone())?;
    none_wrong(form.wrong(now))?;
    let stopped_at = if form.streams.follow_up { None } else { person.follow_up_stopped_at.or(Some(now)) };
    person::set_preferences(&tx, person.id, form.wanted(), stopped_at).await?;
    if before.streams.follow_up && !form.streams.follow_up {
        gardening::call_off(&tx, person.id, Reason::Unsubscribed).await?;
    }
    if form.visibility != person.profile.visibility {
        person::set_profile(&tx, person.id, Profile { visibility: form.visibility.clone(), ..person.profile.0.clone() }).await?;
    }
    carry_over(&tx, &person, &form, form.consents.follow_up != before.consents.follow_up).await?;
    let person = person::find_by_id(&tx, person.id).await?.ok_or(ApiError::NotFound)?;
    let answer = shown(&tx, &person, now).await?;
    tx.commit().await?;
    Ok(answer)
}

pub(super) async fn shown(scope: &impl Scoped, person: &person::Model, now: DateTime<Utc>) -> Result<MyPreferences> {
    Ok(MyPreferences::of(person, &registration::all_of_person(scope, person.id).await?, now))
}

/// What others may see follows the person to every event, and so does their word on being written to.
async fn carry_over(tx: &Tx, person: &person::Model, form: &MyPreferences, says_anew: bool) -> Result<()> {
    for row in registration::lock_all_of_person(tx, person.id).await? {
        let mut changes = registration::ActiveModel::default();
        if form.visibility == row.profile.visibility && !says_anew {
            continue;
        }
        if form.visibility != row.profile.visibility {
            changes.profile = Set(Stored(Profile { visibility: form.visibility.clone(), ..row.profile.0.clone() }));
        }
        if says_anew {
            changes.follow_up = Set(form.consents.follow_up);
        }
        registration::change(tx, row.id, changes).await?;
    }
    Ok(())
}
