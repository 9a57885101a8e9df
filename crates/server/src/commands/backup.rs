//! `convivio backup`, `restore` and `resume-sending`.
//!
//! A restored database carries a mark, and sends nothing until somebody has looked: it does not know what was sent after the backup was made.
//! Backups of SQLite carry the mark already, so that they are quiet however they are put back.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, bail, ensure};
use convivio_db::{Store, backup, sending};
use serde_json::json;
use tokio::process::Command;

use crate::clock::Clock;
use crate::config::{Config, Given, make_data_folder};

#[derive(clap::Args)]
pub struct BackupArgs {
    /// The file to write; it must not exist
    file: PathBuf,
}

#[derive(clap::Args)]
pub struct RestoreArgs {
    /// A file that `convivio backup` wrote
    file: PathBuf,
    /// Takes the place of what is in the database
    #[arg(long)]
    force: bool,
}

pub async fn backup(given: Given, args: BackupArgs) -> anyhow::Result<()> {
    let config = Config::read(given)?;
    let file = args.file;
    ensure!(!file.exists(), "{} exists already", file.display());
    // Under its name stands only a whole backup.
    let part = beside(&file, ".part");
    remove_if_there(&part)?;
    private_file(&part)?;
    let written = match &config.database.store {
        Store::Sqlite { file: original, .. } => backup_sqlite(original, &part).await,
        Store::Postgres { url } => dump_postgres(url, &part).await,
    };
    if let Err(err) = written.and_then(|()| Ok(std::fs::File::open(&part)?.sync_all()?)).and_then(|()| Ok(std::fs::rename(&part, &file)?)) {
        remove_if_there(&part)?;
        return Err(err);
    }
    super::print(json!({"file": file, "bytes": std::fs::metadata(&file)?.len()}))?;
    if config.secret.is_none() {
        eprintln!("keep {} too, in another place: without it no link in any mail works", config.data.join("server.key").display());
    }
    Ok(())
}

async fn backup_sqlite(original: &Path, part: &Path) -> anyhow::Result<()> {
    ensure!(original.exists(), "there is no database at {}", original.display());
    backup::copy_sqlite(original, part).await?;
    Ok(backup::mark_restored(part, Clock::real().now()).await?)
}

async fn dump_postgres(url: &str, part: &Path) -> anyhow::Result<()> {
    let mut dump = Command::new("pg_dump");
    dump.args(["--format=plain", "--clean", "--if-exists", "--no-owner", "--no-privileges", "--no-password", "--file"]).arg(part);
    run(dump, url).await
}

pub async fn restore(given: Given, args: RestoreArgs) -> anyhow::Result<()> {
    let config = Config::read(given)?;
    ensure!(args.file.exists(), "there is no file {}", args.file.display());
    match &config.database.store {
        Store::Sqlite { file, .. } => {
            make_data_folder(&config.data)?;
            let _alone = super::serve::alone_on_file(&config)?;
            refuse_to_overwrite(&config, &args, file.exists()).await?;
            restore_sqlite(&args.file, file).await?;
        }
        Store::Postgres { url } => {
            refuse_to_overwrite(&config, &args, true).await?;
            let mark = format!(
                "INSERT INTO public.settings (key, value) VALUES ('{}', '\"{}\"') ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                sending::HELD,
                Clock::real().now().to_rfc3339()
            );
            let mut psql = Command::new("psql");
            // One transaction: whatever else works on this database sees it with its mark or not at all.
            psql.args(["--no-psqlrc", "--quiet", "--no-password", "--set=ON_ERROR_STOP=1", "--single-transaction", "--file"]);
            psql.arg(&args.file).args(["--command", &mark]);
            run(psql, url).await?;
        }
    }
    super::print(json!({"restored": args.file, "sending": "held"}))?;
    eprintln!("no mail leaves until `convivio resume-sending` is run");
    Ok(())
}

async fn refuse_to_overwrite(config: &Config, args: &RestoreArgs, exists: bool) -> anyhow::Result<()> {
    if exists && !args.force && !backup::is_empty(&config.database).await? {
        bail!("the database is not empty; --force puts the backup in its place");
    }
    Ok(())
}

/// What was there is put aside, not thrown away.
async fn restore_sqlite(from: &Path, file: &Path) -> anyhow::Result<()> {
    let part = beside(file, ".restoring");
    remove_if_there(&part)?;
    private_file(&part)?;
    std::fs::copy(from, &part)?;
    let checked = async {
        backup::check_sqlite(&part).await?;
        backup::mark_restored(&part, Clock::real().now()).await
    };
    if let Err(err) = checked.await {
        remove_if_there(&part)?;
        return Err(err).with_context(|| from.display().to_string());
    }
    for tail in ["", "-wal", "-shm"] {
        let old = beside(file, tail);
        let aside = beside(&beside(file, ".before-restore"), tail);
        remove_if_there(&aside)?;
        if old.exists() {
            std::fs::rename(old, aside)?;
        }
    }
    std::fs::File::open(&part)?.sync_all()?;
    Ok(std::fs::rename(part, file)?)
}

pub async fn resume_sending(given: Given) -> anyhow::Result<()> {
    let app = super::open(given).await?;
    let held_since = sending::held_since(&app.db.central()).await?;
    sending::resume(&app.db.central()).await?;
    super::print(json!({"sending": "on", "was_held_since": held_since}))?;
    Ok(app.db.close().await?)
}

/// Runs one of PostgreSQL's own programs. The password goes by the environment, which others on the machine cannot read.
async fn run(mut program: Command, url: &str) -> anyhow::Result<()> {
    let name = program.as_std().get_program().to_string_lossy().into_owned();
    let mut url = url::Url::parse(url).context("database_url")?;
    if let Some(password) = url.password() {
        let plain: String = percent_decoded(password);
        program.env("PGPASSWORD", plain);
        ensure!(url.set_password(None).is_ok(), "database_url has no host");
    }
    program.args(["--dbname", url.as_str()]).stdin(Stdio::null());
    let ended = match program.output().await {
        Err(err) if err.kind() == std::io::ErrorKind::NotFound => {
            bail!("{name} was not found: install PostgreSQL's client programs, of the server's version or newer")
        }
        ended => ended?,
    };
    ensure!(ended.status.success(), "{name} failed: {}", String::from_utf8_lossy(&ended.stderr).trim());
    Ok(())
}

fn percent_decoded(text: &str) -> String {
    // A query of one nameless value; a plus sign is itself here.
    let query = text.replace('+', "%2B");
    url::form_urlencoded::parse(format!("={query}").as_bytes()).map(|(_, value)| value.into_owned()).collect()
}

fn beside(file: &Path, tail: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(tail);
    name.into()
}

fn remove_if_there(file: &Path) -> anyhow::Result<()> {
    match std::fs::remove_file(file) {
        Err(err) if err.kind() != std::io::ErrorKind::NotFound => Err(err).with_context(|| file.display().to_string()),
        _ => Ok(()),
    }
}

/// An empty file that only its owner reads: it will hold people's data.
fn private_file(file: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let made = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
    made.map(|_| ()).with_context(|| format!("{} cannot be written", file.display()))
}
