//! Passions to choose from: the catalogue, and what an organizer adds to it.

use actix_web::web;
use chrono::{DateTime, Utc};
use convivio_db::{Page, Set, Stored, Tx, organizer, passion, person, registration};
use convivio_domain::{
    DeclaredPassion, Level, Locale, Localized, NO_FAMILY, Passion, PassionCode, PassionId, Phrase, Profile, Slug, catalogue, normalise,
};
use eserde::Deserialize;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::declaring::{Known, declared};
use crate::http::{
    AnyRole, ApiError, Created, FieldError, Json, List, Listing, Manager, NoContent, Patch, Query, Result, Staff, none_wrong,
};

#[derive(serde::Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// What was typed so far
    #[serde(default)]
    q: String,
    #[serde(default)]
    locale: Locale,
    /// The organizer whose event it is for.
    o: Option<String>,
    /// How many at most, 1 to 100; 20 if nothing is said. The best come first, and nothing follows
    #[param(minimum = 1, maximum = 100)]
    limit: Option<usize>,
}

#[derive(Serialize, ToSchema)]
pub struct Suggestion {
    code: PassionCode,
    labels: Localized<String>,
    synonyms: Localized<Vec<String>>,
    family: String,
}

impl From<&Passion> for Suggestion {
    fn from(passion: &Passion) -> Self {
        Self {
            code: passion.code.clone(),
            labels: passion.labels.clone(),
            synonyms: passion.synonyms.clone(),
            family: passion.family.clone(),
        }
    }
}

const MOST_TYPED: usize = 140;
const SUGGESTED: usize = 20;
const MOST_SUGGESTED: usize = 100;

/// Passions whose name in either language begins with, holds or nearly is what was typed.
pub async fn suggest(app: web::Data<App>, Query(wanted): Query<Wanted>) -> Result<List<Suggestion>> {
    if wanted.q.chars().count() > MOST_TYPED {
        return Err(ApiError::Malformed(format!("query: q must have at most {MOST_TYPED} characters")));
    }
    let limit = wanted.limit.unwrap_or(SUGGESTED);
    if !(1..=MOST_SUGGESTED).contains(&limit) {
        return Err(ApiError::Malformed(format!("query: limit must be 1 to {MOST_SUGGESTED}")));
    }
    let mut own = Vec::new();
    if let Some(slug) = &wanted.o {
        let organizer = organizer::by_slug(&app.db.central(), slug).await?.ok_or(ApiError::NotFound)?;
        own = passion::all(&app.db.read(&organizer)).await?.iter().map(passion::Model::as_passion).collect();
    }
    let found = catalogue().suggest(&own, &wanted.q, wanted.locale, limit);
    Ok(List { results: found.into_iter().map(Suggestion::from).collect(), next: None })
}

/// A passion as staff see it.
#[derive(Serialize, ToSchema)]
#[schema(as = Passion)]
pub struct StaffPassion {
    code: PassionCode,
    labels: Localized<String>,
    synonyms: Localized<Vec<String>>,
    family: String,
    /// Added by the organizer; the others are the catalogue's.
    own: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_at: Option<DateTime<Utc>>,
}

impl StaffPassion {
    fn of(passion: &Passion, created_at: Option<DateTime<Utc>>) -> Self {
        let Passion { code, labels, synonyms, family } = passion.clone();
        Self { code, labels, synonyms, family, own: created_at.is_some(), created_at }
    }
}

impl From<&passion::Model> for StaffPassion {
    fn from(row: &passion::Model) -> Self {
        Self::of(&row.as_passion(), Some(row.created_at))
    }
}

/// A passion as it comes in.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPassion {
    /// Made from the label if nothing is said. It stays.
    #[serde(default)]
    code: Option<PassionCode>,
    labels: Localized<Phrase>,
    #[serde(default)]
    #[schema(value_type = Localized<Vec<String>>)]
    synonyms: Localized<Vec<Phrase>>,
    /// One of the catalogue's families, or a word of your own.
    #[serde(default)]
    family: Option<Slug>,
}

