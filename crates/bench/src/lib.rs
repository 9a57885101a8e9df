//! Measuring Convivio against the machine it runs on.
//!
//! A figure alone says more about the machine than about the program, so everything is measured beside a [`bare`] server: actix-web and sqlx, the
//! same statements on the same tables, and nothing else. Both are put under the same [`load`] in turns, and what counts is the ratio within a
//! round ([`rounds`]). [`seed`] makes tables large, [`process`] says what a process used.
//!
//! The command `convivio bench` plays it; this crate knows nothing of Convivio but its tables.

pub mod bare;
pub mod load;
pub mod process;
pub mod rounds;
pub mod seed;
pub mod sink;
