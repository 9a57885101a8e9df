//! Simulated annealing over all rounds at once (Kirkpatrick, Gelatt and Vecchi, "Optimization by simulated annealing",
//! Science 220, 1983) on what the literature calls the maximally diverse grouping problem, with the exchanges usual
//! there: two groups change places, or one moves to a table with room (Gallego, Laguna, Martí and Duarte, 2013).
//! Only seatings that keep every hard rule are ever visited.

use crate::arrange::arrange_anyhow;
use crate::chance::Chance;
use crate::exact::{exp, ln};
use crate::problem::Aim;
use crate::room::{Exchange, Few, Room, Seats, Swap};
use crate::solve::{Flow, Progress};

/// Moves between two looks at the temperature and at the watch.
const STRIDE: u64 = 1024;
/// Seats of an event whose best seating is kept the moment it is met, instead of at the end of a stride.
const SMALL: usize = 2_000;
/// Seats of an event so small that hard rules may wall off its best seating from where the search began.
const TINY: usize = 100;
/// A tiny event is started afresh so many times.
const FRESH_STARTS: u32 = 12;

/// One cooling, up to a share of the allowance.
#[derive(Clone, Copy)]
struct Descent {
    until: f64,
    /// In hottest temperatures.
    heat: f64,
    from: Start,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Start {
    Best,
    Afresh,
}

/// Cooler and longer each time; the first, short ones are there for whoever stops early.
fn descents(seats: usize) -> Vec<Descent> {
    if seats <= TINY {
        let afresh = |number| Descent { until: f64::from(number) / f64::from(FRESH_STARTS), heat: 1.0, from: Start::Afresh };
        return (1..=FRESH_STARTS).map(afresh).collect();
    }
    [(0.04, 1.0), (0.22, 0.6), (1.0, 0.5)].map(|(until, heat)| Descent { until, heat, from: Start::Best }).into()
}

/// Hottest and coldest, in mean changes of a random exchange. Measured on events and matrices of 60 and 120 people;
/// colder than this, time is better spent on the climb that follows.
const HOTTEST: f64 = 0.4;
const COLDEST: f64 = 0.04;
const SAMPLES: usize = 2_000;
/// One exchange in so many tries a move to a table with room, where any table has some.
const MOVE_EVERY: u64 = 8;

/// One exchange in so many that involve a rule is of two groups on each side.
const WIDER_EVERY: u64 = 8;

pub(crate) struct Outcome {
    pub(crate) moves: u64,
    pub(crate) stopped: bool,
}

/// Improves the room in place, within `moves`; the best seating met is the one that stays.
pub(crate) fn anneal(room: &mut Room, moves: u64, ceiling: i64, chance: &mut Chance, watch: &mut dyn FnMut(Progress) -> Flow) -> Outcome {
    let alone = price_of_isolation(room);
    let energy = |seats: &Seats| seats.sum - alone * seats.isolated;
    let seats = room.problem.people.len() * room.problem.rounds;
    let small = seats <= SMALL;
    let descents = descents(seats);
    let chances = thresholds();
    let neighbours = Neighbours::of(room);
    let mut best = room.seats.clone();
    if neighbours.none() {
        return Outcome { moves: 0, stopped: false };
    }
    let mean = mean_change(room, &neighbours, chance);
    let (mut done, mut share, mut descent) = (0u64, 0.0, 0);
    let mut begin = 0.0;
    while done < moves && best.sum < ceiling {
        let Descent { until: end, heat, .. } = descents[descent];
        if share >= end && descent + 1 < descents.len() {
            begin = end;
            descent += 1;
            match descents[descent].from {
                Start::Best => room.seats.clone_from(&best),
                Start::Afresh => restart(room, chance),
            }
            continue;
        }
        let hot = mean * HOTTEST * heat;
        let cooling = ((share - begin) / (end - begin)).clamp(0.0, 1.0);
        let temperature = hot * exp(cooling * ln(mean * COLDEST / hot));
        let stride = STRIDE.min(moves / 64 + 1).min(moves - done);
        for _ in 0..stride {
            let draw = neighbours.draw(room, chance);
            let change = match &draw {
                Draw::Nothing => continue,
                Draw::Swap(swap) if alone == 0 => room.swap_change::<false>(*swap),
                Draw::Swap(swap) => room.swap_change::<true>(*swap),
                Draw::Exchange(exchange) => room.change(exchange),
            };
            let gain = change.sum - alone * change.isolated;
            if gain >= 0 || gain as f64 >= -temperature * chances[(chance.word() >> 52) as usize] {
                match draw {
                    Draw::Swap(swap) => room.apply(&swap.into(), change),
                    Draw::Exchange(exchange) => room.apply(&exchange, change),
                    Draw::Nothing => {}
                }
                // Copying a large event at every improvement would take longer than finding them.
                if small && energy(&room.seats) > energy(&best) {
                    best.clone_from(&room.seats);
                }
            }
        }
        done += stride;
        if energy(&room.seats) > energy(&best) {
            best.clone_from(&room.seats);
        }
        share = share.max(done as f64 / moves as f64);
        match watch(Progress { moves: done, of: moves, spent: share, best: room.problem.value(best.sum), isolated: best.isolated as usize })
        {
            Flow::Continue => {}
            Flow::Spent(spent) => share = share.max(spent.min(1.0)),
            Flow::Stop => {
                room.seats = best;
                return Outcome { moves: done, stopped: true };
            }
        }
        if share >= 1.0 {
            break;
        }
    }
    room.seats = best;
    Outcome { moves: done, stopped: false }
}

/// More than one exchange can win by leaving one more person alone, so that sparing them comes first; nothing when only the sum counts.
pub(crate) fn price_of_isolation(room: &Room) -> i64 {
    match room.problem.aim {
        Aim::Plain => 0,
        Aim::Fair => room.problem.whole(4.0 * (room.problem.weights.passion + room.problem.weights.repeat)),
    }
}

/// Another random seating, if one turns up; one did when the search began.
fn restart(room: &mut Room, chance: &mut Chance) {
    let dealt: Result<Vec<_>, _> = (0..room.problem.rounds).map(|round| arrange_anyhow(&room.problem.hard, round, chance)).collect();
    if let Ok(dealt) = dealt {
        *room = Room::new(room.problem, room.pairs, &dealt);
    }
}

/// How much loss, in temperatures, each of 4,096 equally likely draws puts up with: `-ln` of the middle of its interval.
/// Looking it up is the same as comparing a uniform number with `exp(gain / temperature)`, and exact on every machine.
fn thresholds() -> Vec<f64> {
    (0..4096).map(|draw| -ln((f64::from(draw) + 0.5) / 4096.0)).collect()
}

/// How much an exchange changes the sum on average, over a random walk that leaves the room as it was: around one
/// seating, in a small room, the few possible exchanges may all be alike. What isolation costs is left out, as it would
/// make everything else look cheap.
fn mean_change(room: &mut Room, neighbours: &Neighbours, chance: &mut Chance) -> f64 {
    let start = room.seats.clone();
    let (mut sum, mut count) = (0.0, 0.0);
    for _ in 0..SAMPLES {
        let exchange = match neighbours.draw(room, chance) {
            Draw::Nothing => continue,
            Draw::Swap(swap) => swap.into(),
            Draw::Exchange(exchange) => exchange,
        };
        let change = room.change(&exchange);
        room.apply(&exchange, change);
        if change.sum != 0 {
            sum += change.sum.unsigned_abs() as f64;
            count += 1.0;
        }
    }
    room.seats = start;
    if count > 0.0 { sum / count } else { 1.0 }
}

enum Draw {
    /// The dice showed two people of one table, or what a rule forbids.
    Nothing,
    Swap(Swap),
    Exchange(Exchange),
}

/// Which exchanges there are to draw from.
struct Neighbours {
    people: usize,
    tables: usize,
    rounds: usize,
    has_room: bool,
}

impl Neighbours {
    fn of(room: &Room) -> Self {
        let sizes = &room.problem.hard.tables;
        let least: usize = sizes.iter().map(|size| size.min).sum();
        let most: usize = sizes.iter().map(|size| size.max).sum();
        let people = room.problem.people.len();
        Neighbours { people, tables: sizes.len(), rounds: room.problem.rounds, has_room: least < people && people < most }
    }