const MOST_OWN: usize = 1000;
const MOST_SYNONYMS: usize = 20;

impl NewPassion {
    fn of(row: &passion::Model) -> Self {
        Self {
            code: Some(row.code.clone()),
            labels: row.labels.0.clone(),
            synonyms: row.synonyms.0.clone(),
            family: Slug::parse(&row.family).ok(),
        }
    }

    /// What is wrong with its names: each must say something, and be nobody else's.
    fn wrong(&self, known: &Known, itself: Option<PassionId>) -> Vec<FieldError> {
        let mut wrong = Vec::new();
        if self.labels.is_empty() {
            wrong.push(FieldError::new("/labels", "required", "must say something in at least one language"));
        }
        for (locale, synonyms) in self.synonyms.iter().filter(|(_, synonyms)| synonyms.len() > MOST_SYNONYMS) {
            let detail = format!("must have at most {MOST_SYNONYMS} entries, not {}", synonyms.len());
            wrong.push(FieldError::new(format!("/synonyms/{locale}"), "too_many", detail));
        }
        let labels = self.labels.iter().map(|(locale, label)| (format!("/labels/{locale}"), label));
        let synonyms = self.synonyms.iter().flat_map(|(locale, synonyms)| {
            synonyms.iter().enumerate().map(move |(i, synonym)| (format!("/synonyms/{locale}/{i}"), synonym))
        });
        for (pointer, name) in labels.chain(synonyms) {
            if normalise(name.as_str()).is_empty() {
                wrong.push(FieldError::new(pointer, "passion_unknown", "must hold words"));
            } else if let Some(other) = catalogue().find(name.as_str()) {
                let detail = format!("{} of the catalogue is called so", other.code.as_str());
                wrong.push(FieldError::new(pointer, "taken", detail));
            } else if let Some(other) = known.by_name(name.as_str()).filter(|other| Some(other.id) != itself) {
                wrong.push(FieldError::new(pointer, "taken", format!("{} is called so", other.code.as_str())));
            }
        }
        wrong
    }

    fn family(&self) -> String {
        self.family.as_ref().map_or(NO_FAMILY, Slug::as_str).to_owned()
    }
}

/// One of an organizer's passions.
#[derive(serde::Deserialize)]
pub struct PassionPath {
    code: String,
}

impl PassionPath {
    /// What is no code names nothing.
    fn code(&self) -> Result<PassionCode> {
        PassionCode::parse(&self.code).map_err(|_| ApiError::NotFound)
    }
}

#[derive(serde::Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Filters {
    /// `true`: the organizer's alone; `false`: the catalogue's
    own: Option<bool>,
}

/// The catalogue and the organizer's own, by code.
pub async fn list(who: Staff<AnyRole>, app: web::Data<App>, listing: Listing<Filters>) -> Result<List<StaffPassion>> {
    let wanted = listing.cursor::<PassionCode>()?;
    let own = passion::all(&app.db.read(&who)).await?;
    let mut all: Vec<StaffPassion> = own.iter().map(StaffPassion::from).collect();
    all.extend(catalogue().passions().iter().map(|passion| StaffPassion::of(passion, None)));
    all.retain(|one| listing.filters.own.is_none_or(|own| one.own == own));
    all.retain(|one| wanted.after.as_ref().is_none_or(|after| one.code > *after));
    all.sort_by(|one, other| one.code.cmp(&other.code));
    let limit = usize::try_from(wanted.limit).unwrap_or(usize::MAX);
    let more = all.len() > limit;
    all.truncate(limit);
    Ok(listing.answer(Page { rows: all, more }, |one| one.code.clone(), |one| one))
}

