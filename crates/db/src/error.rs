use sea_orm::{DbErr, RuntimeErr};

/// What went wrong in the database. Expected outcomes are not errors: queries return them as values.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database did not answer in time or could not be reached; trying again may help.
    #[error("the database is not available: {0}")]
    Unavailable(DbErr),
    #[error(transparent)]
    Failed(DbErr),
    #[error("{0}")]
    Refused(String),
}

impl Error {
    /// Whether somebody else held a row for too long; the database itself is there.
    pub fn is_held_up(&self) -> bool {
        let Self::Unavailable(DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause))) = self else {
            return false;
        };
        let code = cause.as_database_error().and_then(|cause| cause.code().map(|code| code.into_owned()));
        matches!(code.as_deref(), Some("55P03" | "40P01" | "40001" | "57014"))
    }

    /// The same for somebody else who waited for the same answer.
    pub fn again(&self) -> Self {
        match self {
            Self::Unavailable(err) => Self::Unavailable(DbErr::Custom(err.to_string())),
            Self::Failed(err) => Self::Failed(DbErr::Custom(err.to_string())),
            Self::Refused(why) => Self::Refused(why.clone()),
        }
    }
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

impl From<DbErr> for Error {
    fn from(err: DbErr) -> Self {
        match &err {
            DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => Self::Unavailable(err),
            DbErr::Exec(cause) | DbErr::Query(cause) if is_passing(cause) => Self::Unavailable(err),
            _ => Self::Failed(err),
        }
    }
}

/// Lock and statement time-outs, deadlocks, a server going away: the work may be tried again as it is.
fn is_passing(cause: &RuntimeErr) -> bool {
    let RuntimeErr::SqlxError(cause) = cause else { return false };
    match cause.as_ref() {
        sea_orm::sqlx::Error::Io(_) | sea_orm::sqlx::Error::PoolTimedOut | sea_orm::sqlx::Error::PoolClosed => true,
        sea_orm::sqlx::Error::Database(cause) => {
            let code = cause.code().unwrap_or_default();
            // PostgreSQL: 55P03 lock not available, 57014 statement time-out, 40001 and 40P01 serialization and deadlock, 57P0x shutting down.
            // SQLite: 5 busy, 6 locked.
            matches!(code.as_ref(), "55P03" | "57014" | "40001" | "40P01" | "57P01" | "57P02" | "57P03" | "5" | "6" | "517")
        }
        _ => false,
    }
}
