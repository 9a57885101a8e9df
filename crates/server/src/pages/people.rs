//! The people somebody keeps: who asked, whom they keep, and whom they met and may choose.

use std::collections::BTreeSet;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use convivio_db::{Scoped, block, connection, encounter, event, registration};
use convivio_domain::prompt::Sitting;
use convivio_domain::words::{ConnectionState, RegistrationState};
use convivio_domain::{Field, Locale, PersonId, RegistrationCode, RegistrationId};

use super::contacts;
use super::my_table::signed_in;
use super::views::{Balance, Evening, FieldError, KeptPerson, MetAt, MetPerson, Page, PeoplePage, Sat, WhoAsked, ways};
use super::{Form, app, done, drawn, just_done, locale_of, or_problem};
use crate::api::me::connections::{self, Connection};
use crate::api::me::{encounters, mirror};
use crate::app::App;
use crate::authoring::write_as;
use crate::gardening;
use crate::http::{ApiError, Attendee, Result, none_wrong};
use crate::keeping::{self, MOST_KEPT};

/// What the page has words for once it is done.
const DONE: [&str; 8] = ["chosen", "accepted", "declined", "ended", "blocked", "written_down", "in_touch", "forgotten"];

pub async fn show(request: HttpRequest, token: web::Path<String>) -> HttpResponse {
    or_problem(&request, shown(&request, &token, &Form(Default::default()), Vec::new()).await)
}

async fn shown(request: &HttpRequest, token: &str, form: &Form, errors: Vec<FieldError>) -> Result<HttpResponse> {
    let app = app(request);
    let who = signed_in(&app, token).await?;
    let locale = locale_of(request, Some(who.registration.locale));
    let (read, now) = (app.db.read(&who), app.clock.now());
    let connections = connections::all(&read, &who, now).await?;
    let met = Met::all(&read, &who, &connections).await?;
    let balance = mirror::of(&read, &who, locale, now).await?;
    let with = |one: &Connection| met.iter().find(|met| met.other.code == one.code);
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let view = PeoplePage {
        ways: ways(&app.attendee_token(&who.registration), "people"),
        done: just_done(request, &DONE),
        asked: connections.iter().filter(|one| one.incoming).filter_map(|one| Some(who_asked(one, with(one)?, locale))).collect(),
        kept: connections.iter().filter_map(|one| kept(one, with(one)?, token, locale)).collect(),
        evenings: evenings(&met, &connections, form, locale),
        contacts: contacts::of(&read, &who, form, now).await?,
        balance: Balance { gives: balance.gives, asks: balance.asks, notice: balance.notice },
        errors,
    };
    drawn(status, &Page::People(Box::new(view)), locale)
}

fn who_asked(one: &Connection, met: &Met, locale: Locale) -> WhoAsked {
    WhoAsked {
        id: one.id.to_string(),
        name: met.name(),
        met: met.at(locale),
        shared: met.shared(locale),
        context: one.context.as_ref().map(ToString::to_string),
    }
}

fn kept(one: &Connection, met: &Met, token: &str, locale: Locale) -> Option<KeptPerson> {
    let private = one.private.as_ref()?;
    Some(KeptPerson {
        path: format!("/in/{token}/people/{}", one.id),
        name: met.name(),
        met: met.at(locale),
        shared: met.shared(locale),
        state: one.state,
        stage: private.stage,
        temperature: private.temperature,
    })
}

/// Whom one met and neither keeps nor has to answer, the last evening first. Who keeps their name cannot be told apart, and is left out.
fn evenings(met: &[Met], connections: &[Connection], form: &Form, locale: Locale) -> Vec<Evening> {
    let known = met.iter().filter(|met| connections.iter().any(|one| one.code == met.other.code));
    let mut seen: BTreeSet<PersonId> = known.map(|met| met.other.person_id).collect();
    let chosen_at =
        |slug: &str| connections.iter().filter(|one| one.state == ConnectionState::Suggested && one.event.as_str() == slug).count();
    let mut evenings: Vec<Evening> = Vec::new();
    for one in met.iter().rev() {
        let Some(name) = one.name() else { continue };
        if !seen.insert(one.other.person_id) {
            continue;
        }
        let slug = one.event.slug.to_string();
        let person = MetPerson {
            code: one.other.code.clone(),
            name,
            sittings: one.sittings(locale),
            shared: one.shared(locale),
            ticked: form.ticked(&format!("keep_{}", one.other.code)),
        };
        match evenings.iter_mut().find(|evening| evening.slug == slug) {
            Some(evening) => evening.people.push(person),
            None => evenings.push(Evening {
                open: chosen_at(&slug) < MOST_KEPT,
                slug,
                title: one.event.title(locale).to_owned(),
                starts_at: one.event.starts_at,
                timezone: one.event.timezone,
                people: vec![person],
            }),
        }
    }
    evenings
}

