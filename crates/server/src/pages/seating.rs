//! Who sits where in every round, as a page that stands alone and as a drawing.

use std::collections::HashMap;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use chrono::{DateTime, Utc};
use convivio_db::{Scoped, event, organizer, passion, plan, registration, round, seat};
use convivio_domain::words::Role;
use convivio_domain::{Field, Locale, RegistrationCode, catalogue};
use convivio_followup::host::BY_ITSELF;

use super::drawn;
use super::my_table::why;
use super::views::{Page, Seat, Seating, SeatingRound, SeatingSeat, SeatingTable, ShownPassion, TableBrief, ThemeFamily, When};
use crate::hosting::Sitting;
use crate::http::Result;
use crate::reasons::Reasons;

/// To read and to print.
pub async fn page(
    scope: &impl Scoped,
    organizer: &organizer::Model,
    event: &event::Model,
    row: &plan::Model,
    role: Role,
    locale: Locale,
    now: DateTime<Utc>,
) -> Result<HttpResponse> {
    let view = seating(scope, organizer, event, row, role, locale, now).await?;
    drawn(StatusCode::OK, &Page::Seating(Box::new(view)), locale)
}

/// To look at and to hang up.
pub async fn picture(
    scope: &impl Scoped,
    organizer: &organizer::Model,
    event: &event::Model,
    row: &plan::Model,
    role: Role,
    locale: Locale,
    now: DateTime<Utc>,
) -> Result<HttpResponse> {
    let view = seating(scope, organizer, event, row, role, locale, now).await?;
    drawn(StatusCode::OK, &Page::Picture(Box::new(view)), locale)
}

/// As this role may read it: why somebody sits where they sit is not the door's to know.
async fn seating(
    scope: &impl Scoped,
    organizer: &organizer::Model,
    event: &event::Model,
    row: &plan::Model,
    role: Role,
    locale: Locale,
    now: DateTime<Utc>,
) -> Result<Seating> {
    let seats = seat::of_plan(scope, row.id).await?;
    let people = registration::by_ids(scope, seats.iter().map(|seat| seat.registration_id)).await?;
    let reasons = Reasons::new(&people, now);
    let shows_name = |person: &&registration::Model| person.profile.visibility.shows_tablemates(Field::Name);
    let names: HashMap<&RegistrationCode, String> =
        people.values().filter(shows_name).map(|person| (&person.code, person.name.to_string())).collect();
    let own: HashMap<String, String> =
        passion::all(scope).await?.into_iter().map(|own| (own.code.as_str().to_owned(), own.family)).collect();
    let rounds = round::of_event(scope, event.id).await?;
    let (mut seated, mut briefs): (Vec<SeatingRound>, Vec<TableBrief>) = (Vec::new(), Vec::new());
    for row_table in row.tables.iter() {
        if seated.last().is_none_or(|round| round.number != row_table.round) {
            let planned = rounds.iter().find(|round| u16::try_from(round.number) == Ok(row_table.round));
            seated.push(SeatingRound {
                number: row_table.round,
                starts_at: planned.and_then(|round| round.starts_at),
                minutes: planned.and_then(|round| u16::try_from(round.minutes).ok()).unwrap_or(0),
                tables: Vec::new(),
            });
        }
        let here: Vec<&seat::Model> = seats
            .iter()
            .filter(|seat| u16::try_from(seat.round) == Ok(row_table.round) && u16::try_from(seat.table) == Ok(row_table.table))
            .collect();
        let members = here.iter().filter_map(|seat| {
            let person = people.get(&seat.registration_id)?;
            let why = if role == Role::Checkin { seat::Why::default() } else { reasons.told(&person.code, seat.why.0.clone()) };
            let seat = shown(person, &why, &names, locale);
            Some(SeatingSeat { seat, code: person.code.to_string(), shown: names.get(&person.code).cloned() })
        });
        let table = SeatingTable {
            number: row_table.table,
            label: row_table.label.clone(),
            theme: row_table.theme.label(locale).map(str::to_owned),
            family: family(&row_table.theme, &own, locale),
            seats: members.collect(),
        };
        let round = seated.last_mut().expect("one was pushed if there was none");
        if table.seats.len() > BY_ITSELF {
            let sitting = Sitting {
                theme: &row_table.theme,
                people: table.seats.len(),
                minutes: i16::try_from(round.minutes).unwrap_or(i16::MAX),
                round: i16::try_from(round.number).unwrap_or(i16::MAX),
                table: i16::try_from(table.number).unwrap_or(i16::MAX),
            };
            let brief = sitting.brief(locale)?;
            briefs.push(TableBrief { round: round.number, number: table.number, label: table.label.clone(), brief });
        }
        round.tables.push(table);
    }
    Ok(Seating {
        title: event.title(locale).to_owned(),
        organizer: organizer.name.to_string(),
        when: Some(When { starts_at: event.starts_at, ends_at: event.ends_at, timezone: event.timezone }),
        place: event.place.as_ref().map(ToString::to_string),
        cards: Seating::cards_of(&seated),
        rounds: seated,
        briefs,
        people: u32::try_from(people.len()).unwrap_or(u32::MAX),
        repeats: row.score.as_ref().and_then(|score| score["repeats"].as_u64()).and_then(|n| u32::try_from(n).ok()).unwrap_or(0),
        seed: u64::try_from(row.seed).ok(),
    })
}

/// The family of what a table shares, of the catalogue's passions and of the organizer's own.
fn family(theme: &plan::Theme, own: &HashMap<String, String>, locale: Locale) -> Option<ThemeFamily> {
    let plan::Theme::Shared { code, .. } = theme else { return None };
    let family = catalogue().get(code).map(|known| &known.family).or_else(|| own.get(code))?;
    let known = catalogue().families().iter().find(|known| known.code == *family);
    let label = known.and_then(|known| known.labels.read(locale, Locale::En)).unwrap_or(family);
    Some(ThemeFamily { code: family.clone(), label: label.clone() })
}

/// A person on the roster of the staff, who know everybody's name: passions first, the title for those who show it.
fn shown(person: &registration::Model, reasons: &seat::Why, names: &HashMap<&RegistrationCode, String>, locale: Locale) -> Seat {
    let profile = &person.profile;
    let shows = |field| profile.visibility.shows_tablemates(field);
    let shared = |code: &str| reasons.shared.iter().any(|shared| shared.passion == code);
    let passions = profile.passions.iter().filter(|_| shows(Field::Passions));
    Seat {
        name: Some(person.name.to_string()),
        passions: passions.map(|passion| ShownPassion { label: passion.label(locale), shared: shared(passion.code.as_str()) }).collect(),
        headline: profile.headline.as_ref().filter(|_| shows(Field::Headline)).map(ToString::to_string),
        why: why(reasons, names, locale),
        ..Seat::default()
    }
}
