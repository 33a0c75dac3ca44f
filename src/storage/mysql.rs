//! A blocking Diesel connection to MySQL in pure Rust: no C library, TLS by rustls, and
//! no call that outlives its deadline.
//!
//! Implements Diesel's hidden multi-connection traits; the versions are pinned in
//! Cargo.toml for that reason.

use std::{any::Any, future::Future, time::Duration};

use diesel::{
    connection::{AnsiTransactionManager, CacheSize, Connection, Instrumentation, LoadConnection, SimpleConnection},
    expression::QueryMetadata,
    internal::derives::multiconnection::{ConnectionSealed, MultiConnectionHelper},
    migration::{CREATE_MIGRATIONS_TABLE, MigrationConnection},
    mysql::{Mysql, MysqlQueryBuilder},
    query_builder::{AstPass, Query, QueryBuilder, QueryFragment, QueryId},
    result::{ConnectionError, ConnectionResult, DatabaseErrorKind, Error, QueryResult},
    sql_types::TypeMetadata,
};
use diesel_async::{AsyncConnection, AsyncConnectionCore, AsyncMysqlConnection, SimpleAsyncConnection};
use futures_util::StreamExt;

use super::address::{each_host, options};
use crate::domain::error::ConnectionProblem;

type Lookup = <Mysql as TypeMetadata>::MetadataLookup;

/// How long to wait for a server that is asked to connect.
const CONNECT_PATIENCE: Duration = Duration::from_secs(5);
/// The same where there are others to ask.
const HOST_PATIENCE: Duration = Duration::from_secs(2);
/// How long to wait for an answer; longer than the server's own lock timeout, and short
/// enough to go on elsewhere within ten seconds.
const CALL_PATIENCE: Duration = Duration::from_secs(6);
/// Whether this is what a node of a cluster says that has lost sight of most others.
pub(super) fn lacks_majority(message: &str) -> bool {
    ["WSREP has not yet prepared", "Not connected to Primary Component"].iter().any(|words| message.contains(words))
}

/// How long to wait while the tables are brought up to date.
const MIGRATION_PATIENCE: Duration = Duration::from_mins(30);

/// A line of `SHOW VARIABLES` or `SHOW STATUS`.
#[derive(diesel::QueryableByName)]
struct Named {
    #[diesel(sql_type = diesel::sql_types::Text, column_name = "Value")]
    value: String,
}

/// A connection that is lost for good after its first broken or late call.
pub struct MysqlConnection {
    inner: AsyncMysqlConnection,
    runtime: tokio::runtime::Runtime,
    transaction: AnsiTransactionManager,
    lost: bool,
    server: String,
    patience: Duration,
    clustered: bool,
    /// Goes out with the next statement that has no parameters.
    next: String,
}

impl MysqlConnection {
    /// Connects to the database of a `mysql://` address. Of several hosts, parted by
    /// commas, the first that answers and has its cluster's majority behind it.
    pub fn open(address: &str) -> Result<Self, ConnectionProblem> {
        let hosts = each_host(address);
        if let [only] = hosts.as_slice() {
            return Self::connect(only, CONNECT_PATIENCE);
        }
        let mut problem = ConnectionProblem::Refused;
        for host in &hosts {
            let connected = Self::connect(host, HOST_PATIENCE).and_then(|mut connection| {
                let ready = connection.is_ready().map_err(|error| ConnectionProblem::Other(error.to_string()))?;
                if ready { Ok(connection) } else { Err(ConnectionProblem::NoMajority) }
            });
            match connected {
                Ok(connection) => return Ok(connection),
                // What another host would say as well is not asked again.
                Err(
                    refused @ (ConnectionProblem::AccessDenied
                    | ConnectionProblem::DatabaseDenied
                    | ConnectionProblem::NoSuchDatabase
                    | ConnectionProblem::BadAddress(_)),
                ) => return Err(refused),
                // That a node has no majority says most, whatever another one says.
                Err(other) if problem != ConnectionProblem::NoMajority => problem = other,
                Err(_) => {}
            }
        }
        Err(problem)
    }

