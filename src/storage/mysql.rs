//! A blocking Diesel connection to MySQL in pure Rust: no C library, TLS by rustls, and no call
//! that outlives its deadline.
//!
//! It implements Diesel's hidden multi-connection traits, which is why Cargo.toml pins the
//! versions.

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
    address::{FORM, SESSION, each_host, options, ssl_mode},
    wire::{PreparedQuery, Wire, WireRow, closed, patiently},
};
use crate::domain::{address::ServerAddress, error::ConnectionProblem};

type Lookup = <Mysql as TypeMetadata>::MetadataLookup;

/// How long to wait for each response of a server while connecting.
const CONNECT_PATIENCE: Duration = Duration::from_secs(5);
/// The same if the address names several hosts.
const HOST_PATIENCE: Duration = Duration::from_secs(2);
/// How long to wait for a response: longer than the server's own lock timeout, and short enough to
/// switch to another host within ten seconds.
const CALL_PATIENCE: Duration = Duration::from_secs(6);
/// How long to wait for a response while the tables are migrated.
const MIGRATION_PATIENCE: Duration = Duration::from_mins(30);

/// A connection to a server. It is lost for good after the first call that breaks or exceeds its
/// deadline.
pub struct MysqlConnection {
    wire: Wire,
    runtime: tokio::runtime::Runtime,
    transaction: AnsiTransactionManager,
    lost: bool,
    server: String,
    patience: Duration,
    clustered: bool,
    /// False for a node of a cluster that was not part of the majority when it was connected to;
    /// any other server is ready. This has to be queried, since such a node still responds to
    /// statements that need no table.
    ready: bool,
    /// Statements that are sent together with the next one that has no parameters.
    next: String,
}

