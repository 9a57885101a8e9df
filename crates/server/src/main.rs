//! The binary `convivio`.
//!
//! `main` reads the settings and hands over to a command (`commands/`). `serve` is the main one: `routes.rs` lists what it answers, `timers.rs`
//! what it does by itself, `outbox/` how mail leaves. What those have at hand is the [`app::App`].

mod answering;
mod api;
mod app;
mod authoring;
mod bouncing;
mod cancelling;
mod clock;
mod commands;
mod completing;
mod config;
mod consenting;
mod declaring;
mod erasing;
mod gardening;
mod hosting;
mod http;
mod importing;
mod introducing;
mod jobs;
mod keeping;
mod keys;
mod languages;
mod metrics;
mod outbox;
mod pages;
mod prompting;
mod reasons;
mod registering;
mod routes;
mod seating;
mod spreadsheet;
mod timers;
mod waiting;
mod zones;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::{Given, LogFormat};

/// A sixth more mails a second than with the system's, see docs/decisions/0014-an-allocator.md.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The backend for networking events where people really meet.
#[derive(Parser)]
#[command(version, about)]
struct Cli {
    #[command(flatten)]
    given: Given,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the API and the pages, and work the outbox
    Serve,
    /// Work with organizers
    #[command(subcommand)]
    Organizer(OrganizerCommand),
    /// Work with tokens
    #[command(subcommand)]
    Token(TokenCommand),
    /// Print a sign-in link for a member
    LoginLink(commands::login_link::Args),
    /// Bring the database up to date
    Migrate,
    /// Copy the database to a file, while it serves
    Backup(commands::backup::BackupArgs),
    /// Put a backup in place; no mail leaves before `resume-sending`
    Restore(commands::backup::RestoreArgs),
    /// Let mail leave again after a restore
    ResumeSending,
    /// Read a bounce or a complaint from standard input, as a mail server hands it on
    Bounce,
    /// Work with the settings
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Print the API's OpenAPI document
    Openapi,
    /// Seat people from a file
    Seat(commands::seat::SeatArgs),
    /// Play an evening of 120 people, from the invitation to the ninetieth day after
    Demo(commands::demo::Args),
    /// Measure this machine: Convivio beside a bare server with the same statements
    Bench(commands::bench::Args),
}

#[derive(Subcommand)]
enum OrganizerCommand {
    /// Make an organizer and print its owner's token
    Create(commands::organizer::CreateArgs),
}

#[derive(Subcommand)]
enum TokenCommand {
    /// Make a token and print it
    Create(commands::token::CreateArgs),
}

#[derive(Subcommand)]
enum ConfigCommand {
    /// Print the settings in force, with secrets masked
    Check,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    // One provider for all TLS in the process; without it, libraries that bring several would refuse to choose.
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        eprintln!("convivio: TLS was set up twice");
        return ExitCode::FAILURE;
    }
    let cli = match cli.given.with_file() {
        Ok(given) => Cli { given, command: cli.command },
        Err(err) => {
            eprintln!("convivio: {err:#}");
            return ExitCode::FAILURE;
        }
    };
    start_logging(&cli);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(err) => {
            eprintln!("convivio: {err}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(run(cli)) {
        Ok(code) => code,
        Err(err) => {
            eprintln!("convivio: {err:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(Cli { given, command }: Cli) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve => commands::serve::run(given).await?,
        Command::Organizer(OrganizerCommand::Create(args)) => commands::organizer::create(given, args).await?,
        Command::Token(TokenCommand::Create(args)) => commands::token::create(given, args).await?,
        Command::LoginLink(args) => commands::login_link::run(given, args).await?,
        Command::Migrate => commands::migrate::run(given).await?,
        Command::Backup(args) => commands::backup::backup(given, args).await?,
        Command::Restore(args) => commands::backup::restore(given, args).await?,
        Command::ResumeSending => commands::backup::resume_sending(given).await?,
        Command::Bounce => return Ok(commands::bounce::run(given).await),
        Command::Config(ConfigCommand::Check) => commands::config_check::run(given)?,
        Command::Openapi => commands::openapi::run()?,
        Command::Seat(args) => return commands::seat::run(args),
        Command::Demo(args) => commands::demo::run(args).await?,
        Command::Bench(args) => return commands::bench::run(given, args).await,
    }
    Ok(ExitCode::SUCCESS)
}

/// Logs go to stderr: stdout belongs to what a command answers.
fn start_logging(cli: &Cli) {
    use tracing_subscriber::EnvFilter;
    let default = if matches!(cli.command, Command::Serve) { "info" } else { "warn" };
    let wanted = cli.given.log.as_deref().unwrap_or(default);
    // Libraries that would write addresses or credentials stay at their plain level, whatever is asked for.
    let filter = EnvFilter::try_new(format!("{wanted},sqlx=warn,lettre=info,hyper=info")).unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    match cli.given.log_format.unwrap_or(LogFormat::Text) {
        LogFormat::Text => lines.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).init(),
        LogFormat::Json => lines.json().init(),
    }
}
