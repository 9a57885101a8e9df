//! The commands, one file each.

pub mod backup;
pub mod bench;
pub mod bounce;
mod client;
pub mod config_check;
pub mod demo;
pub mod login_link;
pub mod migrate;
pub mod openapi;
pub mod organizer;
pub mod seat;
pub mod serve;
pub mod token;

use std::fmt::Display;
use std::io::{self, Write};

use anyhow::Context;

use crate::app::App;
use crate::config::{Config, Given};

/// Opens what the settings name, for a command that is not the server.
async fn open(given: Given) -> anyhow::Result<App> {
    let config = Config::read(given)?;
    let public_url = public_url(&config, config.listen);
    App::open(config, public_url).await
}

/// The address people reach the server at.
fn public_url(config: &Config, listening: std::net::SocketAddr) -> String {
    config.public_url.clone().unwrap_or_else(|| format!("http://{listening}"))
}

/// What a command has to say, alone on stdout. Whoever reads it may have seen enough (`| head`): the command's work is done all the same.
fn print(answer: impl Display) -> anyhow::Result<()> {
    let mut stdout = io::stdout().lock();
    match writeln!(stdout, "{answer}").and_then(|()| stdout.flush()) {
        Err(err) if err.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        printed => printed.context("the answer could not be printed"),
    }
}
