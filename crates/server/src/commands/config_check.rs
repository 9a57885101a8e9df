//! `convivio config check`: the settings in force, with secrets masked.

use crate::config::{Config, Given};

pub fn run(given: Given) -> anyhow::Result<()> {
    let config = Config::read(given)?;
    super::print(format_args!("{:#}", config.shown()))
}
