//! What the promises share.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use diesel::RunQueryDsl;
use epic_events::{
    domain::session::Moment,
    services::{Services, upkeep},
    storage::{Db, Target},
};

use crate::support::{
    Engine, TestDb,
    world::{World, start},
};

/// How often something is repeated: little in every run, much in `tests/torture`.
pub fn rounds(quick: usize) -> usize {
    std::env::var("EPIC_EVENTS_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(quick)
}

/// A promised time holds where nothing else runs, as with `tests/torture`; beside all other
/// tests a machine may take longer.
pub fn within(took: Duration, promised: Duration) {
    let limit = if std::env::var_os("EPIC_EVENTS_ROUNDS").is_some() { promised } else { promised * 10 };
    assert!(took < limit, "{took:?} instead of {promised:?}");
}

/// Says a figure for `tests/torture`.
pub fn figure(promise: &str, on: &str, words: &str) {
    println!("FIGURE {promise} ({on}): {words}");
}

/// What the program does not expect is said in its log: to be seen where a test fails.
pub fn services(db: &TestDb) -> Services {
    tracing_subscriber::fmt().with_max_level(tracing::Level::ERROR).with_test_writer().try_init().ok();
    Services::new(Target::parse(&db.url).unwrap(), "test".to_owned(), 4)
}

pub fn later(seconds: u64) -> Moment {
    let utc = start() + chrono::TimeDelta::seconds(i64::try_from(seconds).unwrap());
    Moment { utc, ticks: 1_000 + seconds * 1_000 }
}

/// What the embedded engine finds wrong with its file: `ok` where that is nothing.
pub fn integrity(db: &mut Db) -> Vec<String> {
    #[derive(diesel::QueryableByName)]
    struct Said {
        #[diesel(sql_type = diesel::sql_types::Text)]
        integrity_check: String,
    }
    let Db::Sqlite(db) = db else { panic!("a file") };
    let said: Vec<Said> = diesel::sql_query("PRAGMA integrity_check").load(db).unwrap();
    said.into_iter().map(|said| said.integrity_check).collect()
}

/// A company's backup with one client, `In the backup`, in this folder.
pub fn backup_in(folder: &Path) -> PathBuf {
    let mut world = World::new(Engine::Sqlite);
    world.client_of(world.sales.actor.id, "In the backup");
    let file = folder.join("backup.db");
    upkeep::backup(&world.db.url, &file).unwrap();
    file
}