    fn none(&self) -> bool {
        self.tables < 2 || self.people < 2
    }

    /// A random exchange that keeps the rules.
    #[inline]
    fn draw(&self, room: &Room, chance: &mut Chance) -> Draw {
        let (one, other) = chance.two_below(self.people);
        let bits = chance.word();
        let round = (((bits >> 32) * self.rounds as u64) >> 32) as usize;
        let from = room.seats.place(one, round);
        if self.has_room && bits.is_multiple_of(MOVE_EVERY) {
            return self.draw_move(room, one, round, from, chance);
        }
        let to = room.seats.place(other, round);
        if from == to {
            return Draw::Nothing;
        }
        let hard = &room.problem.hard;
        if hard.free[one] && hard.free[other] {
            return Draw::Swap(Swap { round, from, to, one: one as u32, other: other as u32 });
        }
        self.draw_groups(room, Exchange { round, from, to, leaving: hard.group(one).into(), coming: hard.group(other).into() }, chance)
    }

    #[inline(never)]
    fn draw_move(&self, room: &Room, person: usize, round: usize, from: usize, chance: &mut Chance) -> Draw {
        let to = chance.below(self.tables);
        let leaving = room.problem.hard.group(person).into();
        let exchange = Exchange { round, from, to, leaving, coming: Few::new() };
        if to != from && room.allows(&exchange) { Draw::Exchange(exchange) } else { Draw::Nothing }
    }

