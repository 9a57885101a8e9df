//! The application seen from outside: every test starts the program as its users do, and talks to
//! it over HTTP and SMTP only. `support` is what the tests are told with; `api` has a file for each
//! resource, `pages` uses what the mails link to, `operations` starts, stops and commands the process,
//! `journeys` follows people over weeks, `reliability` brings crowds, crashes and outages.
//!
//! The tests need a PostgreSQL server; `tests/run` starts one and runs them all.
#![allow(clippy::unwrap_used, unreachable_pub)]

mod api;
mod journeys;
mod operations;
mod pages;
mod reliability;
mod support;