/// Adds a passion. Whoever has declared one of its names in free words has declared it from here on.
pub async fn create(
    who: Staff<Manager>,
    app: web::Data<App>,
    path: web::Path<String>,
    Json(new): Json<NewPassion>,
) -> Result<Created<StaffPassion>> {
    let tx = app.db.write(&who).await?;
    organizer::lock(&tx).await?;
    let known = Known::read(&tx).await?;
    let mut wrong = new.wrong(&known, None);
    if known.own.len() >= MOST_OWN {
        wrong.push(FieldError::new("", "too_many", format!("an organizer has at most {MOST_OWN} passions of its own")));
    }
    let label = new.labels.read(Locale::En, Locale::En);
    let code = new.code.clone().or_else(|| PassionCode::of_name(label?));
    match &code {
        Some(code) if code.is_free() => {
            wrong.push(FieldError::new("/code", "passion_unknown", "must not begin with x-, as the codes of free words do"));
        }
        Some(code) if catalogue().get(code.as_str()).is_some() || known.by_code(code).is_some() => {
            wrong.push(FieldError::new("/code", "taken", "another passion has this code"));
        }
        _ => {}
    }
    none_wrong(wrong)?;
    let code = code.ok_or_else(|| ApiError::Invalid(vec![FieldError::new("/code", "required", "cannot be made from the label")]))?;
    let family = new.family();
    let row = passion::Model {
        id: PassionId::new(),
        organizer_id: who.organizer.id,
        code,
        labels: Stored(new.labels),
        synonyms: Stored(new.synonyms),
        family,
        created_at: app.clock.now(),
    };
    // The code is a passion again, whatever it was merged into.
    passion::unmerge(&tx, std::slice::from_ref(&row.code)).await?;
    let row = passion::insert(&tx, row).await?;
    adopt(&tx, &row).await?;
    tx.commit().await?;
    let location = format!("/api/v1/organizers/{}/passions/{}", *path, row.code.as_str());
    Ok(Created(location, StaffPassion::from(&row)))
}

/// Changes what it is called. Those who declared it have it under its new name.
pub async fn update(
    who: Staff<Manager>,
    app: web::Data<App>,
    path: web::Path<PassionPath>,
    patch: Patch<NewPassion>,
) -> Result<Json<StaffPassion>> {
    let tx = app.db.write(&who).await?;
    organizer::lock(&tx).await?;
    let known = Known::read(&tx).await?;
    let row = own(&known, &path.code()?)?;
    let form = patch.onto(NewPassion::of(row))?;
    let mut wrong = form.wrong(&known, Some(row.id));
    if form.code.as_ref().is_some_and(|code| *code != row.code) {
        wrong.push(FieldError::new("/code", "fixed", "cannot be changed; add another and merge this one into it"));
    }
    none_wrong(wrong)?;
    let changes = passion::ActiveModel {
        family: Set(form.family()),
        labels: Set(Stored(form.labels)),
        synonyms: Set(Stored(form.synonyms)),
        ..Default::default()
    };
    passion::change(&tx, row.id, changes).await?;
    let row = passion::by_code(&tx, &row.code).await?.ok_or(ApiError::NotFound)?;
    adopt(&tx, &row).await?;
    tx.commit().await?;
    Ok(Json(StaffPassion::from(&row)))
}