pub async fn submit(request: HttpRequest, token: web::Path<String>, form: Form) -> HttpResponse {
    or_problem(&request, submitted(&request, &token, form).await)
}

async fn submitted(request: &HttpRequest, token: &str, form: Form) -> Result<HttpResponse> {
    let app = app(request);
    let who = signed_in(&app, token).await?;
    let locale = locale_of(request, Some(who.registration.locale));
    if let Some((what, result)) = contacts::posted(&app, &who, &form).await {
        return match result {
            Ok(()) => Ok(done(&format!("/in/{token}/people"), locale, what)),
            Err(ApiError::Invalid(wrong)) => shown(request, token, &form, contacts::errors(wrong)).await,
            Err(err) => Err(err),
        };
    }
    let (what, result) = match (form.get("accept"), form.get("decline"), form.get("choose")) {
        ("", "", "") => return shown(request, token, &form, Vec::new()).await,
        ("", "", event) => ("chosen", choose(&app, &who, event, &form).await),
        ("", id, _) => ("declined", decline(&app, &who, id).await),
        (id, _, _) => ("accepted", accept(&app, &who, id, form.ticked(&format!("exchange_{id}"))).await),
    };
    match result {
        // Pressed twice: it is so already.
        Ok(()) | Err(ApiError::WrongState(_)) => Ok(done(&format!("/in/{token}/people"), locale, what)),
        Err(ApiError::Invalid(wrong)) => {
            let errors = wrong.into_iter().map(|error| FieldError::new("keep", error.code)).collect();
            shown(request, token, &form, errors).await
        }
        Err(err) => Err(err),
    }
}

async fn accept(app: &App, who: &Attendee, id: &str, exchange: bool) -> Result<()> {
    let tx = write_as(app, who, who.person.id).await?;
    keeping::accept(&tx, who, id, exchange, app.clock.now()).await?;
    Ok(tx.commit().await?)
}

async fn decline(app: &App, who: &Attendee, id: &str) -> Result<()> {
    let tx = write_as(app, who, who.person.id).await?;
    keeping::decline(&tx, who, id, app.clock.now()).await?;
    Ok(tx.commit().await?)
}

/// Those who are ticked, besides those one thinks of already.
async fn choose(app: &App, who: &Attendee, event: &str, form: &Form) -> Result<()> {
    // Held, so that two forms at once do not add up to more than may be kept.
    let (tx, now) = (write_as(app, who, who.person.id).await?, app.clock.now());
    let event = event::by_slug(&tx, event).await?.ok_or(ApiError::NotFound)?;
    let thought_of = |row: &&connection::Model| row.event_id == event.id && row.state == ConnectionState::Suggested;
    let before = connection::kept(&tx, who.person.id).await?;
    let mut chosen: BTreeSet<PersonId> = before.iter().filter(thought_of).map(|row| row.other_id).collect();
    for field in form.0.keys() {
        let Some(code) = field.strip_prefix("keep_") else { continue };
        let code = RegistrationCode::parse(code).map_err(|_| ApiError::NotFound)?;
        let met = keeping::met_by_code(&tx, who, &code).await?.filter(|met| met.event_id == event.id);
        chosen.insert(met.ok_or(ApiError::NotFound)?.person_id);
    }
    none_wrong(keeping::too_many(chosen.len()).into_iter().collect())?;
    let chosen: Vec<PersonId> = chosen.into_iter().collect();
    keeping::choose(&tx, who.person.id, event.id, &chosen, now).await?;
    gardening::heard_from(&tx, who.person.id, now).await?;
    Ok(tx.commit().await?)
}

