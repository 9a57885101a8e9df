//! The drawing of a plan: where everything stands, in the drawing's units, and which colour a table has.
//!
//! Numbers only; the templates `picture.svg` and `drawing.html` put the words there. Start with [`Drawing::of`]. Every table has a cell of
//! the same size: the theme above, the table with its seats below, and a name beside each seat, to the left or to the right of the table.

use std::collections::BTreeMap;
use std::f64::consts::TAU;

use convivio_domain::catalogue;
use serde::Serialize;

use super::fitting::wrapped;
use super::views::{Seating, SeatingTable};

/// The radius of a seat.
const SEAT: f64 = 8.0;
/// From a seat's edge to its name.
const BESIDE: f64 = 6.0;
/// The room a name has; two lines of it at most, so far apart that two names never touch.
const NAME: f64 = 102.0;
const NAME_SIZE: f64 = 16.0;
const NAME_APART: f64 = 42.0;
/// The smallest circle that seats stand on.
const SMALLEST_RING: f64 = 54.0;
/// Up to here seats stand at equal angles; more of them are set apart by the height of their names.
const AT_EQUAL_ANGLES: usize = 6;

const CELL_HEAD: f64 = 54.0;
const CELL_PAD: f64 = 10.0;
const GAP: f64 = 16.0;
const MARGIN: f64 = 32.0;
const BAND_PAD: f64 = 20.0;
const BAND_HEAD: f64 = 60.0;
const FOOT: f64 = 56.0;
const TITLE_SIZE: f64 = 40.0;
const TITLE_LINE: f64 = 46.0;
const SWATCH_WIDTH: f64 = 260.0;
const SWATCH_HEIGHT: f64 = 28.0;
/// A drawing that is no wider can be read on a screen without being moved sideways.
const WIDEST: f64 = 1520.0;
const NARROWEST: f64 = 800.0;

/// The whole plan on one sheet.
#[derive(Debug, Serialize)]
pub(super) struct Drawing {
    width: f64,
    height: f64,
    margin: f64,
    /// What a heading may be as wide as.
    inner: f64,
    cell: Cell,
    title: Vec<Row>,
    /// The line below the title; others follow it.
    lead: f64,
    legend: Vec<Swatch>,
    bands: Vec<Band>,
}

/// A line of text and where it stands.
#[derive(Debug, Serialize)]
struct Row {
    text: String,
    y: f64,
}

/// The size of every table's cell, and where the middle of the table is in it.
#[derive(Clone, Copy, Debug, Serialize)]
struct Cell {
    width: f64,
    height: f64,
    head: f64,
    x: f64,
    y: f64,
}

