//! Helpers shared by the tests of the promises.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use diesel::RunQueryDsl;
use epic_events::{
    domain::session::Moment,
    services::{Services, admin},
    storage::{Db, Target},
};

pub use crate::support::rounds;
use crate::support::{
    Engine, TestDb,
    world::{World, start},
};

/// Fails if `took` exceeds the promised time. Only `tests/torture` applies the limit itself: in an ordinary run
/// all tests share the machine, so the limit is ten times as long.
pub fn within(took: Duration, promised: Duration) {
    let limit = if std::env::var_os("EPIC_EVENTS_ROUNDS").is_some() { promised } else { promised * 10 };
    assert!(took < limit, "{took:?} instead of {promised:?}");
}

/// Prints a result line that `tests/torture` collects.
pub fn figure(promise: &str, on: &str, words: &str) {
    println!("FIGURE {promise} ({on}): {words}");
}

/// Services on this database. Unexpected errors are printed, so that a failing test shows them.
pub fn services(db: &TestDb) -> Services {
    tracing_subscriber::fmt().with_max_level(tracing::Level::ERROR).with_test_writer().try_init().ok();
    Services::new(Target::parse(&db.url).unwrap(), "test".to_owned(), 4)
}

pub fn later(seconds: u64) -> Moment {
    let utc = start() + chrono::TimeDelta::seconds(i64::try_from(seconds).unwrap());
    Moment { utc, ticks: 1_000 + seconds * 1_000 }
}

/// The result of SQLite's integrity check: `ok` if nothing is wrong.
pub fn integrity(db: &mut Db) -> Vec<String> {
    #[derive(diesel::QueryableByName)]
    struct Row {
        #[diesel(sql_type = diesel::sql_types::Text)]
        integrity_check: String,
    }
    let Db::Sqlite(db) = db else { panic!("a file") };
    let rows: Vec<Row> = diesel::sql_query("PRAGMA integrity_check").load(db).unwrap();
    rows.into_iter().map(|row| row.integrity_check).collect()
}

/// Makes a backup of a new company with one client named `In the backup`, in this folder.
pub fn backup_in(folder: &Path) -> PathBuf {
    let mut world = World::new(Engine::Sqlite);
    world.client_of(world.sales.actor.id, "In the backup");
    let file = folder.join("backup.db");
    admin::backup(&world.db.url, &file).unwrap();
    file
}
