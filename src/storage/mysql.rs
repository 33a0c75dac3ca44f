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
    mysql::Mysql,
    query_builder::{Query, QueryFragment, QueryId},
    result::{ConnectionError, ConnectionResult, DatabaseErrorKind, Error, QueryResult},
    sql_types::TypeMetadata,
};

use super::{
    address::{SESSION, each_host, options},
    wire::{Asked, Row, Wire, closed, patiently},
};
use crate::domain::error::ConnectionProblem;

type Lookup = <Mysql as TypeMetadata>::MetadataLookup;

/// How long to wait for each answer of a server while connecting.
const CONNECT_PATIENCE: Duration = Duration::from_secs(5);
/// The same where there are others to ask.
const HOST_PATIENCE: Duration = Duration::from_secs(2);
/// How long to wait for an answer; longer than the server's own lock timeout, and short
/// enough to go on elsewhere within ten seconds.
const CALL_PATIENCE: Duration = Duration::from_secs(6);
/// How long to wait while the tables are brought up to date.
const MIGRATION_PATIENCE: Duration = Duration::from_mins(30);

/// A connection that is lost for good after its first broken or late call.
pub struct MysqlConnection {
    wire: Wire,
    runtime: tokio::runtime::Runtime,
    transaction: AnsiTransactionManager,
    lost: bool,
    server: String,
    patience: Duration,
    clustered: bool,
    /// Whether a node of a cluster had its majority behind it; any other server is ready. It
    /// has to be asked: without it a node still answers what needs no table.
    ready: bool,
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
            let connected = Self::connect(host, HOST_PATIENCE).and_then(|connection| {
                if connection.ready { Ok(connection) } else { Err(ConnectionProblem::NoMajority) }
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
            let mut wire = Wire::of(connection);
            let told = wire.texts(SESSION).await.map_err(|error| match error {
                Error::DatabaseError(DatabaseErrorKind::ClosedConnection, _) => ConnectionProblem::Lost,
                other => ConnectionProblem::Other(other.to_string()),
            })?;
            Ok((wire, format!("MySQL {major}.{minor}.{patch}"), told))
        };
        let connected = patiently(&runtime, patience, connect);
        let (wire, server, told) = connected.unwrap_or(Err(ConnectionProblem::Timeout))?;
        let says = |[name, value]: &[String; 2], asked: &str, answer: &str| name == asked && value == answer;
        let clustered = told.iter().any(|line| says(line, "wsrep_on", "ON"));
        Ok(Self {
            wire,
            runtime,
            transaction: AnsiTransactionManager::default(),
            lost: false,
            server,
            patience: CALL_PATIENCE,
            clustered,
            ready: !clustered || !told.iter().any(|line| says(line, "wsrep_ready", "OFF")),
            next: String::new(),
        })
    }

    /// Whether this is a node of a Galera cluster.
    pub fn is_clustered(&self) -> bool {
        self.clustered
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

    /// The first column of an answer as text. Nothing is prepared, which saves a round trip for
    /// what is asked once.
    pub fn texts(&mut self, sql: &str) -> QueryResult<Vec<String>> {
        let rows = self.wait(|wire| async { wire.texts(sql).await })?;
        Ok(rows.into_iter().map(|[text]| text).collect())
    }

    /// Waits longer for an answer from now on: making an index takes its time.
    pub fn be_patient(&mut self) {
        self.patience = MIGRATION_PATIENCE;
    }

    fn wait<'a, F, T>(&'a mut self, call: impl FnOnce(&'a mut Wire) -> F) -> QueryResult<T>
    where
        F: Future<Output = QueryResult<T>> + 'a,
    {
        let Self { wire, runtime, lost, patience, .. } = self;
        let patience = *patience;
        if *lost {
            return Err(closed("the connection was lost before".to_owned()));
        }
        let answer = patiently(runtime, patience, call(wire));
        let answer = answer.unwrap_or_else(|| Err(closed(format!("no answer within {patience:?}"))));
        *lost = matches!(answer, Err(Error::DatabaseError(DatabaseErrorKind::ClosedConnection, _)));
        answer
    }
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
        // MySQL asks somebody whom it does not know in a way that it picks by the name, so that
        // nobody learns which accounts there are; one of these ways the library does not know.
        E::Driver(DriverError::UnknownAuthPlugin { .. }) => ConnectionProblem::AccessDenied,
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
        self.wait(|wire| async { wire.batch(&query).await })
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
        let asked = Asked::write(source)?;
        self.wait(|wire| wire.execute(asked))
    }

    fn transaction_state(&mut self) -> &mut AnsiTransactionManager {
        &mut self.transaction
    }

    fn instrumentation(&mut self) -> &mut dyn Instrumentation {
        &mut *self.wire.instrumentation
    }

    fn set_instrumentation(&mut self, instrumentation: impl Instrumentation) {
        self.wire.instrumentation = instrumentation.into();
    }

    /// Which statements stay prepared is decided by what is asked.
    fn set_prepared_statement_cache_size(&mut self, _: CacheSize) {}
}

impl LoadConnection for MysqlConnection {
    type Cursor<'conn, 'query> = std::vec::IntoIter<QueryResult<Self::Row<'conn, 'query>>>;
    type Row<'conn, 'query> = Row;

    fn load<'conn, 'query, T>(&'conn mut self, source: T) -> QueryResult<Self::Cursor<'conn, 'query>>
    where
        T: Query + QueryFragment<Mysql> + QueryId + 'query,
        Mysql: QueryMetadata<T::SqlType>,
    {
        let asked = Asked::question(&source)?;
        Ok(self.wait(|wire| wire.load(asked))?.into_iter())
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
