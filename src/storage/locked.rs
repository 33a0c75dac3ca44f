//! A company to which nobody can write while it is copied.

use diesel::connection::SimpleConnection;

use super::{connection::Db, failure::DbError, tables::Table};

/// A company to which nobody can write until it is released or dropped. Everybody can read it. On a
/// cluster this holds for one node; a write through another one ends the lock, which the next query
/// or the release reports as an error.
pub(super) struct Locked<'a> {
    pub db: &'a mut Db,
    /// How many rows all tables have together.
    pub rows: u64,
    released: bool,
}

impl<'a> Locked<'a> {
    pub fn new(db: &'a mut Db, tables: &[Table]) -> Result<Self, DbError> {
        if let Db::Mysql(mysql) = db {
            mysql.be_patient();
            // Only at this level is the gap behind the last row locked too.
            mysql.batch_execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")?;
        }
        db.begin()?;
        let mut locked = Self { db, rows: 0, released: false };
        for table in tables {
            let from = match locked.db {
                Db::Mysql(_) => format!("`{}` FORCE INDEX (PRIMARY) LOCK IN SHARE MODE", table.name),
                Db::Sqlite(_) => format!("`{}`", table.name),
            };
            let count = locked.db.texts(&format!("SELECT CAST(COUNT(*) AS CHAR) AS text FROM {from}"))?;
            locked.rows += count.first().and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
        }
        Ok(locked)
    }

    /// Ends the lock. If there is no error, nobody has written to the company until now, and it is
    /// still where it was.
    pub fn release(&mut self) -> Result<(), DbError> {
        self.released = true;
        self.db.end(Ok(()))
    }
}

impl Drop for Locked<'_> {
    fn drop(&mut self) {
        if !self.released {
            self.db.roll_back();
        }
    }
}
