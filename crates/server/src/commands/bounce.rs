//! `convivio bounce`: a mail that came back, on standard input, as an alias of a mail server on this machine hands it on.

use std::io::Read as _;
use std::process::ExitCode;

use anyhow::Context;
use serde_json::json;

use crate::bouncing;
use crate::config::Given;

/// `EX_DATAERR` and `EX_TEMPFAIL` of sysexits(3): a mail server sends the one back, and tries the other again.
const NOT_UNDERSTOOD: u8 = 65;
const LATER: u8 = 75;

pub async fn run(given: Given) -> ExitCode {
    match take(given).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => {
            eprintln!("convivio: the mail is no delivery status notification and no abuse report");
            ExitCode::from(NOT_UNDERSTOOD)
        }
        Err(err) => {
            eprintln!("convivio: {err:#}");
            ExitCode::from(LATER)
        }
    }
}

/// Whether it was understood.
async fn take(given: Given) -> anyhow::Result<bool> {
    let app = super::open(given).await?;
    let most = app.config.receiving.largest_body();
    let mut mail = Vec::new();
    // One byte more than may be, so that what is too large is not taken for what is whole.
    let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    std::io::stdin().lock().take(limit).read_to_end(&mut mail).context("the mail could not be read")?;
    let notices = (mail.len() <= most).then(|| convivio_mail::read_report(&mail)).flatten();
    if let Some(notices) = &notices {
        for notice in notices {
            bouncing::take(&app, notice, None).await?;
        }
        super::print(json!({"notices": notices.len()}))?;
    }
    app.db.close().await?;
    Ok(notices.is_some())
}