impl MysqlConnection {
    /// Connects to the database of a `mysql://` address. If it names several hosts, separated by
    /// commas, the first one is taken that responds and is not cut off from the majority of its
    /// cluster.
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
                // Every host would return the same error, so the others are not tried.
                Err(
                    refused @ (ConnectionProblem::AccessDenied
                    | ConnectionProblem::AccessDeniedInClear
                    | ConnectionProblem::NoPassword
                    | ConnectionProblem::EncryptionRequired
                    | ConnectionProblem::AccountLocked
                    | ConnectionProblem::DatabaseDenied
                    | ConnectionProblem::NoSuchDatabase
                    | ConnectionProblem::BadAddress(_)),
                ) => return Err(refused),
                // Of several errors a missing majority is the most helpful, so no other one
                // replaces it.
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
            let connection = mysql_async::Conn::new(options).await.map_err(|error| match problem(&error) {
                ConnectionProblem::AccessDenied => denied(address),
                other => other,
            })?;
            let mut wire = Wire::of(connection);
            let told = wire.texts(SESSION).await.map_err(|error| match error {
                Error::DatabaseError(DatabaseErrorKind::ClosedConnection, _) => ConnectionProblem::Lost,
                other => ConnectionProblem::Other(other.to_string()),
            })?;
            Ok((wire, told))
        };
        let connected = patiently(&runtime, patience, connect);
        let (wire, told) = connected.unwrap_or(Err(ConnectionProblem::Timeout))?;
        let says = |[name, value]: &[String; 2], asked: &str, answer: &str| name == asked && value == answer;
        let clustered = told.iter().any(|line| says(line, "wsrep_on", "ON"));
        Ok(Self {
            wire,
            runtime,
            transaction: AnsiTransactionManager::default(),
            lost: false,
            server: told
                .iter()
                .find(|[name, _]| name == "version")
                .map_or_else(String::new, |[_, version]| named(version)),
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

    /// The name of the server and its version.
    pub fn server(&self) -> &str {
        &self.server
    }

    /// Whether this connection can no longer be used.
    pub fn is_lost(&self) -> bool {
        self.lost
    }

    /// Marks the connection as lost because its state is not known, so that another one is opened.
    pub fn give_up(&mut self) {
        self.lost = true;
    }

    /// Runs `sql` right before the next statement that has no parameters, in the same round trip.
    pub fn run_with_next(&mut self, sql: &str) {
        self.next = format!("{}{sql}; ", self.next);
    }

    /// Whether there are statements to be run with the next one.
    pub fn has_next(&self) -> bool {
        !self.next.is_empty()
    }

    /// Drops the statements that were to be run with the next one.
    pub fn forget_next(&mut self) {
        self.next.clear();
    }

    /// The first column of a result as text. Nothing is prepared, which saves a round trip for a
    /// query that runs once.
    pub fn texts(&mut self, sql: &str) -> QueryResult<Vec<String>> {
        let rows = self.wait(|wire| async { wire.texts(sql).await })?;
        Ok(rows.into_iter().map(|[text]| text).collect())
    }

    /// The first two columns of all results of a batch of queries as text.
    pub fn pairs(&mut self, sql: &str) -> QueryResult<Vec<[String; 2]>> {
        self.wait(|wire| async { wire.texts(sql).await })
    }

    /// The rows of a query with all columns as text.
    pub fn rows(&mut self, sql: &str) -> QueryResult<Vec<Vec<Option<String>>>> {
        self.wait(|wire| async { wire.rows(sql).await })
    }

    /// Runs a statement with texts for its parameters. `keep` if the same statement is run again.
    pub fn run_with_texts(&mut self, sql: String, params: Vec<Option<String>>, keep: bool) -> QueryResult<usize> {
        let asked = PreparedQuery::of_texts(sql, params, keep);
        self.wait(|wire| wire.execute(asked))
    }

    /// Waits longer for each response from now on, since creating an index takes time.
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

/// The name and version of a server that calls itself this: `10.11.6-MariaDB-0+deb12u1` or
/// `8.4.3-log`.
fn named(version: &str) -> String {
    let product = if version.contains("MariaDB") { "MariaDB" } else { "MySQL" };
    format!("{product} {}", version.split('-').next().unwrap_or_default())
}

/// Why a server may have refused the account of an address.
fn denied(address: &str) -> ConnectionProblem {
    if ServerAddress::parse(address).is_some_and(|address| address.password.is_empty()) {
        return ConnectionProblem::NoPassword;
    }
    if ssl_mode(address) == "disabled" {
        return ConnectionProblem::AccessDeniedInClear;
    }
    ConnectionProblem::AccessDenied
}

/// Why connecting failed, as it is shown to users.
fn problem(error: &mysql_async::Error) -> ConnectionProblem {
    use mysql_async::{DriverError, Error as E, IoError};
    use std::io::ErrorKind as K;
    match error {
        E::Server(server) => match server.code {
            1045 | 1698 => ConnectionProblem::AccessDenied,
            1044 | 1142 => ConnectionProblem::DatabaseDenied,
            1049 => ConnectionProblem::NoSuchDatabase,
            3159 => ConnectionProblem::EncryptionRequired,
            3118 | 4151 => ConnectionProblem::AccountLocked,
            _ => ConnectionProblem::Other(server.to_string()),
        },
        E::Io(IoError::Tls(_)) => ConnectionProblem::BadCertificate,
        E::Driver(DriverError::NoClientSslFlagFromServer) => ConnectionProblem::NoTls,
        // For an account that does not exist MySQL picks an authentication plugin by the name, so
        // that clients cannot find out which accounts exist. The library does not support one of
        // these plugins.
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
        let asked = PreparedQuery::write(source)?;
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

    /// Has no effect, since `PreparedQuery` decides which statements stay prepared.
    fn set_prepared_statement_cache_size(&mut self, _: CacheSize) {}
}

impl LoadConnection for MysqlConnection {
    type Cursor<'conn, 'query> = std::vec::IntoIter<QueryResult<Self::Row<'conn, 'query>>>;
    type Row<'conn, 'query> = WireRow;

    fn load<'conn, 'query, T>(&'conn mut self, source: T) -> QueryResult<Self::Cursor<'conn, 'query>>
    where
        T: Query + QueryFragment<Mysql> + QueryId + 'query,
        Mysql: QueryMetadata<T::SqlType>,
    {
        let asked = PreparedQuery::question(&source)?;
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

/// The name of the server at an address whose database does not exist.
pub(super) fn server_at(address: &str) -> Option<String> {
    let (without_name, _) = without_name(address)?;
    MysqlConnection::open(&without_name).ok().map(|connection| connection.server)
}

/// The account of an address as the server knows it, if the address may not use its database.
pub(super) fn account_at(address: &str) -> Option<String> {
    let (without_name, _) = without_name(address)?;
    MysqlConnection::open(&without_name).ok()?.texts("SELECT CURRENT_USER()").ok().map(|account| account.concat())
}

/// The address without the name of the database, and that name.
fn without_name(address: &str) -> Option<(String, &str)> {
    let (base, query) = address.split_once('?').map_or((address, None), |(base, query)| (base, Some(query)));
    let (server, name) = base.rsplit_once('/')?;
    Some((query.map_or_else(|| format!("{server}/"), |query| format!("{server}/?{query}")), name))
}

/// Creates the database that the address names, with the account of that address.
pub(super) fn create_database(address: &str) -> Result<(), ConnectionProblem> {
    let bad = || ConnectionProblem::BadAddress(FORM.to_owned());
    let (without_name, name) = without_name(address).ok_or_else(bad)?;
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if name.is_empty() || !name.chars().all(plain) {
        return Err(bad());
    }
    let mut connection = MysqlConnection::open(&without_name)?;
    let create = format!("CREATE DATABASE IF NOT EXISTS `{name}` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
    connection.batch_execute(&create).map_err(|_| ConnectionProblem::DatabaseDenied)
}
