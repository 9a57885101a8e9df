//! After the search: climb to where no single exchange helps, and lift whoever is seated worst.

use crate::anneal::price_of_isolation;
use crate::room::{Change, Exchange, Few, Room};

/// Of everybody, so many of the worst seated are looked after.
const LIFTED_SHARE: usize = 10;

/// Takes every exchange of two groups, and every move, that improves, until none does or `tries` are used up.
pub(crate) fn climb(room: &mut Room, tries: u64) {
    let alone = price_of_isolation(room);
    let (people, rounds) = (room.problem.people.len(), room.problem.rounds);
    let mut left = tries;
    let mut since_last = 0;
    let size = people * rounds;
    let mut at = 0;
    while since_last < size {
        let (person, round) = (at % people, at / people);
        let improved = room.problem.hard.group(person)[0] as usize == person && {
            let mut best: Option<(i64, Exchange, Change)> = None;
            each_exchange(room, person, round, |exchange| {
                left = left.saturating_sub(1);
                let change = room.change(&exchange);
                let gain = change.sum - alone * change.isolated;
                if gain > best.as_ref().map_or(0, |(gain, ..)| *gain) {
                    best = Some((gain, exchange, change));
                }
            });
            best.map(|(_, exchange, change)| room.apply(&exchange, change))
                .is_some()
        };
        since_last = if improved { 0 } else { since_last + 1 };
        at = (at + 1) % size;
        if left == 0 {
            return;
        }
    }
}

/// Lifts the worst-seated person as far as exchanges allow that leave nobody else as badly off and nobody more isolated,
/// at the least cost to the sum; then the next worst.
pub(crate) fn lift_worst(room: &mut Room, tries: u64) {
    let mut worths = room.worths();
    let mut done = vec![false; worths.len()];
    let mut given_up = 0;
    let mut left = tries;
    while given_up < worths.len().div_ceil(LIFTED_SHARE) && left > 0 {
        let Some(person) = (0..worths.len())
            .filter(|person| !done[*person])
            .min_by_key(|person| worths[*person])
        else {
            return;
        };
        let floor = worths[person];
        let mut best: Option<(i64, Exchange, Change)> = None;
        for round in 0..room.problem.rounds {
            each_exchange(room, person, round, |exchange| {
                left = left.saturating_sub(1);
                let (mut lifted, mut spared) = (false, true);
                let change = room.change_noting(&exchange, |who, gain| {
                    lifted |= who as usize == person && gain > 0;
                    spared &= gain >= 0 || worths[who as usize] + gain > floor;
                });
                if lifted
                    && spared
                    && change.isolated <= 0
                    && best.as_ref().is_none_or(|(sum, ..)| change.sum > *sum)
                {
                    best = Some((change.sum, exchange, change));
                }
            });
        }
        match best {
            Some((_, exchange, change)) => {
                room.change_noting(&exchange, |person, gain| worths[person as usize] += gain);
                room.apply(&exchange, change);
            }
            None => {
                done[person] = true;
                given_up += 1;
            }
        }
    }
}

/// Every allowed exchange of the person's group with one other group of its size in that round, and every move of it.
fn each_exchange(room: &Room, person: usize, round: usize, mut visit: impl FnMut(Exchange)) {
    let hard = &room.problem.hard;
    let group = hard.group(person);
    let from = room.seats.place(person, round);
    for to in (0..hard.tables.len()).filter(|to| *to != from) {
        let leaving = || Few::from_slice(group);
        let mut offer = |exchange: Exchange| {
            if room.allows(&exchange) {
                visit(exchange);
            }
        };
        offer(Exchange {
            round,
            from,
            to,
            leaving: leaving(),
            coming: Few::new(),
        });
        for &other in room.seats.members(round, to) {
            let coming = hard.group(other as usize);
            if coming[0] == other {
                offer(Exchange {
                    round,
                    from,
                    to,
                    leaving: leaving(),
                    coming: coming.into(),
                });
            }
        }
    }
}
