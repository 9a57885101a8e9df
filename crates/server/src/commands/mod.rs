//! The commands, one file each.

pub mod backup;
pub mod bench;
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

/// What a command has to say, alone on stdout.
fn print(answer: &serde_json::Value) {
    println!("{answer}");
}
