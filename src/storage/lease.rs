//! The right to change the tables of a database, for one program at a time.

use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;

use super::{connection::Db, failure::DbError, mysql::MysqlConnection};
use crate::domain::error::ConnectionProblem;

/// How long the others have to wait if a holder dies while connected to another server.
const SECONDS: u32 = 600;

/// How long to wait for a holder that migrates the tables.
pub(super) const LONGEST_WAIT: Duration = Duration::from_secs(2 * SECONDS as u64);

/// Identifies this server among the nodes of a cluster. `MD5()` and `SHA1()` would be shorter, but
/// MySQL 9.6 no longer has them built in.
const PLACE: &str = "LEFT(SHA2(CONCAT(@@hostname, ':', @@port, @@datadir), 256), 32)";

/// The table of the leases of a server.
pub(super) const TABLE: &str = "migration_lease";

/// Runs `work` while no other program may change the tables. SQLite does it in one transaction. On a
/// server, where no transaction holds over such changes, a lease is taken; the error is `Timeout` if
/// somebody else has had it for `patience`.
pub(super) fn alone<T, E: From<DbError>>(
    db: &mut Db,
    patience: Duration,
    work: impl FnOnce(&mut Db, &Lease) -> Result<T, E>,
) -> Result<T, E> {
    let lease = match db {
        Db::Sqlite(_) => return db.transact(|db| work(db, &Lease { holder: None })),
        Db::Mysql(mysql) => {
            mysql.be_patient();
            Lease::take(mysql, patience)?
        }
    };
    let done = work(db, &lease);
    if let Db::Mysql(mysql) = db {
        lease.give_back(mysql);
    }
    done
}

/// On a server, the lease for a limited time. It is a row, since `GET_LOCK` is granted to two
/// programs at once on different nodes of a cluster. The holder also takes such a lock, so that
/// other programs on the same server can see that it is alive.
pub(super) struct Lease {
    /// `None` in a transaction of SQLite, which needs no lease.
    holder: Option<String>,
}

impl Lease {
    fn take(connection: &mut MysqlConnection, patience: Duration) -> Result<Self, DbError> {
        use diesel::{RunQueryDsl, sql_query};
        let holder = crate::domain::session::random_id();
        connection.batch_execute(
            "CREATE TABLE IF NOT EXISTS migration_lease (id INTEGER PRIMARY KEY, holder VARCHAR(64) NOT NULL, \
             until DATETIME(6) NOT NULL) ENGINE = InnoDB; \
             INSERT IGNORE INTO migration_lease VALUES (1, '', '1970-01-01 00:00:00')",
        )?;
        // Some clusters refuse such locks; there a lease whose holder has died has to expire.
        let locked = connection.batch_execute(&format!("DO GET_LOCK('{holder}', 0)")).is_ok();
        let place = if locked { PLACE } else { "''" };
        let give_up = Instant::now() + patience;
        loop {
            // The lease is free, or its holder was connected to this same server and is gone.
            let taken = sql_query(format!(
                "UPDATE migration_lease SET holder = CONCAT('{holder}', {place}), \
                 until = UTC_TIMESTAMP(6) + INTERVAL {SECONDS} SECOND \
                 WHERE id = 1 AND (until < UTC_TIMESTAMP(6) \
                 OR (SUBSTRING(holder, 33) = {PLACE} AND IS_FREE_LOCK(LEFT(holder, 32)) = 1))"
            ))
            .execute(connection)?;
            if taken == 1 {
                return Ok(Self { holder: Some(holder) });
            }
            if Instant::now() > give_up {
                return Err(DbError::Unavailable(ConnectionProblem::Timeout));
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Holds the lease for longer. Fails if it has expired and somebody else has taken it.
    pub fn renew(&self, db: &mut Db) -> Result<(), DbError> {
        use diesel::{RunQueryDsl, sql_query};
        let Some(holder) = &self.holder else { return Ok(()) };
        let renewed = sql_query(format!(
            "UPDATE migration_lease SET until = UTC_TIMESTAMP(6) + INTERVAL {SECONDS} SECOND \
             WHERE id = 1 AND LEFT(holder, 32) = '{holder}'"
        ))
        .execute(db)?;
        if renewed == 1 { Ok(()) } else { Err(DbError::Unavailable(ConnectionProblem::BeingMade)) }
    }

    fn give_back(self, connection: &mut MysqlConnection) {
        let Some(holder) = self.holder else { return };
        let release = format!(
            "UPDATE migration_lease SET until = '1970-01-01 00:00:00' WHERE id = 1 AND LEFT(holder, 32) = '{holder}'; \
             DO RELEASE_LOCK('{holder}')"
        );
        // If this fails, the lease expires by itself.
        if let Err(error) = connection.batch_execute(&release) {
            tracing::warn!(%error, "the migration lease could not be given back");
        }
    }
}
