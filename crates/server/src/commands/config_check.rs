//! `convivio config check`: the settings in force, with secrets masked.

use crate::config::{Config, Given};

pub fn run(given: Given) -> anyhow::Result<()> {
    let config = Config::read(given)?;
    println!("{}", serde_json::to_string_pretty(&config.shown())?);
    Ok(())
}
