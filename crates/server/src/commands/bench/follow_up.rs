//! `convivio bench follow-up`: what it takes to plan the prompts of a large event, and to find those that are due among many that are not.

use std::process::ExitCode;

use anyhow::{Context, ensure};
use convivio_bench::process;
use convivio_bench::rounds::{Spread, Turn, growth};

use super::bar;
use super::evening::{Evening, Server};
use super::table::{Goal, Table};
use super::world::Engine;

#[derive(clap::Args)]
pub struct Args {
    /// How many people were at the event that is planned for
    #[arg(long, default_value_t = 10_000)]
    people: usize,
    /// How many prompts wait, at most, while a hundred are due
    #[arg(long, default_value_t = 1_000_000)]
    waiting: usize,
}

/// So many prompts are due.
const DUE: usize = 100;
/// So many wait, at the least.
const FEW: usize = 1000;

pub async fn run(engines: &[Engine], args: &Args) -> anyhow::Result<ExitCode> {
    ensure!(args.people >= 100 && args.waiting > FEW, "--people is 100 or more, --waiting more than {FEW}");
    let mut table = Table::default();
    for engine in engines {
        planning(engine, args.people, &mut table).await?;
        finding(engine, args.waiting, &mut table).await?;
    }
    table.print()
}

/// Everybody was there; the event ends.
async fn planning(engine: &Engine, people: usize, table: &mut Table) -> anyhow::Result<()> {
    let evening = Evening::prepare(engine).await?;
    evening.store.copy_attendees(evening.of, people).await?;
    evening.store.copy_seats(evening.of, evening.plan, people).await?;
    evening.store.analyze().await?;
    let server = evening.serve(None, 1).await?;
    let took = server.complete(&evening).await?;
    let (prompts, met) = (evening.store.count("prompts WHERE step = 'F1'").await?, evening.store.count("encounters").await?);
    ensure!(usize::try_from(prompts)? >= people && usize::try_from(met)? >= 3 * people, "{prompts} prompts and {met} encounters were made");
    let all = evening.store.count("prompts").await?;
    let what = format!("planning {all} prompts and {met} encounters of {people} people");
    table.time(Goal::at_most("plan", 10.0), &what, engine, took.as_secs_f64());
    let held = process::peak_memory(server.id()).context("the server has ended")?;
    table.memory(Goal::at_most("plan", 300.0), "memory at most, meanwhile", engine, held, took.as_secs());
    server.stop().await?;
    evening.end().await
}

/// A hundred prompts are due, and the others are not for months.
async fn finding(engine: &Engine, most: usize, table: &mut Table) -> anyhow::Result<()> {
    let mut sizes = vec![FEW];
    while let Some(next) = sizes.last().map(|size| size * 10).filter(|next| *next <= most) {
        sizes.push(next);
    }
    let progress = bar(&format!("{engine}, {DUE} of up to {most} prompts"), sizes.len() as u64 * 4);
    let mut costs = Vec::new();
    for waiting in sizes {
        let evening = Evening::prepare(engine).await?;
        let server = evening.serve(None, 1).await?;
        // They are there before the event ends, so that each has met somebody.
        evening.store.copy_attendees(evening.of, DUE).await?;
        evening.store.copy_seats(evening.of, evening.plan, DUE).await?;
        evening.first_prompts_due(&server).await?;
        // What was copied from is out of the way.
        evening.store.run(format!("UPDATE prompts SET state = 'cancelled' WHERE step = 'F1' AND {NOT_COPIED}")).await?;
        evening.store.copy_prompts_to_come(evening.of, waiting).await?;
        let there = evening.store.count("prompts WHERE step = 'F6' AND occurrence > 0").await?;
        ensure!(usize::try_from(there)? == waiting, "{there} prompts wait instead of {waiting}");
        evening.store.analyze().await?;
        let mut took = Vec::new();
        for _ in 0..4 {
            progress.inc(1);
            took.push(work_the_due(&evening, &server).await?);
        }
        let median = |figure: fn(&Turn) -> f64| Spread::of(took[1..].iter().map(figure)).median;
        costs.push((waiting as f64, median(|turn| turn.took.as_secs_f64()), median(|turn| turn.processor.as_secs_f64())));
        server.stop().await?;
        evening.end().await?;
    }
    progress.finish_and_clear();
    for (waiting, seconds, _) in &costs {
        table.time(Goal::NONE, &format!("run_due: {DUE} prompts of {waiting} that wait"), engine, *seconds);
    }
    if let [few, .., many] = costs[..] {
        let exponent = growth((few.0, few.2), (many.0, many.2));
        table.growth(Goal::at_most("due", 0.10), "run_due, 100 prompts, processor time", engine, [few.2 * 1e6, many.2 * 1e6], exponent);
    }
    Ok(())
}

/// What the server wrote itself.
const NOT_COPIED: &str = "person_id IN (SELECT id FROM people WHERE email NOT LIKE 'p%@seed.example.org')";

async fn work_the_due(evening: &Evening, server: &Server) -> anyhow::Result<Turn> {
    let (_, turn) = server.run_due(DUE).await?;
    let queued = evening.store.count("prompts WHERE state = 'queued'").await?;
    ensure!(usize::try_from(queued)? == DUE, "{queued} prompts were worked instead of {DUE}");
    evening.store.run("DELETE FROM messages WHERE kind = 'F1'".to_owned()).await?;
    evening.store.run("UPDATE prompts SET state = 'scheduled', content = NULL WHERE state = 'queued'".to_owned()).await?;
    Ok(turn)
}