/// Takes it out of the organizer's passions. Whoever declared it keeps it, in free words.
pub async fn remove(who: Staff<Manager>, app: web::Data<App>, path: web::Path<PassionPath>) -> Result<NoContent> {
    let tx = app.db.write(&who).await?;
    organizer::lock(&tx).await?;
    let known = Known::read(&tx).await?;
    let row = own(&known, &path.code()?)?;
    passion::remove(&tx, row.id).await?;
    passion::unmerge(&tx, std::slice::from_ref(&row.code)).await?;
    let label = row.labels.read(Locale::En, Locale::En).cloned().ok_or(ApiError::NotFound)?;
    let words = DeclaredPassion::from_words(label, Level::default()).map_err(|err| anyhow::anyhow!("{err}"))?;
    redeclare(&tx, std::slice::from_ref(&row.code), &words).await?;
    tx.commit().await?;
    Ok(NoContent)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Merge {
    /// A passion of your own, or the `x-…` code of free words
    from: PassionCode,
    /// A passion of your own or of the catalogue
    into: PassionCode,
}

#[derive(Serialize, ToSchema)]
pub struct Merged {
    into: StaffPassion,
    /// How many registrations declared the other one
    registrations: u64,
    /// How many profiles declared the other one
    people: u64,
}

/// Whoever declared one passion declares the other from here on, and so will whoever declares the first one later.
pub async fn merge(who: Staff<Manager>, app: web::Data<App>, Json(merge): Json<Merge>) -> Result<Json<Merged>> {
    let tx = app.db.write(&who).await?;
    organizer::lock(&tx).await?;
    let known = Known::read(&tx).await?;
    let from = known.by_code(&merge.from);
    let mut wrong = Vec::new();
    if catalogue().get(merge.from.as_str()).is_some() {
        wrong.push(FieldError::new("/from", "fixed", "is of the catalogue, which stays as it is"));
    } else if from.is_none() && !merge.from.is_free() {
        wrong.push(FieldError::new("/from", "passion_unknown", "must be a passion of your own, or the code of free words"));
    }
    let target = match (catalogue().get(merge.into.as_str()), known.by_code(&merge.into)) {
        (Some(passion), _) => Some((StaffPassion::of(passion, None), None)),
        (None, Some(row)) => Some((StaffPassion::from(row), Some(row))),
        (None, None) => {
            wrong.push(FieldError::new("/into", "passion_unknown", "must be a passion of the catalogue or of your own"));
            None
        }
    };
    if merge.from == merge.into {
        wrong.push(FieldError::new("/into", "repeated", "is the same passion"));
    }
    none_wrong(wrong)?;
    let (into, row) = target.ok_or(ApiError::NotFound)?;
    if let Some(from) = from {
        passion::remove(&tx, from.id).await?;
    }
    passion::merge(&tx, &merge.from, &merge.into, app.clock.now()).await?;
    // Its names were kept from free words, which now find the other one.
    for name in from.iter().flat_map(|from| from.names()).filter_map(PassionCode::of_free_words) {
        passion::merge(&tx, &name, &merge.into, app.clock.now()).await?;
    }
    let as_declared = match row {
        Some(row) => declared(row, Level::default()),
        None => DeclaredPassion { code: merge.into.clone(), text: None, labels: None, level: Level::default() },
    };
    let (registrations, people) = redeclare(&tx, std::slice::from_ref(&merge.from), &as_declared).await?;
    tx.commit().await?;
    Ok(Json(Merged { into, registrations, people }))
}

fn own<'a>(known: &'a Known, code: &PassionCode) -> Result<&'a passion::Model> {
    match known.by_code(code) {
        Some(row) => Ok(row),
        // It is there, and not the organizer's to change.
        None if catalogue().get(code.as_str()).is_some() => Err(ApiError::Forbidden),
        None => Err(ApiError::NotFound),
    }
}

/// Everybody who declares it, by its code or by one of its names in free words, declares it as it is called now.
async fn adopt(tx: &Tx, row: &passion::Model) -> Result<()> {
    let mut codes: Vec<PassionCode> = row.names().into_iter().filter_map(PassionCode::of_free_words).collect();
    // A name that is its own now does not lead elsewhere any more.
    passion::unmerge(tx, &codes).await?;
    codes.push(row.code.clone());
    redeclare(tx, &codes, &declared(row, Level::default())).await?;
    Ok(())
}

/// In registrations and profiles alike; the level is the person's. Says how many of each there were.
async fn redeclare(tx: &Tx, codes: &[PassionCode], to: &DeclaredPassion) -> Result<(u64, u64)> {
    let change = |profile: &mut Profile| profile.redeclare(codes, to);
    // People before registrations, as whoever holds both.
    let people = person::redeclare(tx, codes, change).await?;
    Ok((registration::redeclare(tx, codes, change).await?, people))
}
