//! What the parts of a search cost: `cargo bench -p convivio-matching`.
//!
//! A million exchanges where tables are small, where groups are large and where the event is; dealing; counting. Figures of
//! one machine say little about another: compare before and after a change.

#[path = "../tests/seating/generated.rs"]
#[allow(dead_code)]
mod generated;

use std::hint::black_box;
use std::time::Duration;

use convivio_matching::{Aim, Draft, Flow, Options, Problem, check, score, solve};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use generated::{Dice, population, problem, seat, tables};

/// Few enough people that all are in one part, and enough for several.
const EVENTS: [(&str, usize, usize, usize); 3] =
    [("60 people, tables of 6", 60, 10, 6), ("120 people, tables of 12", 120, 10, 12), ("2,000 people, tables of 5", 2_000, 400, 5)];
const MOVES: u64 = 1_000_000;

fn event(people: usize, count: usize, seats: usize, aim: Aim) -> Problem {
    problem(Draft { people: population(people, 1), tables: tables(count, seats, seats), rounds: 3, aim, ..Draft::default() })
}

fn exchanges(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("a million exchanges");
    group.throughput(Throughput::Elements(MOVES)).sample_size(10).measurement_time(Duration::from_secs(4));
    for (name, people, count, seats) in EVENTS {
        for (sort, aim) in [("the sum alone", Aim::Plain), ("fair", Aim::Fair)] {
            let problem = event(people, count, seats, aim);
            group.bench_function(format!("{name}, {sort}"), |bencher| bencher.iter(|| seat(black_box(&problem), 1, MOVES)));
        }
    }
    let mut dice = Dice::new(1);
    let affinities = (0..120 * 119 / 2).map(|_| dice.below(100_000) as f64 / 1_000.0).collect();
    let matrix = problem(Draft {
        people: population(120, 1),
        tables: tables(10, 12, 12),
        rounds: 1,
        affinities: Some(affinities),
        aim: Aim::Plain,
        ..Draft::default()
    });
    group.bench_function("120 people, tables of 12, one matrix", |bencher| bencher.iter(|| seat(black_box(&matrix), 1, MOVES)));
    group.finish();
}

fn around(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("2,000 people, 3 rounds");
    group.sample_size(20);
    let problem = event(2_000, 400, 5, Aim::Plain);
    group.bench_function("reading", |bencher| bencher.iter(|| event(2_000, 400, 5, Aim::Plain)));
    group.bench_function("checking", |bencher| bencher.iter(|| check(black_box(&problem))));
    group.bench_function("dealing, the bound and the comparison with chance", |bencher| {
        bencher.iter(|| solve(black_box(&problem), &Options::seeded(1).with_moves(0), |_| Flow::Stop));
    });
    let rounds = seat(&problem, 1, 0).rounds;
    group.bench_function("counting the score", |bencher| bencher.iter(|| score(black_box(&problem), &rounds)));
    group.finish();
}

criterion_group!(kernels, exchanges, around);
criterion_main!(kernels);