    fn connect(address: &str, patience: Duration) -> Result<Self, ConnectionProblem> {
        let options = options(address)?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| ConnectionProblem::Other(error.to_string()))?;
        let connect = async {
            let connection = mysql_async::Conn::new(options).await.map_err(|error| problem(&error))?;
            let (major, minor, patch) = connection.server_version();
            let inner = AsyncMysqlConnection::try_from(connection).await;
            let inner = inner.map_err(|error| match error.to_string() {
                lost if is_fatal(&lost) => ConnectionProblem::Lost,
                other => ConnectionProblem::Other(other),
            })?;
            Ok((inner, format!("MySQL {major}.{minor}.{patch}")))
        };
        let limited = async { tokio::time::timeout(patience, connect).await };
        let (inner, server) = runtime.block_on(limited).unwrap_or(Err(ConnectionProblem::Timeout))?;
        let mut connection = Self {
            inner,
            runtime,
            transaction: AnsiTransactionManager::default(),
            lost: false,
            server,
            patience,
            clustered: false,
            next: String::new(),
        };
        connection.clustered = connection.asks_a_cluster().map_err(|_| ConnectionProblem::Lost)?;
        connection.patience = CALL_PATIENCE;
        Ok(connection)
    }

    fn asks_a_cluster(&mut self) -> QueryResult<bool> {
        use diesel::RunQueryDsl;
        let on: Vec<Named> = diesel::sql_query("SHOW VARIABLES LIKE 'wsrep_on'").load(self)?;
        Ok(on.iter().any(|variable| variable.value == "ON"))
    }

    /// Whether this is a node of a Galera cluster.
    pub fn is_clustered(&self) -> bool {
        self.clustered
    }

    /// Whether a node of a cluster has its majority behind it; any other server is ready.
    /// It has to be asked: without it a node still answers what needs no table.
    fn is_ready(&mut self) -> QueryResult<bool> {
        use diesel::RunQueryDsl;
        if !self.clustered {
            return Ok(true);
        }
        let ready: Vec<Named> = diesel::sql_query("SHOW STATUS LIKE 'wsrep_ready'").load(self)?;
        Ok(ready.iter().all(|status| status.value != "OFF"))
    }

    /// What answers, with its version.
    pub fn server(&self) -> &str {
        &self.server
    }

    /// Nothing more can be said on this connection.
    pub fn is_lost(&self) -> bool {
        self.lost
    }

    /// Nobody knows how this connection stands: another one is made.
    pub fn give_up(&mut self) {
        self.lost = true;
    }

    /// Runs this right before the next statement that has no parameters, in one round trip.
    pub fn run_with_next(&mut self, sql: &str) {
        self.next = format!("{}{sql}; ", self.next);
    }

    /// Whether there is something to be run with the next statement.
    pub fn has_next(&self) -> bool {
        !self.next.is_empty()
    }

    /// Drops what was to be run with the next statement.
    pub fn forget_next(&mut self) {
        self.next.clear();
    }

    /// Waits longer for an answer from now on: making an index takes its time.
    pub fn be_patient(&mut self) {
        self.patience = MIGRATION_PATIENCE;
    }

    fn wait<'a, F, T>(&'a mut self, call: impl FnOnce(&'a mut AsyncMysqlConnection) -> F) -> QueryResult<T>
    where
        F: Future<Output = QueryResult<T>> + 'a,
    {
        let Self { inner, runtime, lost, patience, .. } = self;
        let patience = *patience;
        if *lost {
            return Err(closed("the connection was lost before".to_owned()));
        }
        let answer = runtime.block_on(async { tokio::time::timeout(patience, call(inner)).await });
        let answer = answer.unwrap_or_else(|_| Err(closed(format!("no answer within {patience:?}"))));
        match answer {
            // After either, the wire is in a state that nobody knows.
            Err(Error::DatabaseError(_, detail)) if is_fatal(detail.message()) => {
                *lost = true;
                Err(closed(detail.message().to_owned()))
            }
            other => other,
        }
    }
}

fn closed(detail: String) -> Error {
    Error::DatabaseError(DatabaseErrorKind::ClosedConnection, Box::new(detail))
}

/// Errors of the wire arrive with these beginnings, errors of the server without; the next
/// two are how a server takes its leave. The last one asks for fewer statements to be kept,
/// and a new connection keeps none.
fn is_fatal(message: &str) -> bool {
    const FATAL: [&str; 7] = [
        "no answer within",
        "Input/output error",
        "Driver error",
        "Other error",
        "Server shutdown in progress",
        "Connection was killed",
        "Can't create more than max_prepared_stmt_count",
    ];
    lacks_majority(message) || FATAL.iter().any(|beginning| message.starts_with(beginning))
}

