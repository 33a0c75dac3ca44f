//! The mark of a database into which a company is being copied. It stands from before the first table
//! is created until the copy was compared with its source, so a copy that is interrupted at any
//! moment leaves it behind, and nobody works with half a company. SQLite, which copies in one
//! transaction, shows it to nobody, and an interrupted copy leaves nothing.
//!
//! It is a row in the table of Diesel's migrations, which every program reads before it does anything
//! else; programs that do not know the mark take it for a migration of a newer program.

use diesel::{connection::SimpleConnection, migration::CREATE_MIGRATIONS_TABLE, prelude::*};

use super::{
    connection::Db,
    failure::DbError,
    lease::Lease,
    migrate::{__diesel_schema_migrations as migrations, UNFINISHED},
    tables,
};
use crate::domain::{error::ConnectionProblem, session::random_id};

/// The mark of one copy.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mark(String);

impl Mark {
    /// The mark that stands in a database with the table of migrations.
    pub fn find(db: &mut Db) -> Result<Option<Self>, DbError> {
        let marks = migrations::table.filter(migrations::version.like(format!("{UNFINISHED}%")));
        Ok(marks.select(migrations::version).first(db).optional()?.map(Self))
    }

    /// Marks a database, in the place of exactly the mark of an unfinished copy that was seen there,
    /// or else one without migrations.
    pub fn set(db: &mut Db, seen: Option<&Self>, lease: &Lease) -> Result<Self, DbError> {
        let mark = Self(format!("{UNFINISHED}{}", &random_id()[..12]));
        db.batch_execute(CREATE_MIGRATIONS_TABLE)?;
        db.transact_part(|db| {
            lease.renew(db)?;
            if let Some(seen) = seen {
                seen.delete(db)??;
                let others = migrations::version.not_like(format!("{UNFINISHED}%"));
                diesel::delete(migrations::table.filter(others)).execute(db)?;
            }
            if migrations::table.count().get_result::<i64>(db)? > 0 {
                return Err(DbError::Unavailable(ConnectionProblem::NotEmpty(tables::MIGRATIONS.to_owned())));
            }
            diesel::insert_into(migrations::table).values(migrations::version.eq(&mark.0)).execute(db)?;
            Ok(())
        })?;
        Ok(mark)
    }

    /// Removes the mark: the copy is complete. Fails with `TakenOver` if another copy has taken its
    /// place, and with `CommitUnknown` if the connection breaks meanwhile.
    pub fn remove(self, db: &mut Db) -> Result<(), DbError> {
        self.delete(db).map_err(DbError::of_commit)?
    }

    /// Empties the database of what the copy with this mark has left there, if it still stands.
    pub fn undo(self, db: &mut Db, tables: &[tables::Table], lease: &Lease) -> Result<(), DbError> {
        if Self::find(db)?.as_ref() != Some(&self) {
            return Ok(());
        }
        tables::drop_all(db, tables, lease)?;
        db.transact_part(|db| {
            lease.renew(db)?;
            diesel::delete(migrations::table).execute(db)?;
            Ok(())
        })
    }

    fn delete(&self, db: &mut Db) -> QueryResult<Result<(), DbError>> {
        let removed = diesel::delete(migrations::table.find(&self.0)).execute(db)?;
        Ok(if removed == 1 { Ok(()) } else { Err(DbError::Unavailable(ConnectionProblem::TakenOver)) })
    }
}
