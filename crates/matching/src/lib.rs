//! Who sits where: people, tables and rounds go in, a [`Seating`] comes out, or the reason why there is none.
//!
//! Start at [`Problem::new`], which checks everything a caller hands over, then [`solve`]. What makes a table good is
//! listed in [`objectives`]; which seatings are allowed at all is in `hard.rs`; the search is `anneal.rs`.
//! Nothing here reads a file, a clock or a global: time and cancelling come in through the `watch` of [`solve`].
//!
//! ```
//! use convivio_matching::{Draft, Flow, Options, Person, Problem, Table, solve};
//!
//! let people = ["Ada", "Bo", "Luca", "Mei"].map(|name| Person::new(name).with_passion("jazz", 2));
//! let tables = vec![Table::new("1", 2, 2), Table::new("2", 2, 2)];
//! let problem = Problem::new(Draft { people: people.into(), tables, rounds: 3, ..Draft::default() }).expect("the draft is complete");
//! let seating = solve(&problem, &Options::seeded(1), |_| Flow::Continue).expect("four people fit two tables of two");
//! assert_eq!(seating.score.repeats, 0);
//! ```

mod anneal;
mod arrange;
mod attributes;
mod broken;
mod chance;
mod check;
mod cliques;
mod cooling;
mod designs;
mod draft;
mod every;
mod exact;
mod hard;
pub mod instance;
mod isolation;
mod limits;
pub mod objectives;
mod pairs;
mod part;
mod places;
mod polish;
mod problem;
mod repair;
mod room;
mod rules;
mod score;
mod sentences;
mod solve;
mod split;
mod theme;
mod values;
mod why;
mod words;

pub use attributes::{ATTRIBUTES, Company};
pub use broken::{Broken, BrokenRule, broken};
pub use check::{Conflict, Infeasible, Reason, check};
pub use draft::{Aim, Draft, MAX_PEOPLE, MAX_ROUNDS, MAX_TABLES, Mistake, Person, Rule, Table, Weights};
pub use problem::Problem;
pub use repair::{Repaired, repair};
pub use score::{PersonWorth, Score, score};
pub use solve::{ALGORITHM, Flow, Options, Progress, Seating, default_moves, solve};
pub use split::{DEFAULT_SIZES, Sizes, split};
pub use theme::{THEME_SHARE, Theme, theme};
pub use why::{Given, Shared, Why, why};