/// What a colour stands for.
#[derive(Debug, Serialize)]
struct Swatch {
    x: f64,
    y: f64,
    tone: Tone,
    meaning: Meaning,
    /// What the family is called.
    family: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
enum Meaning {
    Family,
    /// A theme outside of all families: somebody's own words.
    Other,
    Mixed,
}

/// A round.
#[derive(Debug, Serialize)]
struct Band {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
    /// The upper left corners of its tables' cells, in their order.
    tables: Vec<Point>,
}

#[derive(Debug, Serialize)]
struct Point {
    x: f64,
    y: f64,
}

impl Drawing {
    pub(super) fn of(view: &Seating) -> Self {
        let tables = || view.rounds.iter().flat_map(|round| &round.tables);
        let cell = Cell::of(tables().map(|table| table.seats.len()));
        let most = view.rounds.iter().map(|round| round.tables.len()).max().unwrap_or(0);
        let columns = columns(most, cell.width);
        let of_tables = columns as f64 * (cell.width + GAP) - GAP + 2.0 * (MARGIN + BAND_PAD);
        let width = of_tables.max(NARROWEST);
        let inner = width - 2.0 * MARGIN;

        let title = wrapped(&view.title, inner, TITLE_SIZE, 2).into_iter().zip(0u8..);
        let title: Vec<Row> = title.map(|(text, line)| Row { text, y: MARGIN + TITLE_SIZE + TITLE_LINE * f64::from(line) }).collect();
        let lead = title.last().map_or(MARGIN, |line| line.y) + 34.0;
        let legend = legend(tables(), inner, lead + 82.0);
        let mut y = legend.last().map_or(lead + 50.0, |swatch| swatch.y) + 36.0;
        let band = |round: usize| {
            let tables = view.rounds[round].tables.len();
            let rows = tables.div_ceil(columns);
            let height = BAND_HEAD + rows as f64 * (cell.height + GAP) - GAP + BAND_PAD;
            let place = |n: usize| Point {
                x: MARGIN + BAND_PAD + (n % columns) as f64 * (cell.width + GAP),
                y: y + BAND_HEAD + (n / columns) as f64 * (cell.height + GAP),
            };
            let band = Band { x: MARGIN, y, width: inner, height, tables: (0..tables).map(place).collect() };
            y += height + 24.0;
            band
        };
        let bands = (0..view.rounds.len()).map(band).collect();
        Self { width, height: y - 24.0 + FOOT, margin: MARGIN, inner, cell, title, lead, legend, bands }
    }
}

/// Tables beside each other: few where there are few, so that a sheet can be read from a step away.
fn columns(tables: usize, cell: f64) -> usize {
    let wanted = if tables <= 12 { 3 } else { 4 };
    let possible = (1..wanted).rev().find(|more| (*more as f64 + 1.0) * (cell + GAP) <= WIDEST).map_or(1, |more| more + 1);
    tables.clamp(1, possible)
}

impl Cell {
    fn of(seats: impl Iterator<Item = usize>) -> Self {
        let ring = seats.map(ring).fold(SMALLEST_RING, f64::max);
        let below = 2.0 * (ring + NAME_APART / 2.0);
        let (width, height) = (2.0 * (ring + SEAT + BESIDE + NAME + CELL_PAD), CELL_HEAD + 2.0 * CELL_PAD + below);
        Self { width, height, head: CELL_HEAD, x: width / 2.0, y: CELL_HEAD + CELL_PAD + below / 2.0 }
    }
}

/// A swatch for each colour in use: families by their name, then what is of none.
fn legend<'a>(tables: impl Iterator<Item = &'a SeatingTable>, inner: f64, y: f64) -> Vec<Swatch> {
    let entry = |table: &'a SeatingTable| match (&table.theme, &table.family) {
        (None, _) => ((Meaning::Mixed, None), MIXED),
        (Some(_), None) => ((Meaning::Other, None), OTHER),
        (Some(_), Some(family)) => ((Meaning::Family, Some(family.label.as_str())), of_family(&family.code)),
    };
    let entries: BTreeMap<(Meaning, Option<&str>), Tone> = tables.map(entry).collect();
    let columns = ((inner / SWATCH_WIDTH) as usize).max(1);
    let swatch = |(n, ((meaning, family), tone)): (usize, ((Meaning, Option<&str>), Tone))| Swatch {
        x: MARGIN + (n % columns) as f64 * SWATCH_WIDTH,
        y: y + (n / columns) as f64 * SWATCH_HEIGHT,
        tone,
        meaning,
        family: family.map(str::to_owned),
    };
    entries.into_iter().enumerate().map(swatch).collect()
}

// ---- a table ----

/// A table, its middle at nought.
#[derive(Debug, Serialize)]
pub(super) struct Shape {
    /// The radius of the board.
    board: f64,
    seats: Vec<Place>,
}

#[derive(Debug, Serialize)]
struct Place {
    x: f64,
    y: f64,
    radius: f64,
    name: Name,
}

/// Where the name beside a seat begins, or ends on the left side; how wide it may be and how large it is.
#[derive(Debug, Serialize)]
struct Name {
    x: f64,
    anchor: &'static str,
    width: f64,
    size: f64,
}

impl Shape {
    pub(super) fn of(seats: usize) -> Self {
        let ring = ring(seats);
        let places = if seats <= AT_EQUAL_ANGLES { at_equal_angles(seats, ring) } else { by_height(seats, ring) };
        Self { board: ring - 2.0 * SEAT - 2.0, seats: places.into_iter().map(|(x, y)| Place::at(x, y)).collect() }
    }
}

impl Place {
    fn at(x: f64, y: f64) -> Self {
        let round = |value: f64| (value * 10.0).round() / 10.0;
        let (side, anchor) = if x < 0.0 { (-1.0, "end") } else { (1.0, "start") };
        let name = Name { x: round(x + side * (SEAT + BESIDE)), anchor, width: NAME, size: NAME_SIZE };
        Self { x: round(x), y: round(y), radius: SEAT, name }
    }
}

/// The radius of the circle that this many seats stand on.
fn ring(seats: usize) -> f64 {
    if seats <= AT_EQUAL_ANGLES {
        return SMALLEST_RING;
    }
    let highest = NAME_APART * (seats.div_ceil(2) - 1) as f64 / 2.0;
    (highest / 0.92).ceil().max(SMALLEST_RING)
}

