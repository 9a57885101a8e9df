//! After the search: climb to where no single exchange helps, and lift whoever is seated worst.

use crate::anneal::price_of_isolation;
use crate::room::{Change, Exchange, Few, Room, Seats};

/// One in so many of the worst-seated people may turn out to be beyond help before the rest are left as they are.
const BEYOND_HELP: usize = 50;

/// Asked between steps, each of which looks at every exchange of one person.
type GoesOn<'a> = &'a mut dyn FnMut(&Seats) -> bool;

/// Takes every exchange of two groups, and every move, that improves, until none does or `tries` are used up.
pub(crate) fn climb(room: &mut Room, tries: u64, goes_on: GoesOn) {
    let alone = price_of_isolation(room.problem);
    climb_by(room, tries, goes_on, |room, _, exchange| {
        let change = room.change(exchange);
        (change, change.sum - alone * change.isolated)
    });
}

/// Lifts the worst-seated person as far as exchanges allow that leave nobody else as badly off and nobody more
/// isolated, at the least cost to the sum; then whoever is worst now. What the sum lost is then regained as far as the
/// worst seated stay where they are.
pub(crate) fn lift_worst(room: &mut Room, tries: u64, goes_on: GoesOn) {
    let mut worths = room.worths();
    let mut beyond_help = vec![false; worths.len()];
    let mut left = tries;
    while left > 0 && goes_on(&room.seats) && beyond_help.iter().filter(|gone| **gone).count() <= worths.len() / BEYOND_HELP {
        let Some(person) = (0..worths.len()).filter(|person| !beyond_help[*person]).min_by_key(|person| worths[*person]) else {
            break;
        };
        match best_lift(room, &worths, person, &mut left) {
            Some((exchange, change)) => {
                room.change_noting(&exchange, |who, gain| worths[who as usize] += gain);
                room.apply(&exchange, change);
            }
            None => beyond_help[person] = true,
        }
    }
    let floor = (0..worths.len()).filter(|person| !beyond_help[*person]).map(|person| worths[person]).min();
    regain(room, floor.unwrap_or(i64::MIN), tries, goes_on);
}

fn best_lift(room: &Room, worths: &[i64], person: usize, left: &mut u64) -> Option<(Exchange, Change)> {
    let floor = worths[person];
    let mut best: Option<(Exchange, Change)> = None;
    for round in 0..room.problem.rounds {
        each_exchange(room, person, round, |exchange| {
            *left = left.saturating_sub(1);
            let (mut lifted, mut spared) = (false, true);
            let change = room.change_noting(&exchange, |who, gain| {
                lifted |= who as usize == person && gain > 0;
                spared &= gain >= 0 || worths[who as usize] + gain > floor;
            });
            if lifted && spared && change.isolated <= 0 && best.as_ref().is_none_or(|(_, best)| change.sum > best.sum) {
                best = Some((exchange, change));
            }
        });
    }
    best
}

/// Climbs by the sum; nobody falls below the floor, and who is below already loses nothing.
fn regain(room: &mut Room, floor: i64, tries: u64, goes_on: GoesOn) {
    climb_by(room, tries, goes_on, |room, worths, exchange| {
        let mut spared = true;
        let change = room.change_noting(exchange, |who, gain| spared &= gain >= 0 || worths[who as usize] + gain >= floor);
        (change, if spared && change.isolated <= 0 { change.sum } else { 0 })
    });
}

/// Looks at each person and round in turn and takes their best exchange while any has a positive gain.
/// `gain` is told what everybody has now.
fn climb_by(room: &mut Room, tries: u64, goes_on: GoesOn, gain: impl Fn(&Room, &[i64], &Exchange) -> (Change, i64)) {
    let mut worths = room.worths();
    let people = worths.len();
    let turns = people * room.problem.rounds;
    let (mut left, mut turn, mut fruitless) = (tries, 0, 0);
    while fruitless < turns && left > 0 && goes_on(&room.seats) {
        let (person, round) = (turn % people, turn / people);
        let mut best: Option<(i64, Exchange, Change)> = None;
        // A group takes its turn once, with its first member.
        if room.problem.hard.group(person)[0] as usize == person {
            each_exchange(room, person, round, |exchange| {
                left = left.saturating_sub(1);
                let (change, gain) = gain(room, &worths, &exchange);
                if gain > best.as_ref().map_or(0, |(best, ..)| *best) {
                    best = Some((gain, exchange, change));
                }
            });
        }
        fruitless += 1;
        if let Some((_, exchange, change)) = best {
            room.change_noting(&exchange, |who, gain| worths[who as usize] += gain);
            room.apply(&exchange, change);
            fruitless = 0;
        }
        turn = (turn + 1) % turns;
    }
}

/// Every allowed exchange of the person's group with one other group in that round, and every move of it.
fn each_exchange(room: &Room, person: usize, round: usize, mut visit: impl FnMut(Exchange)) {
    let hard = &room.problem.hard;
    let group = hard.group(person);
    let from = room.seats.place(person, round);
    let mut offer = |exchange: Exchange| {
        if room.allows(&exchange) {
            visit(exchange);
        }
    };
    for to in (0..hard.tables.len()).filter(|to| *to != from) {
        offer(Exchange { round, from, to, leaving: group.into(), coming: Few::new() });
        for &other in room.seats.members(round, to) {
            let coming = hard.group(other as usize);
            if coming[0] == other {
                offer(Exchange { round, from, to, leaving: group.into(), coming: coming.into() });
            }
        }
    }
}
