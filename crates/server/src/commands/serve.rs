//! `convivio serve`: answers requests and works the outbox, until it is told to stop.

use std::net::TcpListener;
use std::time::Duration;

use anyhow::Context;
use convivio_db::{Store, idempotency, job, message, sending};
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::app::App;
use crate::clock::Clock;
use crate::config::{Config, Given};
use crate::{jobs, metrics, routes, timers};

/// Enough for the mails in hand, and below the half minute after which orchestrators kill.
const DRAIN: Duration = Duration::from_secs(25);

/// For how long answers, `/readyz` with 503 first of all, tell balancers and clients to go elsewhere before no connection is taken any more.
const LEAVE: Duration = Duration::from_secs(1);

pub async fn run(given: Given) -> anyhow::Result<()> {
    // Before anything else: whoever starts us may change their mind at once.
    let stop = StopSignal::listen()?;
    let config = Config::read(given)?;
    crate::config::make_data_folder(&config.data)?;
    let _alone = alone_on_file(&config)?;
    let listener = TcpListener::bind(config.listen).with_context(|| format!("cannot listen on {}", config.listen))?;
    let listening = listener.local_addr()?;
    let public_url = super::public_url(&config, listening);
    let mut app = App::open(config, public_url).await?;
    if !app.config.sandbox {
        app.clock = Clock::out_of_sandbox(&app.db.central()).await?;
    }
    start_afresh(&app).await?;
    let workers = tokio::spawn(timers::run(app.clone()));
    tokio::spawn(metrics::record(app.clone()));
    let server = routes::server(app.clone(), listener)?;
    let handle = server.handle();
    let running = tokio::spawn(server);
    welcome(&app, listening);
    if let Some(since) = sending::held_since(&app.db.central()).await? {
        tracing::warn!(
            "NO MAIL IS SENT: this database was restored from a backup ({since}). `convivio resume-sending` lets mail leave again"
        );
    }
    stop.given().await;
    tracing::info!("stopping: finishing what is in hand");
    app.stopping.cancel();
    let drained = tokio::time::timeout(DRAIN, async {
        let (workers, ()) = tokio::join!(workers, tokio::time::sleep(LEAVE));
        if let Err(err) = workers {
            tracing::error!("the workers panicked: {err}");
        }
        // Before the server goes: with it go the threads on which some of the database's connections were opened.
        app.outbox.release(&app).await?;
        jobs::release(&app).await?;
        handle.stop(true).await;
        if let Err(err) = running.await {
            tracing::error!("the server panicked: {err}");
        }
        anyhow::Ok(())
    });
    match drained.await {
        Ok(released) => released?,
        Err(_) => tracing::warn!("not everything was finished in {DRAIN:?}; leases will give the rest to others"),
    }
    if app.is_single_process() {
        // Folds the write-ahead log into the file. A connection to PostgreSQL ends with the process.
        app.db.close().await?;
    }
    Ok(())
}

/// On SQLite one process serves a file: the lock is held as long as the process lives, however it ends.
pub fn alone_on_file(config: &Config) -> anyhow::Result<Option<std::fs::File>> {
    let Store::Sqlite { file, .. } = &config.database.store else { return Ok(None) };
    let lock = std::fs::File::create(file.with_extension("serve-lock"))?;
    lock.try_lock()
        .with_context(|| format!("another convivio serves {}; several instances need PostgreSQL (--database-url)", file.display()))?;
    Ok(Some(lock))
}

/// Nobody else is on this file, so what an earlier process held when it died is nobody's.
async fn start_afresh(app: &App) -> anyhow::Result<()> {
    if app.is_single_process() {
        let released = message::release(&app.db.central(), None).await?;
        job::release(&app.db.central(), None).await?;
        idempotency::give_all_back(&app.db.central()).await?;
        if released > 0 {
            tracing::info!("{released} mails were in hand when the last process ended; they are sent now");
        }
    }
    Ok(())
}

fn welcome(app: &App, listening: std::net::SocketAddr) {
    let mail = match &app.config.mail {
        convivio_mail::MailTarget::File => format!("files in {}", app.config.data.join("mail").display()),
        other => other.to_string(),
    };
    eprintln!("Convivio {}", env!("CARGO_PKG_VERSION"));
    eprintln!("listening on http://{listening}");
    eprintln!("  people reach it at  {}", app.url("/"));
    eprintln!("  data                {}", app.config.data.display());
    eprintln!("  mail                {mail}");
    if app.config.sandbox {
        eprintln!("  sandbox             the clock stands at {} and moves by POST /api/v1/sandbox/clock", app.clock.now().to_rfc3339());
    }
    eprintln!("  first organizer     convivio organizer create --slug my-club --name \"My club\" --owner me@example.org");
}

/// SIGTERM or Ctrl-C, which are kept for whoever asks later.
struct StopSignal {
    terminate: Signal,
    interrupt: Signal,
}

impl StopSignal {
    fn listen() -> anyhow::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn given(mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
