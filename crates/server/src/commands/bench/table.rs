//! What was measured, as a table, and whether every goal was reached.

use std::process::ExitCode;

use convivio_bench::process;
use convivio_bench::rounds::{Rounds, Turn};

use super::world::Engine;

/// A number of the goals in `docs/benchmarks.md`, and its bound.
#[derive(Clone, Copy)]
pub struct Goal {
    number: &'static str,
    bound: Bound,
}

#[derive(Clone, Copy)]
enum Bound {
    AtLeast(f64),
    AtMost(f64),
    Free,
}

impl Goal {
    /// For what is shown and promised nowhere.
    pub const NONE: Self = Self { number: "", bound: Bound::Free };

    pub fn at_least(number: &'static str, bound: f64) -> Self {
        Self { number, bound: Bound::AtLeast(bound) }
    }

    pub fn at_most(number: &'static str, bound: f64) -> Self {
        Self { number, bound: Bound::AtMost(bound) }
    }

    fn is_reached(&self, figure: f64) -> bool {
        match self.bound {
            Bound::AtLeast(bound) => figure >= bound,
            Bound::AtMost(bound) => figure <= bound,
            Bound::Free => true,
        }
    }

    fn told(&self, figure: f64, unit: &str) -> String {
        let reached = if self.is_reached(figure) { "reached" } else { "**missed**" };
        match self.bound {
            Bound::AtLeast(bound) => format!("≥ {bound:.2}{unit}: {reached}"),
            Bound::AtMost(bound) => format!("≤ {bound:.2}{unit}: {reached}"),
            Bound::Free => String::new(),
        }
    }
}

#[derive(Default)]
pub struct Table {
    side_by_side: Vec<String>,
    growing: Vec<String>,
    held: Vec<String>,
    missed: Vec<&'static str>,
}

impl Table {
    pub fn compare(&mut self, goal: Goal, what: &str, engine: &Engine, rounds: &Rounds) {
        let (ratio, processor) = (rounds.ratio(), rounds.processor_ratio());
        self.judge(goal, ratio.median);
        self.side_by_side.push(format!(
            "| {} | {what} | {engine} | {:.0} | {:.0} | **{:.2}** [{:.2}–{:.2}] | {:.0} | {:.0} | {:.2} | {} |",
            goal.number,
            rounds.ours(Turn::per_second),
            rounds.bare(Turn::per_second),
            ratio.median,
            ratio.least,
            ratio.most,
            rounds.ours(Turn::processor_each),
            rounds.bare(Turn::processor_each),
            processor.median,
            goal.told(ratio.median, ""),
        ));
    }

    pub fn growth(&mut self, goal: Goal, what: &str, engine: &Engine, [few, many]: [f64; 2], exponent: f64) {
        self.judge(goal, exponent);
        let told = goal.told(exponent, "");
        self.growing.push(format!("| {} | {what} | {engine} | {few:.0} | {many:.0} | **{exponent:.3}** | {told} |", goal.number));
    }

    pub fn memory(&mut self, goal: Goal, what: &str, engine: &Engine, held: f64, seconds: u64) {
        self.figure(goal, &format!("{what}, {seconds} s"), engine, held, " MiB", 0);
    }

    /// Memory that is added in a stretch.
    pub fn slope(&mut self, goal: Goal, what: &str, engine: &Engine, added: f64) {
        self.figure(goal, what, engine, added, " MiB", 2);
    }

    pub fn time(&mut self, goal: Goal, what: &str, engine: &Engine, seconds: f64) {
        self.figure(goal, what, engine, seconds, " s", 2);
    }

    fn figure(&mut self, goal: Goal, what: &str, engine: &Engine, figure: f64, unit: &str, digits: usize) {
        self.judge(goal, figure);
        let told = goal.told(figure, unit);
        self.held.push(format!("| {} | {what} | {engine} | **{figure:.digits$}{unit}** | {told} |", goal.number));
    }

    fn judge(&mut self, goal: Goal, figure: f64) {
        if !goal.is_reached(figure) {
            self.missed.push(goal.number);
        }
    }

    /// Fails where a goal was missed.
    pub fn print(self) -> anyhow::Result<ExitCode> {
        use super::super::print;
        let cores = std::thread::available_parallelism().map_or(0, usize::from);
        let (load, version) = (process::load_average(), env!("CARGO_PKG_VERSION"));
        print(format_args!("{cores} cores, load average {load} at the end, Convivio {version}\n"))?;
        let parts: [(&str, &[String]); 3] = [
            (
                "| no. | what | database | Convivio/s | bare/s | ratio [spread] | Convivio µs | bare µs | ratio by processor time | goal |\n| --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |",
                &self.side_by_side,
            ),
            (
                "| no. | what | database | µs at 1,000 rows | µs at the most | exponent | goal |\n| --- | --- | --- | ---: | ---: | ---: | --- |",
                &self.growing,
            ),
            ("| no. | what | database | figure | goal |\n| --- | --- | --- | ---: | --- |", &self.held),
        ];
        for (head, lines) in parts.into_iter().filter(|(_, lines)| !lines.is_empty()) {
            print(head)?;
            lines.iter().try_for_each(print)?;
            print("")?;
        }
        if self.missed.is_empty() {
            return Ok(ExitCode::SUCCESS);
        }
        eprintln!("missed: {}", self.missed.join(", "));
        Ok(ExitCode::FAILURE)
    }
}
