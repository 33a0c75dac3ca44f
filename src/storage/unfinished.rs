//! The mark of a database into which a company is being copied. It stands from before the first table
//! is created until the copy was compared with its source, so a copy that is interrupted at any
//! moment leaves it behind, and nobody works with half a company.
//!
//! It is a row in the table of Diesel's migrations, which every program reads before it does anything
//! else; programs that do not know the mark take it for a migration of a newer program.

use diesel::{connection::SimpleConnection, migration::CREATE_MIGRATIONS_TABLE, prelude::*};

use super::{
    connection::Db,
    failure::DbError,
    migrate::{__diesel_schema_migrations as migrations, UNFINISHED},
};
use crate::domain::{error::ConnectionProblem, session::random_id};

/// The mark of one copy.
pub(super) struct Mark(String);

impl Mark {
    /// Marks a database that is empty or holds an unfinished copy, whose mark is replaced. Refuses
    /// one whose tables are those of a company.
    pub fn set(db: &mut Db) -> Result<Self, DbError> {
        let mark = Self(format!("{UNFINISHED}{}", &random_id()[..12]));
        db.batch_execute(CREATE_MIGRATIONS_TABLE)?;
        db.transact(|db| {
            let marks = migrations::version.like(format!("{UNFINISHED}%"));
            let was_unfinished = diesel::delete(migrations::table.filter(marks)).execute(db)? > 0;
            // The migrations of an unfinished copy stand beside its mark, those of a company alone.
            let applied = diesel::delete(migrations::table).execute(db)?;
            if applied > 0 && !was_unfinished {
                let table = super::tables::MIGRATIONS.to_owned();
                return Err(DbError::Unavailable(ConnectionProblem::NotEmpty(table)));
            }
            diesel::insert_into(migrations::table).values(migrations::version.eq(&mark.0)).execute(db)?;
            Ok::<_, DbError>(())
        })?;
        Ok(mark)
    }

    /// Removes the mark: the copy is complete. Fails if another copy has been begun meanwhile.
    pub fn remove(self, db: &mut Db) -> Result<(), DbError> {
        let removed = diesel::delete(migrations::table.find(&self.0)).execute(db)?;
        if removed == 1 { Ok(()) } else { Err(DbError::Unavailable(ConnectionProblem::UnfinishedCopy)) }
    }
}
