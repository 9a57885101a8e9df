//! What staff correct in a registration.

use actix_web::web;
use convivio_db::{Set, Stored, event, person, question, registration};
use convivio_domain::words::RegistrationState;
use convivio_domain::{
    Consents, DeclaredPassion, EmailAddress, FreeText, Language, Line, Locale, Need, Passions, PersonName, Phrase, Profile,
    RegistrationCode, Timezone, Wishes,
};
use eserde::Deserialize;
use serde::Serialize;
use utoipa::ToSchema;

use super::ItemPath;
use super::registrations::Registration;
use crate::app::App;
use crate::declaring::{self, Known};
use crate::http::{ApiError, IfMatch, Manager, Patch, Result, Staff, Tagged};
use crate::registering::NewRegistration;
use crate::zones;

/// What staff may correct. The address, the consents and who may see what are the person's own.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    passions: Passions,
    name: PersonName,
    #[serde(default)]
    headline: Option<Line>,
    #[serde(default)]
    unit: Option<Line>,
    #[serde(default)]
    working_on: Option<Line>,
    #[serde(default)]
    offers: Vec<Phrase>,
    #[serde(default)]
    needs: Vec<Need>,
    #[serde(default)]
    intention: Option<FreeText>,
    #[serde(default)]
    languages: Vec<Language>,
    #[serde(default)]
    wishes: Wishes,
    #[serde(default)]
    accessibility: Option<FreeText>,
    #[serde(default)]
    #[eserde(compat)]
    answers: serde_json::Map<String, serde_json::Value>,
    #[serde(default)]
    locale: Locale,
    #[serde(default)]
    timezone: Option<Timezone>,
}

/// The same as it stands, for a patch to be laid over.
#[derive(Serialize)]
struct Standing<'a> {
    passions: &'a [DeclaredPassion],
    name: &'a PersonName,
    headline: &'a Option<Line>,
    unit: &'a Option<Line>,
    working_on: &'a Option<Line>,
    offers: &'a [Phrase],
    needs: Vec<&'a Need>,
    intention: &'a Option<FreeText>,
    languages: &'a [Language],
    wishes: &'a Wishes,
    accessibility: &'a Option<FreeText>,
    answers: &'a serde_json::Map<String, serde_json::Value>,
    locale: Locale,
    timezone: Option<Timezone>,
}

impl Correction {
    /// The rules are those of a registration that comes in.
    fn check(&self, email: EmailAddress) -> Result<()> {
        let form = self.clone();
        let whole = NewRegistration {
            email,
            name: form.name,
            passions: form.passions,
            headline: form.headline,
            unit: form.unit,
            working_on: form.working_on,
            offers: form.offers,
            needs: form.needs,
            intention: form.intention,
            languages: form.languages,
            wishes: form.wishes,
            accessibility: form.accessibility,
            answers: form.answers,
            locale: Some(form.locale),
            timezone: form.timezone,
            consents: Consents::default(),
            visibility: convivio_domain::Visibility::default(),
            email_confirmed: true,
        };
        whole.check()
    }

    /// Read with what the organizer has said, as at the form; what the correction leaves alone stays as it is.
    fn settle(self, row: &registration::Model, known: &Known, questions: &[question::Model]) -> Result<Self> {
        let passions = if *self.passions == *row.profile.passions { Ok(self.passions.clone()) } else { known.settle(&self.passions) };
        match (passions, declaring::corrected(questions, &row.answers, &self.answers)) {
            (Ok(passions), Ok(answers)) => Ok(Self { passions, answers, ..self }),
            (passions, answers) => Err(ApiError::Invalid(passions.err().into_iter().chain(answers.err()).flatten().collect())),
        }
    }
}

/// Corrects what the merge patch names; needs that have ended are dropped on the way. The person's own profile stays as it is.
pub async fn update(
    who: Staff<Manager>,
    app: web::Data<App>,
    path: web::Path<ItemPath>,
    if_match: IfMatch,
    patch: Patch<Correction>,
) -> Result<Tagged<Registration>> {
    let now = app.clock.now();
    let code = RegistrationCode::parse(&path.id).map_err(|_| ApiError::NotFound)?;
    let tx = app.db.write(&who).await?;
    // Before the registration is held, as by everybody who changes what is declared.
    let known = Known::hold(&tx).await?;
    let event = event::by_slug(&tx, &path.event).await?.ok_or(ApiError::NotFound)?;
    let seen = registration::by_code(&tx, event.id, &code).await?.ok_or(ApiError::NotFound)?;
    // The person before the registration, as everybody does who holds both. Of somebody erased there is nobody to hold.
    person::lock(&tx, seen.person_id).await?;
    let row = registration::lock_by_code(&tx, &code).await?.filter(|row| row.event_id == event.id).ok_or(ApiError::NotFound)?;
    if_match.ensure(row.version)?;
    if row.state == RegistrationState::Anonymised {
        return Err(ApiError::WrongState(row.state.to_string()));
    }
    let person = person::find_by_id(&tx, row.person_id).await?.ok_or(ApiError::NotFound)?;
    let form = patch.onto(Standing {
        passions: &row.profile.passions,
        name: &row.name,
        headline: &row.profile.headline,
        unit: &row.profile.unit,
        working_on: &row.profile.working_on,
        offers: &row.profile.offers,
        needs: row.profile.needs_at(now).collect(),
        intention: &row.intention,
        languages: &row.profile.languages,
        wishes: &row.wishes,
        accessibility: &row.accessibility,
        answers: &row.answers,
        locale: row.locale,
        timezone: row.timezone,
    })?;
    form.check(person.email.clone())?;
    let form = form.settle(&row, &known, &question::of_event(&tx, event.id).await?)?;
    let profile = Profile {
        passions: form.passions.into_vec(),
        headline: form.headline,
        unit: form.unit,
        working_on: form.working_on,
        offers: form.offers,
        needs: form.needs,
        languages: form.languages,
        visibility: row.profile.visibility.clone(),
    };
    let changes = registration::ActiveModel {
        name: Set(form.name),
        profile: Set(Stored(profile)),
        intention: Set(form.intention),
        wishes: Set(Stored(form.wishes)),
        accessibility: Set(form.accessibility),
        answers: Set(Stored(form.answers)),
        locale: Set(form.locale),
        timezone: Set(form.timezone),
        ..Default::default()
    };
    registration::change(&tx, row.id, changes).await?;
    zones::keep_hours(&tx, row.id, row.zone(&event), form.timezone.unwrap_or(event.timezone)).await?;
    let row = registration::find_by_id(&tx, row.id).await?.ok_or(ApiError::NotFound)?;
    let answer = Tagged(row.version, Registration::seated(&tx, &event, row, Some(person.email), who.role, now).await?);
    tx.commit().await?;
    Ok(answer)
}