/// Somebody the reader sat with, or was introduced to.
pub(super) struct Met {
    pub mine: registration::Model,
    pub other: registration::Model,
    pub event: event::Model,
    sittings: Vec<Sitting>,
    introduced: Option<Introduced>,
}

/// By whom, unless their name is gone.
struct Introduced(Option<String>);

impl Met {
    /// Everybody the reader sat with, and behind them whom others introduced to the reader, of these connections.
    pub(super) async fn all(scope: &impl Scoped, who: &Attendee, connections: &[Connection]) -> Result<Vec<Self>> {
        let mut all = Self::at_tables(scope, who).await?;
        for one in connections.iter().filter(|one| one.introduced) {
            if all.iter().all(|met| met.other.code != one.code) {
                all.extend(Self::through_somebody(scope, who, one).await?);
            }
        }
        Ok(all)
    }

    /// The event is the one where whoever introduced them met them: the reader may not have been there.
    async fn through_somebody(scope: &impl Scoped, who: &Attendee, one: &Connection) -> Result<Option<Self>> {
        let Some(other) = registration::by_code_anywhere(scope, &one.code).await? else { return Ok(None) };
        let Some(event) = event::find_by_id(scope, other.event_id).await? else { return Ok(None) };
        let introduced = Some(Introduced(one.met_through.as_ref().map(ToString::to_string)));
        Ok(Some(Self { mine: who.registration.clone(), other, event, sittings: Vec::new(), introduced }))
    }

    /// Everybody the reader sat with, wherever it was, in the order of meeting; without those of whom either blocked the other.
    async fn at_tables(scope: &impl Scoped, who: &Attendee) -> Result<Vec<Self>> {
        let mine = registration::all_of_person(scope, who.person.id).await?;
        let ids: Vec<RegistrationId> = mine.iter().map(|row| row.id).collect();
        let encounters = encounter::of_registrations(scope, &ids).await?;
        let others = registration::by_ids(scope, encounters.iter().map(|one| one.with_any(&ids))).await?;
        let events = event::by_ids(scope, encounters.iter().map(|one| one.event_id)).await?;
        let blocked = block::around(scope, who.person.id).await?;
        let met = |one: encounter::Model| {
            let mine = mine.iter().find(|row| row.id == one.one_id || row.id == one.other_id)?;
            let other = others.get(&one.with(mine.id))?;
            let event = events.iter().find(|event| event.id == one.event_id)?;
            let is_shown = other.state == RegistrationState::Attended && !blocked.contains(&other.person_id);
            is_shown.then(|| Self {
                mine: mine.clone(),
                other: other.clone(),
                event: event.clone(),
                sittings: one.sittings.0,
                introduced: None,
            })
        };
        Ok(encounters.into_iter().filter_map(met).collect())
    }

    /// `None` where the person keeps it.
    pub(super) fn name(&self) -> Option<String> {
        self.other.profile.visibility.shows_tablemates(Field::Name).then(|| self.other.name.to_string())
    }

    pub(super) fn at(&self, locale: Locale) -> MetAt {
        MetAt {
            event: self.event.title(locale).to_owned(),
            starts_at: self.event.starts_at,
            timezone: self.event.timezone,
            sittings: self.sittings(locale),
            introduced: self.introduced.is_some(),
            through: self.introduced.as_ref().and_then(|introduced| introduced.0.clone()),
        }
    }

    fn sittings(&self, locale: Locale) -> Vec<Sat> {
        let mut sittings: Vec<&Sitting> = self.sittings.iter().collect();
        sittings.sort_by_key(|sitting| sitting.round);
        let sat = |at: &Sitting| Sat { round: at.round, table: at.table, theme: at.theme.label(locale).map(str::to_owned) };
        sittings.into_iter().map(sat).collect()
    }

    /// What both love. Of somebody without a name that would say who they are.
    fn shared(&self, locale: Locale) -> Vec<String> {
        let shared = encounters::shared(&self.mine, &self.other, locale).into_iter().map(|passion| passion.label);
        if self.name().is_some() { shared.collect() } else { Vec::new() }
    }
}