    #[inline(never)]
    fn draw_groups(&self, room: &Room, mut exchange: Exchange, chance: &mut Chance) -> Draw {
        if chance.word().is_multiple_of(WIDER_EVERY) {
            widen(room, &mut exchange, chance);
        }
        even_out(room, &mut exchange, chance);
        if !room.allows(&exchange) {
            return Draw::Nothing;
        }
        match (exchange.leaving.as_slice(), exchange.coming.as_slice()) {
            (&[one], &[other]) => Draw::Swap(Swap { round: exchange.round, from: exchange.from, to: exchange.to, one, other }),
            _ => Draw::Exchange(exchange),
        }
    }
}

/// Takes one more group along from each table: rules may forbid every step by one and allow a step by two.
fn widen(room: &Room, exchange: &mut Exchange, chance: &mut Chance) {
    let round = exchange.round;
    for (side, table) in [(&mut exchange.leaving, exchange.from), (&mut exchange.coming, exchange.to)] {
        let members = room.seats.members(round, table);
        let group = room.problem.hard.group(members[chance.below(members.len())] as usize);
        if !side.contains(&group[0]) {
            side.extend_from_slice(group);
        }
    }
}

/// A group of three can take the places of a pair and one more: the smaller side is filled up from its table.
fn even_out(room: &Room, exchange: &mut Exchange, chance: &mut Chance) {
    let hard = &room.problem.hard;
    for _ in 0..8 {
        let missing = exchange.leaving.len() as isize - exchange.coming.len() as isize;
        let (side, table, wanted) = match missing {
            0 => return,
            1.. => (&mut exchange.coming, exchange.to, missing as usize),
            _ => (&mut exchange.leaving, exchange.from, missing.unsigned_abs()),
        };
        let members = room.seats.members(exchange.round, table);
        let group = hard.group(members[chance.below(members.len())] as usize);
        if group.len() <= wanted && !side.contains(&group[0]) {
            side.extend_from_slice(group);
        }
    }
}
