//! Transactions, on both engines and on a cluster, whose nodes may roll one back in the middle.

use diesel::{
    Connection,
    connection::{AnsiTransactionManager, SimpleConnection, TransactionManager},
};

use super::{connection::Db, failure::DbError};

impl Db {
    /// Runs `work` in one transaction that may write from its beginning: SQLite takes the write
    /// lock at once, so that nothing that `work` reads can change before it writes.
    pub fn transact<T, E: From<DbError>>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, E>) -> Result<T, E> {
        self.begin()?;
        let done = work(self);
        self.end(done)
    }

    /// Runs a part of the transaction. If it fails, what it has written is taken back, and the transaction can go on.
    pub fn attempt<T, E: From<DbError>>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, E>) -> Result<T, E> {
        let run = |db: &mut Self, sql: &str| db.batch_execute(sql).map_err(|error| E::from(DbError::from(error)));
        run(self, "SAVEPOINT attempt")?;
        match work(self) {
            Ok(done) => run(self, "RELEASE SAVEPOINT attempt").map(|()| done),
            Err(failed) => {
                run(self, "ROLLBACK TO SAVEPOINT attempt")?;
                run(self, "RELEASE SAVEPOINT attempt")?;
                Err(failed)
            }
        }
    }

    /// Begins a transaction as [`Self::transact`] does, which [`Self::end`] or [`Self::roll_back`]
    /// has to end.
    pub(super) fn begin(&mut self) -> Result<(), DbError> {
        match self {
            Self::Mysql(connection) => AnsiTransactionManager::begin_transaction(connection),
            Self::Sqlite(connection) => AnsiTransactionManager::begin_transaction_sql(connection, "BEGIN IMMEDIATE"),
        }
        .map_err(DbError::from)?;
        let marked = self.mark();
        if marked.is_err() {
            self.roll_back();
        }
        marked
    }

    /// Commits what was `done` since [`Self::begin`], or rolls it back after an error.
    pub(super) fn end<T, E: From<DbError>>(&mut self, done: Result<T, E>) -> Result<T, E> {
        type Manager = <Db as Connection>::TransactionManager;
        // Checked even after an error, which may only be a consequence of a transaction that was
        // rolled back half way.
        let whole = self.is_whole().and_then(|()| self.confirm_place());
        match whole.map_err(E::from).and(done) {
            Ok(value) => match Manager::commit_transaction(self) {
                Ok(()) => {
                    self.unmark();
                    Ok(value)
                }
                Err(error) => Err(E::from(DbError::of_commit(error))),
            },
            Err(error) => {
                self.roll_back();
                Err(error)
            }
        }
    }

    pub(super) fn roll_back(&mut self) {
        type Manager = <Db as Connection>::TransactionManager;
        if let Self::Mysql(connection) = self {
            connection.forget_next();
        }
        // If the rollback fails too, the connection is gone, and the transaction with it.
        if Manager::rollback_transaction(self).is_ok() {
            self.unmark();
        } else {
            self.abandon_transaction();
        }
    }

    /// The same as a part of a long piece of work that SQLite does in one transaction, which is open
    /// already.
    pub(super) fn transact_part<T, E: From<DbError>>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        match self {
            Self::Mysql(_) => self.transact(work),
            Self::Sqlite(_) => work(self),
        }
    }

    /// Marks the beginning of a transaction on a cluster. A node that rolls back a transaction in
    /// the middle, in favour of another node's earlier one, does not always report it, and the
    /// statements that follow would be committed one by one. With autocommit off none of them is,
    /// and the missing savepoint is detected by [`Self::is_whole`].
    fn mark(&mut self) -> Result<(), DbError> {
        if !self.is_clustered() {
            return Ok(());
        }
        Ok(self.batch_execute("SET SESSION autocommit = 0; SAVEPOINT whole")?)
    }

    /// Returns `Retry` if this is no longer the transaction that [`Self::mark`] began. A lost
    /// connection is not checked, since its own error says more.
    fn is_whole(&mut self) -> Result<(), DbError> {
        match self {
            Self::Mysql(connection) if connection.is_clustered() && !connection.is_lost() => {}
            _ => return Ok(()),
        }
        self.batch_execute("RELEASE SAVEPOINT whole").map_err(|error| match DbError::from(error) {
            // The savepoint no longer exists.
            DbError::Other(_) => DbError::Retry,
            known => known,
        })
    }

    /// Ends what [`Self::mark`] began: single statements are committed on their own again.
    fn unmark(&mut self) {
        if let Self::Mysql(connection) = self
            && connection.is_clustered()
            && connection.batch_execute("SET SESSION autocommit = 1").is_err()
        {
            connection.give_up();
        }
    }

    fn abandon_transaction(&mut self) {
        if let Self::Sqlite(connection) = self {
            // A failure here means that there is no transaction left to end.
            connection.batch_execute("ROLLBACK").ok();
        }
    }
}
