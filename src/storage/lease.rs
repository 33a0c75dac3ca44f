//! The right to change the tables of a database, for one program at a time.

use std::time::{Duration, Instant};

use diesel::{connection::SimpleConnection, result::QueryResult};

use super::{
    connection::Db,
    failure::{self, DbError},
    mysql::MysqlConnection,
};
use crate::domain::error::ConnectionProblem;

/// How long the others have to wait if a holder dies while connected to another server, or if its
/// server does not notice: the server ends a connection on which nothing has happened for so long.
const SECONDS: u32 = 600;

/// How long to wait for a holder that migrates the tables.
pub(super) const LONGEST_WAIT: Duration = Duration::from_secs(2 * SECONDS as u64);

/// Identifies this server among the nodes of a cluster, which may all have the same name, port and
/// folder, as in containers. MySQL has a number for it that no other server has; MariaDB has one only
/// while it is a node. `MD5()` and `SHA1()` would be shorter, but MySQL 9.6 no longer has them built in.
fn place(connection: &mut MysqlConnection) -> String {
    // The server's name for itself is not asked: it can be configured, and a proxy may answer it.
    let has_uuid = connection.batch_execute("DO @@server_uuid").is_ok();
    let number = if has_uuid {
        "@@server_uuid"
    } else {
        "(SELECT MAX(variable_value) FROM information_schema.global_status WHERE variable_name = 'WSREP_GCOMM_UUID')"
    };
    format!("LEFT(SHA2(CONCAT_WS(':', @@hostname, @@port, @@datadir, @@server_id, {number}), 256), 32)")
}

/// The table of the leases of a server.
pub(super) const TABLE: &str = "migration_lease";

/// The server's numbers for a database that is not there, and for a missing table.
const GONE: [u16; 3] = [1046, 1049, 1146];

/// Runs `work` while no other program may change the tables. SQLite does it in one transaction. On a
/// server, where no transaction holds over such changes, a lease is taken; the error is `Timeout` if
/// somebody else has had it for `patience`, and `TakenOver` if it was lost to somebody else.
pub(super) fn alone<T, E: From<DbError>>(
    db: &mut Db,
    patience: Duration,
    work: impl FnOnce(&mut Db, &Lease) -> Result<T, E>,
) -> Result<T, E> {
    let lease = match db {
        Db::Sqlite(_) => return db.transact(|db| work(db, &Lease::IN_TRANSACTION)),
        Db::Mysql(mysql) => {
            mysql.be_patient();
            Lease::take(mysql, patience)?
        }
    };
    let done = work(db, &lease).map_err(|error| match lease.renew(db) {
        // What failed was refused because of this, or found other tables than it had created.
        Err(lost @ DbError::Unavailable(ConnectionProblem::TakenOver)) => E::from(lost),
        _ => error,
    });
    if let Db::Mysql(mysql) = db {
        lease.give_back(mysql);
    }
    done
}

/// On a server, the lease for a limited time. It is a row, since `GET_LOCK` is granted to two
/// programs at once on different nodes of a cluster. The holder also takes such a lock, so that
/// other programs on the same server can see that it is alive: there the lease is not given away
/// before the lock is free, however long ago it has expired.
pub(super) struct Lease {
    /// `None` in a transaction of SQLite, which needs no lease.
    holder: Option<String>,
}

impl Lease {
    /// For work in a transaction of SQLite.
    pub const IN_TRANSACTION: Self = Self { holder: None };

