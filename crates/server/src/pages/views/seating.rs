//! The seating of a whole evening.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{Seat, TableBrief, When};

/// Who sits where in every round: a page that stands alone, to look at, to keep and to print.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Seating {
    pub title: String,
    pub organizer: String,
    pub when: Option<When>,
    pub place: Option<String>,
    pub rounds: Vec<SeatingRound>,
    /// One for everybody seated, in the order in which they are looked for.
    pub cards: Vec<PersonCard>,
    /// One for each table of more than a conversation holds by itself.
    pub briefs: Vec<TableBrief>,
    /// How many people are seated, over all rounds.
    pub people: u32,
    /// Pairs that sit together more than once.
    pub repeats: u32,
    pub seed: Option<u64>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct SeatingRound {
    pub number: u16,
    pub starts_at: Option<DateTime<Utc>>,
    pub minutes: u16,
    pub tables: Vec<SeatingTable>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct SeatingTable {
    pub number: u16,
    pub label: Option<String>,
    /// `None` where the table is mixed.
    pub theme: Option<String>,
    /// The theme's; `None` of a passion in somebody's own words.
    pub family: Option<ThemeFamily>,
    pub seats: Vec<SeatingSeat>,
}

/// The family of a theme, which gives it its colour.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ThemeFamily {
    pub code: String,
    pub label: String,
}

/// A seat as staff read it on the roster, and what stands on a wall or a table, where everybody reads it.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct SeatingSeat {
    pub seat: Seat,
    pub code: String,
    /// The name, of those who show it; the others know their code.
    pub shown: Option<String>,
}

/// What somebody takes along: at which table they sit when.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct PersonCard {
    pub code: String,
    pub shown: Option<String>,
    pub places: Vec<CardPlace>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct CardPlace {
    pub round: u16,
    pub starts_at: Option<DateTime<Utc>>,
    pub number: u16,
    pub label: Option<String>,
    pub theme: Option<String>,
    pub family: Option<ThemeFamily>,
}

impl Seating {
    /// The cards of those who sit at these tables, by name; those who keep theirs come last, by code.
    pub(crate) fn cards_of(rounds: &[SeatingRound]) -> Vec<PersonCard> {
        let mut cards: BTreeMap<(bool, String, &str), PersonCard> = BTreeMap::new();
        for round in rounds {
            for table in &round.tables {
                for seat in &table.seats {
                    let sorted = seat.shown.as_deref().unwrap_or_default().to_lowercase();
                    let card = cards.entry((seat.shown.is_none(), sorted, &seat.code));
                    let card =
                        card.or_insert_with(|| PersonCard { code: seat.code.clone(), shown: seat.shown.clone(), places: Vec::new() });
                    card.places.push(CardPlace {
                        round: round.number,
                        starts_at: round.starts_at,
                        number: table.number,
                        label: table.label.clone(),
                        theme: table.theme.clone(),
                        family: table.family.clone(),
                    });
                }
            }
        }
        cards.into_values().collect()
    }
}
