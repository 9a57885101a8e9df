//! Which prompt, for whom, when, and when not: pure functions of facts and the time. No I/O, no clock, no global.
//!
//! Start with [`rules::decide`], which is asked when a prompt falls due and again at the moment of sending, and with [`steps::compose`], which
//! says what the prompt holds.
//!
//! | step | due, at ten | says |
//! |---|---|---|
//! | A0 | a week before, in the event's zone ([`due::freshness`]), for profiles older than [`due::STALE_AFTER`] | is this still you? |
//! | A1 | the day before, in the event's zone ([`due::method`]) | how we meet, how to listen ([`copy::default_method`], [`copy::listening_tips`]) |
//! | F1 | one working day after, in the reader's zone, as all that follows ([`due::of_step`]) | who stayed in your mind? |
//! | F2 | 8 days after ([`plan`]) | something small for one of them |
//! | F3 | 18 days after | something small together |
//! | F4 | 30 days after | how is it going? |
//! | F5 | 60 days after | two people who should meet? |
//! | F6 | 90 days after | what to keep, slow down and let go |
//! | C | as often as the reader chose ([`garden::Cadence`]) | up to three people growing distant |
//! | N1 | two days after, to those who could not come | nothing to do; the next event |
//! | stop | when the next would have come ([`pace`]) | we stop here |
//!
//! | rule | where |
//! |---|---|
//! | 1 attended only, by consent | [`rules::decide`]; [`Tablemate::both_present`], [`Tablemate::is_blocked`] |
//! | 2 give before ask | [`asks::gate`]; F1 to F3 hold no kind of action beginning with `ask_` |
//! | | what somebody asks for beside what they give: [`mirror`], for themselves |
//! | 3 one action a mail | [`steps::compose`] |
//! | 4 personal or silent | [`rules::is_personal`] |
//! | 5 not intrusive | [`rules::decide`], [`rules::Caps`], [`window`]; for event mail [`rules::holds_event_mail`] |
//! | 6 backing off | [`pace::of`]; a prompt that is put off: [`due::SNOOZES`], [`due::after_weeks`] |
//!
//! At the table itself: [`guide`], and [`host`] for whoever leads it. To read before, during and after: [`reading`]. What two people
//! share: [`common_ground`]; what one could do next for the other: [`ideas`].
//!
//! A new step is a variant of `domain::words::Step`, its day in [`plan`], its words in `data/prompts.toml` and a file in `steps`.

pub mod asks;
pub mod common_ground;
pub mod copy;
pub mod due;
pub mod example;
mod families;
pub mod garden;
pub mod gifts;
pub mod guide;
pub mod host;
pub mod ideas;
pub mod mirror;
pub mod pace;
mod people;
mod phrases;
pub mod plan;
pub mod play;
pub mod reading;
pub mod rules;
#[cfg(test)]
mod samples;
pub mod steps;
pub mod window;

pub use people::{Contact, EventFacts, Kept, Next, ProfileView, Reader, Story, Tablemate};
pub use plan::Plan;