    fn take(connection: &mut MysqlConnection, patience: Duration) -> Result<Self, DbError> {
        use diesel::{RunQueryDsl, sql_query};
        let holder = crate::domain::session::random_id();
        connection.batch_execute(&format!(
            "SET SESSION wait_timeout = {SECONDS}; \
             CREATE TABLE IF NOT EXISTS migration_lease (id INTEGER PRIMARY KEY, holder VARCHAR(64) NOT NULL, \
             until DATETIME(6) NOT NULL) ENGINE = InnoDB; \
             INSERT IGNORE INTO migration_lease SELECT 1, '', '1970-01-01 00:00:00' FROM DUAL \
             WHERE NOT EXISTS (SELECT 1 FROM migration_lease)",
        ))?;
        // Some clusters refuse such locks; there a lease whose holder has died has to expire.
        let locked = connection.batch_execute(&format!("DO GET_LOCK('{holder}', 0)")).is_ok();
        let here = place(connection);
        let place = if locked { &here } else { "''" };
        let give_up = Instant::now() + patience;
        loop {
            // The lease has expired, or its holder was connected to this same server and is gone. The
            // places are compared as bytes, since the database may have another collation than the
            // connection.
            let taken = sql_query(format!(
                "UPDATE migration_lease SET holder = CONCAT('{holder}', {place}), \
                 until = UTC_TIMESTAMP(6) + INTERVAL {SECONDS} SECOND \
                 WHERE id = 1 AND CASE WHEN CAST(SUBSTRING(holder, 33) AS BINARY) = CAST({here} AS BINARY) \
                 THEN IS_FREE_LOCK(LEFT(holder, 32)) = 1 ELSE until < UTC_TIMESTAMP(6) END"
            ))
            .execute(connection);
            match taken.map_err(DbError::from) {
                Ok(1) => return Ok(Self { holder: Some(holder) }),
                // The holder is renewing it in a transaction.
                Ok(_) | Err(DbError::Retry) => {}
                Err(other) => return Err(other),
            }
            if Instant::now() > give_up {
                return Err(DbError::Unavailable(ConnectionProblem::Timeout));
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Makes the next statement without parameters fail if the lease was lost. Both arrive at the
    /// server together, so even a statement that was held up on its way changes nothing that
    /// somebody else has made meanwhile.
    pub fn guard_next(&self, connection: &mut MysqlConnection) {
        let Some(holder) = &self.holder else { return };
        // The holder may not be NULL. If the table is missing, that is an error too.
        connection.run_with_next(&format!(
            "UPDATE migration_lease SET until = UTC_TIMESTAMP(6) + INTERVAL {SECONDS} SECOND, \
             holder = IF(LEFT(holder, 32) = '{holder}', holder, NULL) WHERE id = 1"
        ));
    }

    /// Runs a statement, or several, if the lease was not lost.
    pub fn run(&self, connection: &mut MysqlConnection, sql: &str) -> QueryResult<()> {
        self.guard_next(connection);
        connection.batch_execute(sql)
    }

    /// Holds the lease for longer. Fails with `TakenOver` if somebody else has taken it, or if it is
    /// gone with its database. In a transaction nobody can take it before the end.
    pub fn renew(&self, db: &mut Db) -> Result<(), DbError> {
        use diesel::{RunQueryDsl, sql_query};
        let Some(holder) = &self.holder else { return Ok(()) };
        let renewed = sql_query(format!(
            "UPDATE migration_lease SET until = UTC_TIMESTAMP(6) + INTERVAL {SECONDS} SECOND \
             WHERE id = 1 AND LEFT(holder, 32) = '{holder}'"
        ))
        .execute(db);
        match renewed {
            Ok(1) => Ok(()),
            Err(error) if !failure::code(&error).is_some_and(|code| GONE.contains(&code)) => Err(error.into()),
            Ok(_) | Err(_) => Err(DbError::Unavailable(ConnectionProblem::TakenOver)),
        }
    }

    fn give_back(self, connection: &mut MysqlConnection) {
        let Some(holder) = self.holder else { return };
        let release = format!(
            "UPDATE migration_lease SET until = '1970-01-01 00:00:00' WHERE id = 1 AND LEFT(holder, 32) = '{holder}'; \
             DO RELEASE_LOCK('{holder}'); SET SESSION wait_timeout = DEFAULT"
        );
        // If this fails, the lease expires by itself.
        if let Err(error) = connection.batch_execute(&release) {
            tracing::warn!(error = %DbError::from(error), "the migration lease could not be given back");
        }
    }
}
