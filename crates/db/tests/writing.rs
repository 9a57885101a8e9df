//! The one way to write, on SQLite: what it protects from, and that nothing of one organizer is seen by another.

use convivio_db::{Database, Settings, Store, Synchronous, event, organizer, person};
use convivio_domain::{EmailAddress, Locale, PersonName, Slug, Title};
use sea_orm::{ConnectionTrait, Statement};

async fn database(folder: &tempfile::TempDir) -> Database {
    let store = Store::Sqlite { file: folder.path().join("convivio.db"), synchronous: Synchronous::Normal };
    Database::open(&Settings { store, pool: 4 }).await.expect("a new file")
}

async fn an_organizer(database: &Database, slug: &str) -> organizer::Model {
    let now = "2026-03-01T10:00:00Z".parse().expect("an instant");
    let slug = Slug::parse(slug).expect("a slug");
    organizer::insert(&database.central(), slug, Title::parse("Circolo").expect("a title"), now).await.expect("inserted").expect("new")
}

#[tokio::test]
async fn fifty_writers_at_once_lose_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = database(&folder).await;
    let organizer = an_organizer(&database, "circolo").await;
    let now = "2026-03-01T10:00:00Z".parse().expect("an instant");
    let writers = (0..50).map(|i| {
        let (database, organizer) = (database.clone(), organizer.clone());
        tokio::spawn(async move {
            for j in 0..4 {
                let tx = database.write(&organizer).await.expect("a transaction");
                let email = EmailAddress::parse(&format!("p{i}.{j}@example.org")).expect("an address");
                let name = PersonName::parse("Ada").expect("a name");
                person::of_address(&tx, &email, &name, Locale::En, now).await.expect("a person");
                tx.commit().await.expect("committed");
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.expect("no writer failed");
    }
    let read = database.read(&organizer);
    for i in 0..50 {
        for j in 0..4 {
            let email = EmailAddress::parse(&format!("p{i}.{j}@example.org")).expect("an address");
            assert!(person::by_email(&read, &email).await.expect("a query").is_some(), "p{i}.{j} is lost");
        }
    }
}

#[tokio::test]
async fn s1_another_organizers_rows_are_not_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = database(&folder).await;
    let (ours, theirs) = (an_organizer(&database, "ours").await, an_organizer(&database, "theirs").await);
    let now = "2026-03-01T10:00:00Z".parse().expect("an instant");
    let email = EmailAddress::parse("ada@example.org").expect("an address");
    let tx = database.write(&ours).await.expect("a transaction");
    let name = PersonName::parse("Ada").expect("a name");
    let ada = person::of_address(&tx, &email, &name, Locale::En, now).await.expect("a person");
    tx.commit().await.expect("committed");
    assert!(person::find_by_id(&database.read(&ours), ada.id).await.expect("a query").is_some());
    assert!(person::find_by_id(&database.read(&theirs), ada.id).await.expect("a query").is_none());
    assert!(event::by_slug(&database.read(&theirs), "nothing").await.expect("a query").is_none());
}

#[tokio::test]
async fn a_transaction_dropped_leaves_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = database(&folder).await;
    let organizer = an_organizer(&database, "circolo").await;
    let now = "2026-03-01T10:00:00Z".parse().expect("an instant");
    let email = EmailAddress::parse("ada@example.org").expect("an address");
    let tx = database.write(&organizer).await.expect("a transaction");
    person::of_address(&tx, &email, &PersonName::parse("Ada").expect("a name"), Locale::En, now).await.expect("a person");
    drop(tx);
    let tx = database.write(&organizer).await.expect("the next one is not kept waiting");
    assert!(person::by_email(&tx, &email).await.expect("a query").is_none());
}

/// Whoever asks for a link to sign in names no organizer.
#[tokio::test]
async fn an_address_is_found_by_its_index() {
    let folder = tempfile::tempdir().expect("a folder");
    database(&folder).await.close().await.expect("closed");
    let address = format!("sqlite://{}", folder.path().join("convivio.db").display());
    let connection = sea_orm::Database::connect(address).await.expect("the file is there");
    let query = "EXPLAIN QUERY PLAN SELECT * FROM people WHERE email_normal = 'ada@example.org'";
    let plan = connection.query_one_raw(Statement::from_string(connection.get_database_backend(), query)).await.expect("a query");
    let detail: String = plan.expect("one step").try_get("", "detail").expect("it has words");
    assert!(detail.starts_with("SEARCH people USING INDEX") && detail.ends_with("(email_normal=?)"), "{detail}");
}