/// Why connecting failed, for people.
fn problem(error: &mysql_async::Error) -> ConnectionProblem {
    use mysql_async::{DriverError, Error as E, IoError};
    use std::io::ErrorKind as K;
    match error {
        E::Server(server) => match server.code {
            1045 | 1698 => ConnectionProblem::AccessDenied,
            1044 | 1142 => ConnectionProblem::DatabaseDenied,
            1049 => ConnectionProblem::NoSuchDatabase,
            _ => ConnectionProblem::Other(server.to_string()),
        },
        E::Io(IoError::Tls(_)) => ConnectionProblem::BadCertificate,
        E::Driver(DriverError::NoClientSslFlagFromServer) => ConnectionProblem::NoTls,
        E::Io(IoError::Io(io)) => match io.kind() {
            K::ConnectionRefused => ConnectionProblem::Refused,
            K::TimedOut => ConnectionProblem::Timeout,
            K::ConnectionReset | K::UnexpectedEof | K::BrokenPipe => ConnectionProblem::Lost,
            K::InvalidData => ConnectionProblem::BadCertificate,
            _ if io.to_string().contains("lookup address") => ConnectionProblem::HostNotFound,
            _ => ConnectionProblem::Other(io.to_string()),
        },
        other => ConnectionProblem::Other(other.to_string()),
    }
}

impl SimpleConnection for MysqlConnection {
    fn batch_execute(&mut self, query: &str) -> QueryResult<()> {
        let query = std::mem::take(&mut self.next) + query;
        self.wait(|connection| connection.batch_execute(&query))
    }
}

/// A write that stays prepared, which saves a round trip the next time. Diesel does that with
/// questions only: the text of a write may be another one each time. The long ones of many
/// rows are not kept here either.
struct Kept<'a, T>(&'a T);

impl<T> QueryId for Kept<'_, T> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<T: QueryFragment<Mysql>> QueryFragment<Mysql> for Kept<'_, T> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Mysql>) -> QueryResult<()> {
        self.0.walk_ast(out)
    }

    fn is_safe_to_cache_prepared(&self, backend: &Mysql) -> QueryResult<bool> {
        const LONG: usize = 1_500;
        let mut text = MysqlQueryBuilder::new();
        self.0.to_sql(&mut text, backend)?;
        Ok(text.finish().len() < LONG)
    }
}

impl ConnectionSealed for MysqlConnection {}

impl Connection for MysqlConnection {
    type Backend = Mysql;
    type TransactionManager = AnsiTransactionManager;

    fn establish(address: &str) -> ConnectionResult<Self> {
        Self::open(address).map_err(|problem| ConnectionError::BadConnection(format!("{problem:?}")))
    }

    fn execute_returning_count<T>(&mut self, source: &T) -> QueryResult<usize>
    where
        T: QueryFragment<Mysql> + QueryId,
    {
        self.wait(|connection| connection.execute_returning_count(Kept(source)))
    }

    fn transaction_state(&mut self) -> &mut AnsiTransactionManager {
        &mut self.transaction
    }

    fn instrumentation(&mut self) -> &mut dyn Instrumentation {
        self.inner.instrumentation()
    }

    fn set_instrumentation(&mut self, instrumentation: impl Instrumentation) {
        self.inner.set_instrumentation(instrumentation);
    }

    fn set_prepared_statement_cache_size(&mut self, size: CacheSize) {
        self.inner.set_prepared_statement_cache_size(size);
    }
}

impl LoadConnection for MysqlConnection {
    type Cursor<'conn, 'query> = std::vec::IntoIter<QueryResult<Self::Row<'conn, 'query>>>;
    type Row<'conn, 'query> = <AsyncMysqlConnection as AsyncConnectionCore>::Row<'conn, 'query>;

    fn load<'conn, 'query, T>(&'conn mut self, source: T) -> QueryResult<Self::Cursor<'conn, 'query>>
    where
        T: Query + QueryFragment<Mysql> + QueryId + 'query,
        Mysql: QueryMetadata<T::SqlType>,
    {
        let rows = self.wait(|connection| async { Ok(connection.load(source).await?.collect::<Vec<_>>().await) })?;
        Ok(rows.into_iter())
    }
}

impl MultiConnectionHelper for MysqlConnection {
    fn to_any<'a>(lookup: &mut Lookup) -> &mut (dyn Any + 'a) {
        lookup
    }

    fn from_any(lookup: &mut dyn Any) -> Option<&mut Lookup> {
        lookup.downcast_mut()
    }
}

impl MigrationConnection for MysqlConnection {
    fn setup(&mut self) -> QueryResult<usize> {
        self.batch_execute(CREATE_MIGRATIONS_TABLE).map(|()| 0)
    }
}
