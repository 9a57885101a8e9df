//! What a person writes: of whoever is erased meanwhile there is nothing more to write.

use convivio_db::{Tenant, Tx, person};
use convivio_domain::PersonId;

use crate::app::App;
use crate::http::{ApiError, Result};

/// A transaction with its author held until it ends: two of theirs come one after the other, and so do what they write and their own erasure.
pub async fn write_as(app: &App, who: &impl Tenant, author: PersonId) -> Result<Tx> {
    let tx = app.db.write(who).await?;
    person::lock(&tx, author).await?.ok_or(ApiError::NotFound)?;
    Ok(tx)
}