/// None at the very top or bottom, where a name would have no side to stand on.
fn at_equal_angles(seats: usize, ring: f64) -> Vec<(f64, f64)> {
    let turn = if seats.is_multiple_of(4) { 0.5 } else { 0.0 };
    let place = |seat: usize| {
        let angle = TAU * (seat as f64 + turn) / seats as f64;
        (ring * angle.cos(), ring * angle.sin())
    };
    (0..seats).map(place).collect()
}

/// One half on the right, from above to below, the other on the left, on upwards.
fn by_height(seats: usize, ring: f64) -> Vec<(f64, f64)> {
    let right = seats.div_ceil(2);
    let side = |many: usize, side: f64| {
        (0..many).map(move |n| {
            let y = NAME_APART * (n as f64 - (many as f64 - 1.0) / 2.0);
            (side * (ring * ring - y * y).sqrt(), side * y)
        })
    };
    side(right, 1.0).chain(side(seats - right, -1.0)).collect()
}

// ---- colours ----

/// The colours of a theme: pale behind words, stronger for the board, dark for words and lines. The dark one is readable on both others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Tone {
    /// The same hue in the style sheet.
    class: &'static str,
    wash: &'static str,
    line: &'static str,
    ink: &'static str,
    /// A second dozen has the hues of the first, and a ring in the board: no hue has to be told from one that is almost the same.
    ringed: bool,
    /// A dashed edge, for tables without a theme.
    dashed: bool,
}

const fn tone(class: &'static str, wash: &'static str, line: &'static str, ink: &'static str) -> Tone {
    Tone { class, wash, line, ink, ringed: false, dashed: false }
}

/// The hues of the style sheet, at oklch(94% .028), oklch(82% .085) and oklch(38% .095).
const TONES: [Tone; 12] = [
    tone("hue-0", "#fce6dc", "#f3b397", "#6a2f0f"),
    tone("hue-1", "#dff1e2", "#9dd4a7", "#0f5025"),
    tone("hue-2", "#e2ebff", "#a9c4fc", "#293f75"),
    tone("hue-3", "#f4ead7", "#ddc084", "#593d00"),
    tone("hue-4", "#f7e5f4", "#e4b1df", "#5e2d5a"),
    tone("hue-5", "#d7f1f2", "#7dd5da", "#005056"),
    tone("hue-6", "#fee4e2", "#f7afa8", "#6c2a27"),
    tone("hue-7", "#e7efdb", "#b7ce92", "#374a01"),
    tone("hue-8", "#ece8fd", "#c8baf6", "#47366f"),
    tone("hue-9", "#f9e8d8", "#ebb989", "#643500"),
    tone("hue-10", "#daeffc", "#8dcef4", "#00496d"),
    tone("hue-11", "#d9f2ea", "#87d7c1", "#00523f"),
];
const MIXED: Tone = Tone { dashed: true, ..tone("mixed", "#eeeae7", "#d0c9c2", "#4d463f") };
const OTHER: Tone = tone("mixed", "#f5f2ef", "#ffffff", "#261d18");

/// The colour of a table with this theme, of this family. It is the family's at every event, so that what is close looks alike.
pub(super) fn tone_of(theme: Option<&str>, family: Option<&str>) -> Tone {
    match (theme, family) {
        (None, _) => MIXED,
        (Some(_), None) => OTHER,
        (Some(_), Some(family)) => of_family(family),
    }
}

fn of_family(family: &str) -> Tone {
    let known = catalogue().families().iter().position(|known| known.code == family);
    // A family of the organizer's own.
    let number = known.unwrap_or_else(|| family.bytes().map(usize::from).sum());
    Tone { ringed: (number / TONES.len()) % 2 == 1, ..TONES[number % TONES.len()] }
}

#[cfg(test)]
mod tests {
    use super::super::views::{SeatingRound, SeatingSeat, ThemeFamily};
    use super::*;

    fn view(rounds: usize, tables: usize, seats: usize) -> Seating {
        let table = |number: usize| SeatingTable {
            number: u16::try_from(number).expect("a small number"),
            label: None,
            theme: (!number.is_multiple_of(7)).then(|| format!("Theme {number}")),
            family: (!number.is_multiple_of(5)).then(|| ThemeFamily { code: format!("f{number}"), label: format!("Family {number}") }),
            seats: vec![SeatingSeat::default(); seats],
        };
        let round = |number| SeatingRound { number, starts_at: None, minutes: 30, tables: (1..=tables).map(table).collect() };
        Seating {
            title: "A long evening of small tables, with many people who have never met before, in a large hall".into(),
            rounds: (1..=u16::try_from(rounds).expect("a small number")).map(round).collect(),
            ..Seating::default()
        }
    }

