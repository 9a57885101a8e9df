//! Which prompt, for whom, when, and when not: pure functions of facts and the time. No I/O, no clock, no global.
//!
//! Start with [`rules::decide`], which is asked when a prompt falls due and again at the moment of sending, and with [`f1::compose`], which
//! says what the prompt holds.
//!
//! | step | due | says | composed by |
//! |---|---|---|---|
//! | A0 | a week before, 10:00 in the event's zone ([`due::freshness`]), for profiles older than [`due::STALE_AFTER`] | is this still you? | its mail alone |
//! | A1 | the day before, 10:00 in the event's zone ([`due::method`]) | how we meet, how to listen | [`copy::default_method`], [`copy::listening_tips`] |
//! | F1 | one working day after, 10:00 in the reader's zone ([`due::of_step`]) | who stayed in your mind? | [`f1::compose`] |
//! | N1 | two days after, 10:00 in the reader's zone ([`due::of_step`]), to those who could not come | nothing to do; the next event | [`n1::compose`] |
//!
//! | rule | where |
//! |---|---|
//! | 1 attended only, by consent | [`rules::decide`]; [`Tablemate::both_present`] |
//! | 2 give before ask | F1 holds no request, and no kind of action beginning with `ask_` |
//! | 3 one action a mail | [`f1::compose`] |
//! | 4 personal or silent | [`rules::is_personal`] |
//! | 5 not intrusive | [`rules::decide`], [`rules::Caps`], [`window`]; for event mail [`rules::holds_event_mail`] |
//! | 6 backing off | a prompt that is put off: [`due::SNOOZES`], [`due::after_weeks`] |
//!
//! At the table itself: [`guide`]. To read before, during and after: [`reading`]. What two people share: [`common_ground`].
//!
//! A new step is a variant of `domain::words::Step`, its day in [`due`], its words in `data/prompts.toml` and a file like `f1.rs`.

pub mod common_ground;
pub mod copy;
pub mod due;
pub mod f1;
pub mod gifts;
pub mod guide;
pub mod n1;
mod people;
mod phrases;
pub mod reading;
pub mod rules;
#[cfg(test)]
mod samples;
pub mod window;

pub use people::{EventFacts, ProfileView, Reader, Tablemate};
