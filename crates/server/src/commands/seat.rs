//! `convivio seat FILE`: the engine on a file, without a server or a database.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Context;
use convivio_matching::instance::{self, File};
use convivio_matching::{Aim, Flow, Mistake, Options, Problem, Progress, Sizes, Table, solve, split};
use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::Value;

/// Seat the people of a file and print the plan.
///
/// FILE is an event as JSON, or a list of people as CSV with a header row: id or name, and any of unit, passions
/// ("jazz:3;hiking"), offers, needs, languages, accessible. Exits with 0 when everybody is seated, 3 when no plan keeps
/// the rules, 2 when the file cannot be read.
#[derive(Debug, clap::Args)]
pub struct SeatArgs {
    file: PathBuf,
    /// People per table at most, where the file names no tables; sizes differ by one at most.
    #[arg(long, value_name = "PEOPLE", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    tables: u32,
    /// Rounds, where the file does not say.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// The same seed and moves give the same plan everywhere.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Stop after this long ("500ms", "2s", "1m") with the best plan so far. Without --moves the search paces itself
    /// by this, so the plan depends on the machine.
    #[arg(long, value_name = "TIME", value_parser = time)]
    time_limit: Option<Duration>,
    /// How many exchanges to try; by default as many as the size of the event calls for.
    #[arg(long)]
    moves: Option<u64>,
    /// Threads to use. The plan does not depend on it.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..))]
    threads: u16,
    /// Maximise the sum alone, without sparing isolated and worst-seated people first.
    #[arg(long)]
    plain: bool,
    /// Write the plan here instead of to standard output.
    #[arg(long, value_name = "PLAN.json")]
    out: Option<PathBuf>,
}

const UNREADABLE: u8 = 2;
const INFEASIBLE: u8 = 3;
/// Of the time, the rest being for the climb that follows the search, and for fairness where that counts.
const SEARCH_SHARE: f64 = 0.9;
const PLAIN_SEARCH_SHARE: f64 = 0.97;

pub fn run(args: SeatArgs) -> anyhow::Result<ExitCode> {
    let begun = Instant::now();
    let problem = match read(&args) {
        Ok(problem) => problem,
        Err(complaints) => {
            for complaint in complaints {
                eprintln!("{}: {complaint}", args.file.display());
            }
            return Ok(ExitCode::from(UNREADABLE));
        }
    };
    // One move needs far more than a nanosecond, so a budget of this many never ends before the time does.
    let unlimited = args.time_limit.map(|limit| u64::try_from(limit.as_nanos()).unwrap_or(u64::MAX).max(1));
    let options = Options { seed: args.seed, moves: args.moves.or(unlimited), threads: args.threads.into() };
    let search_share = if problem.aim() == Aim::Plain { PLAIN_SEARCH_SHARE } else { SEARCH_SHARE };
    let bar = progress_bar();
    let solved = solve(&problem, &options, |progress| {
        show(&bar, &progress);
        match args.time_limit {
            Some(limit) if begun.elapsed() >= limit => Flow::Stop,
            Some(limit) if args.moves.is_none() => Flow::Spent(begun.elapsed().as_secs_f64() / (search_share * limit.as_secs_f64())),
            _ => Flow::Continue,
        }
    });
    bar.finish_and_clear();
    match solved {
        Ok(seating) => {
            write(&args, &instance::plan(&problem, &options, &seating))?;
            Ok(ExitCode::SUCCESS)
        }
        Err(infeasible) => {
            write(&args, &instance::refusal(&problem, &infeasible))?;
            Ok(ExitCode::from(INFEASIBLE))
        }
    }
}

fn read(args: &SeatArgs) -> Result<Problem, Vec<String>> {
    let bytes = fs::read(&args.file).map_err(|err| vec![err.to_string()])?;
    let text = String::from_utf8(bytes).map_err(|_| vec!["is not text in UTF-8".to_owned()])?;
    let aim = if args.plain { Aim::Plain } else { Aim::Fair };
    let is_csv = args.file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
    let file = if is_csv { instance::people(&text).map(|people| File::of_people(people, aim)) } else { instance::draft(&text, aim) };
    file.and_then(|mut file| {
        if file.draft.rounds == 0 {
            file.draft.rounds = args.rounds as usize;
        }
        if file.draft.tables.is_empty() {
            file.draft.tables = tables(file.draft.people.len(), args.tables as usize);
        }
        file.problem()
    })
    .map_err(|mistakes| mistakes.iter().map(Mistake::to_string).collect())
}

fn tables(people: usize, largest: usize) -> Vec<Table> {
    let sizes = split(people, Sizes { min: 1, max: largest, count: None }).expect("tables of one and more hold any number of people");
    (1..).zip(sizes).map(|(number, size)| Table::new(number.to_string(), size, size)).collect()
}

fn write(args: &SeatArgs, plan: &Value) -> anyhow::Result<()> {
    match &args.out {
        Some(path) => fs::write(path, format!("{plan}\n")).with_context(|| format!("cannot write {}", path.display())),
        None => super::print(plan),
    }
}

/// On standard error, and nothing at all when that is not a terminal.
fn progress_bar() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(1_000), ProgressDrawTarget::stderr_with_hz(10));
    let style = ProgressStyle::with_template("{bar:30} {percent:>3}%  {msg}").expect("the template is well formed");
    bar.set_style(style);
    bar
}

fn show(bar: &ProgressBar, progress: &Progress) {
    bar.set_position((1_000.0 * progress.spent) as u64);
    bar.set_message(format!("{} moves, best {:.3}, {} isolated", HumanCount(progress.moves), progress.best, progress.isolated));
}

fn time(text: &str) -> Result<Duration, String> {
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let seconds = match unit {
        "ms" => 0.001,
        "" | "s" => 1.0,
        "m" => 60.0,
        _ => return Err("write a time such as 500ms, 2s or 1m".into()),
    };
    let number: f64 = number.parse().map_err(|_| "write a time such as 500ms, 2s or 1m".to_owned())?;
    Duration::try_from_secs_f64(number * seconds).ok().filter(|time| !time.is_zero()).ok_or_else(|| "must be more than nothing".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_with_their_unit() {
        assert_eq!(time("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(time("2s"), Ok(Duration::from_secs(2)));
        assert_eq!(time("1.5m"), Ok(Duration::from_secs(90)));
        for wrong in ["", "0s", "2h", "fast", "-1s", "1e99s"] {
            assert!(time(wrong).is_err(), "{wrong}");
        }
    }
}
