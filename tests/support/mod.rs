//! What the tests are told with: a server of one's own, people, mails and a clock.

pub mod contract;
pub mod database;
pub mod http;
pub mod mailbox;
pub mod process;
pub mod ready;
pub mod server;
pub mod smtp;
pub mod world;

pub use database::Database::{self, Postgres, Sqlite};
pub use http::{Answer, Caller, Request, links_of};
pub use mailbox::Mail;
pub use process::{Setup, read_the_beginning_of, run_with};
pub use rstest::rstest;
pub use serde_json::{Value, json};
pub use server::{TestApp, eventually, real_time};
pub use smtp::{Reply, Sink};
pub use std::future::IntoFuture;
pub use world::*;