    fn overlap(one: &Point, other: &Point, cell: Cell) -> bool {
        (one.x - other.x).abs() < cell.width && (one.y - other.y).abs() < cell.height
    }

    #[test]
    fn no_two_seats_touch_and_no_two_names() {
        for seats in 0..=60 {
            let (shape, cell) = (Shape::of(seats), Cell::of([seats].into_iter()));
            assert_eq!(shape.seats.len(), seats);
            for (n, one) in shape.seats.iter().enumerate() {
                let from_middle = one.x.hypot(one.y);
                assert!(from_middle > shape.board + SEAT, "seat {n} of {seats} stands on the table");
                for other in &shape.seats[n + 1..] {
                    let apart = (one.x - other.x).hypot(one.y - other.y);
                    assert!(apart > 2.0 * SEAT, "{seats} seats: {one:?} and {other:?} touch");
                    let same_side = one.name.anchor == other.name.anchor;
                    assert!(!same_side || (one.y - other.y).abs() > 40.0, "{seats} seats: names of {one:?} and {other:?} touch");
                }
                assert!(one.name.x.abs() + NAME < cell.width / 2.0, "{seats} seats: the name of {one:?} leaves the cell");
                assert!(cell.y + one.y - NAME_APART / 2.0 >= CELL_HEAD, "{seats} seats: {one:?} is under the heading");
                assert!(cell.y + one.y + NAME_APART / 2.0 <= cell.height, "{seats} seats: {one:?} leaves the cell");
            }
        }
    }

    #[test]
    fn every_table_has_a_place_of_its_own_inside_the_sheet() {
        for (rounds, tables, seats) in [(1, 1, 1), (3, 3, 4), (2, 13, 5), (3, 60, 5), (12, 5, 12), (1, 2, 100), (0, 0, 0)] {
            let drawing = Drawing::of(&view(rounds, tables, seats));
            let mut end = drawing.legend.last().map_or(drawing.lead, |swatch| swatch.y);
            assert_eq!(drawing.bands.len(), rounds);
            for band in &drawing.bands {
                assert!(band.y > end, "a round begins before the last has ended");
                end = band.y + band.height;
                assert_eq!(band.tables.len(), tables);
                for (n, one) in band.tables.iter().enumerate() {
                    assert!(one.x >= band.x && one.x + drawing.cell.width <= band.x + band.width, "{one:?} leaves its round");
                    assert!(one.y >= band.y + BAND_HEAD && one.y + drawing.cell.height <= end, "{one:?} leaves its round");
                    assert!(band.tables[n + 1..].iter().all(|other| !overlap(one, other, drawing.cell)), "{one:?} is covered");
                }
                assert!(band.x + band.width <= drawing.width - MARGIN);
            }
            assert!(end <= drawing.height && drawing.legend.iter().all(|swatch| swatch.x + SWATCH_WIDTH <= drawing.width));
        }
    }

    #[test]
    fn a_large_event_is_no_wider_than_a_screen() {
        let drawing = Drawing::of(&view(3, 60, 5));
        assert!(drawing.width <= WIDEST + 2.0 * (MARGIN + BAND_PAD), "{}", drawing.width);
        assert!(drawing.width > Drawing::of(&view(3, 3, 4)).width, "a small one is narrower, so its names are larger on paper");
    }

    #[test]
    fn a_colour_is_of_the_family_and_every_family_has_its_own() {
        let families: Vec<Tone> = catalogue().families().iter().map(|family| of_family(&family.code)).collect();
        for (n, one) in families.iter().enumerate() {
            assert!(!families[n + 1..].contains(one), "{one:?} stands for two families");
        }
        assert_eq!(of_family("lighthouses"), of_family("lighthouses"));
        assert_eq!(tone_of(None, Some("food")), MIXED);
        assert_eq!(tone_of(Some("fog"), None), OTHER);
    }

    /// As WCAG counts it: 4.5 is enough for small letters.
    #[test]
    fn words_are_readable_on_every_colour() {
        fn light(colour: &str) -> f64 {
            let part = |at: usize| {
                let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).expect("a colour")) / 255.0;
                if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
            };
            0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
        }
        for tone in TONES.iter().chain([&MIXED, &OTHER]) {
            for ground in [tone.wash, tone.line, "#ffffff"] {
                let contrast = (light(ground) + 0.05) / (light(tone.ink) + 0.05);
                assert!(contrast > 4.5, "{} on {ground}: {contrast:.1}", tone.ink);
            }
        }
    }
}
