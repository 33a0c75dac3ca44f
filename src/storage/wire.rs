//! Sends Diesel's statements over a connection of `mysql_async` and converts the rows.
//!
//! `diesel-async` does the same, but sends eight statements to the server before the first query,
//! each in a round trip of its own. Here connecting takes the handshake and one batch.

use std::{collections::HashMap, future::Future, pin::pin, sync::Arc, task::Poll, time::Duration};

use diesel::{
    connection::{DynInstrumentation, InstrumentationEvent, StrQueryHelper},
    deserialize::FromSql,
    mysql::{
        Mysql, MysqlQueryBuilder, MysqlType, MysqlValue,
        data_types::{MysqlTime, MysqlTimestampType},
    },
    query_builder::{QueryBuilder, QueryFragment, bind_collector::RawBytesBindCollector},
    result::{DatabaseErrorInformation, DatabaseErrorKind, Error, QueryResult},
    row::{Field, PartialRow, RowIndex, RowSealed},
    sql_types::Timestamp,
};
use mysql_async::{Column, Conn, Params, Statement, Value, consts::ColumnType, prelude::Queryable};

/// A statement with its parameters, as it is sent to the server.
pub(super) struct PreparedQuery {
    sql: String,
    params: Vec<Value>,
    /// Whether the statement stays prepared on the server, which saves a round trip the next time.
    keep: bool,
}

impl PreparedQuery {
    /// A query. Diesel knows whether its text is the same each time, so that it can stay prepared.
    pub fn question(source: &impl QueryFragment<Mysql>) -> QueryResult<Self> {
        let keep = source.is_safe_to_cache_prepared(&Mysql)?;
        Self::of(source, |_| keep)
    }

    /// A write. Diesel lets no write stay prepared, since their texts may differ; this program has
    /// few different ones, except the long ones that insert many rows.
    pub fn write(source: &impl QueryFragment<Mysql>) -> QueryResult<Self> {
        const LONG: usize = 1_500;
        Self::of(source, |sql| sql.len() < LONG)
    }

    /// A statement as text, with texts for its parameters: the server converts them.
    pub fn of_texts(sql: String, params: Vec<Option<String>>, keep: bool) -> Self {
        let value = |text: Option<String>| text.map_or(Value::NULL, |text| Value::Bytes(text.into_bytes()));
        Self { sql, params: params.into_iter().map(value).collect(), keep }
    }

    fn of(source: &impl QueryFragment<Mysql>, keep: impl FnOnce(&str) -> bool) -> QueryResult<Self> {
        let mut text = MysqlQueryBuilder::new();
        source.to_sql(&mut text, &Mysql)?;
        let sql = text.finish();
        let mut collected = RawBytesBindCollector::<Mysql>::new();
        source.collect_binds(&mut collected, &mut (), &Mysql)?;
        let params = collected.metadata.into_iter().zip(collected.binds).map(to_value).collect::<QueryResult<_>>()?;
        Ok(Self { keep: keep(&sql), sql, params })
    }
}

/// Converts a parameter, which Diesel passes as the bytes that the C library would take.
fn to_value((of_type, bytes): (MysqlType, Option<Vec<u8>>)) -> QueryResult<Value> {
    let Some(bytes) = bytes else { return Ok(Value::NULL) };
    let unfit = || Error::SerializationError(format!("a parameter of the type {of_type:?}").into());
    Ok(match of_type {
        MysqlType::Tiny | MysqlType::Short | MysqlType::Long | MysqlType::LongLong => {
            Value::Int(whole_number(&bytes).ok_or_else(unfit)?)
        }
        MysqlType::Float => Value::Float(f32::from_ne_bytes(bytes.try_into().map_err(|_| unfit())?)),
        MysqlType::Double => Value::Double(f64::from_ne_bytes(bytes.try_into().map_err(|_| unfit())?)),
        MysqlType::Date | MysqlType::DateTime | MysqlType::Timestamp => {
            let time = <MysqlTime as FromSql<Timestamp, Mysql>>::from_sql(MysqlValue::new(&bytes, of_type));
            let time = time.map_err(Error::SerializationError)?;
            let small = |part: u32| u8::try_from(part).map_err(|_| unfit());
            Value::Date(
                u16::try_from(time.year).map_err(|_| unfit())?,
                small(time.month)?,
                small(time.day)?,
                small(time.hour)?,
                small(time.minute)?,
                small(time.second)?,
                u32::try_from(time.second_part).map_err(|_| unfit())?,
            )
        }
        MysqlType::Numeric | MysqlType::Set | MysqlType::Enum | MysqlType::String | MysqlType::Blob => {
            Value::Bytes(bytes)
        }
        _ => return Err(unfit()),
    })
}

/// The integer in these bytes. The type does not determine how many there are: a boolean is a
/// `Tiny` of four bytes.
fn whole_number(bytes: &[u8]) -> Option<i64> {
    Some(match bytes.len() {
        1 => i8::from_ne_bytes(bytes.try_into().ok()?).into(),
        2 => i16::from_ne_bytes(bytes.try_into().ok()?).into(),
        4 => i32::from_ne_bytes(bytes.try_into().ok()?).into(),
        8 => i64::from_ne_bytes(bytes.try_into().ok()?),
        _ => return None,
    })
}

/// A row of a result.
pub struct WireRow {
    columns: Arc<[Column]>,
    /// As Diesel reads them; `None` for NULL.
    values: Vec<Option<(MysqlType, Vec<u8>)>>,
}

impl WireRow {
    fn of(row: mysql_async::Row) -> Self {
        let columns = row.columns();
        let values = row.unwrap().into_iter().zip(columns.iter()).map(|(value, column)| from_value(value, column));
        Self { values: values.collect(), columns }
    }
}

fn from_value(value: Value, column: &Column) -> Option<(MysqlType, Vec<u8>)> {
    Some(match value {
        Value::NULL => return None,
        Value::Bytes(bytes) => match column.column_type() {
            ColumnType::MYSQL_TYPE_DECIMAL | ColumnType::MYSQL_TYPE_NEWDECIMAL => (MysqlType::Numeric, bytes),
            _ => (MysqlType::String, bytes),
        },
        Value::Int(number) => (MysqlType::LongLong, number.to_ne_bytes().into()),
        Value::UInt(number) => (MysqlType::UnsignedLongLong, number.to_ne_bytes().into()),
        Value::Float(number) => (MysqlType::Float, number.to_ne_bytes().into()),
        Value::Double(number) => (MysqlType::Double, number.to_ne_bytes().into()),
        Value::Date(year, month, day, hour, minute, second, micros) => {
            let [month, day, hour, minute, second] = [month, day, hour, minute, second].map(u32::from);
            let kind = MysqlTimestampType::MYSQL_TIMESTAMP_DATETIME;
            let time = MysqlTime::new(year.into(), month, day, hour, minute, second, micros.into(), false, kind, 0);
            (MysqlType::DateTime, time.serialize().into())
        }
        Value::Time(negative, days, hour, minute, second, micros) => {
            let [hour, minute, second] = [hour, minute, second].map(u32::from);
            let kind = MysqlTimestampType::MYSQL_TIMESTAMP_TIME;
            let time = MysqlTime::new(0, 0, days, hour, minute, second, micros.into(), negative, kind, 0);
            (MysqlType::Time, time.serialize().into())
        }
    })
}

impl RowSealed for WireRow {}

impl RowIndex<usize> for WireRow {
    fn idx(&self, at: usize) -> Option<usize> {
        (at < self.columns.len()).then_some(at)
    }
}

impl RowIndex<&str> for WireRow {
    fn idx(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name_str() == name)
    }
}

impl<'a> diesel::row::Row<'a, Mysql> for WireRow {
    type Field<'f>
        = Cell<'f>
    where
        'a: 'f,
        Self: 'f;
    type InnerPartialRow = Self;

    fn field_count(&self) -> usize {
        self.columns.len()
    }

    fn get<'f, I>(&'f self, index: I) -> Option<Cell<'f>>
    where
        'a: 'f,
        Self: RowIndex<I>,
    {
        let at = self.idx(index)?;
        Some(Cell { column: &self.columns[at], value: self.values[at].as_ref() })
    }

    fn partial_row(&self, range: std::ops::Range<usize>) -> PartialRow<'_, Self> {
        PartialRow::new(self, range)
    }
}

/// One value of a row.
pub struct Cell<'a> {
    column: &'a Column,
    value: Option<&'a (MysqlType, Vec<u8>)>,
}

impl<'a> Field<'a, Mysql> for Cell<'a> {
    fn field_name(&self) -> Option<&str> {
        std::str::from_utf8(self.column.name_ref()).ok()
    }

    fn value(&self) -> Option<MysqlValue<'_>> {
        self.value.map(|(of_type, bytes)| MysqlValue::new(bytes, *of_type))
    }
}

/// A connection, and the statements that stay prepared on its server.
pub(super) struct Wire {
    connection: Conn,
    prepared: HashMap<String, Statement>,
    /// A statement that does not stay prepared; it is closed when the next statement is sent.
    to_close: Option<Statement>,
    pub instrumentation: DynInstrumentation,
}

impl Wire {
    pub fn of(connection: Conn) -> Self {
        let instrumentation = DynInstrumentation::default_instrumentation();
        Self { connection, prepared: HashMap::new(), to_close: None, instrumentation }
    }

    fn tell(&mut self, sql: &str) {
        self.instrumentation.on_connection_event(InstrumentationEvent::start_query(&StrQueryHelper::new(sql)));
    }

    /// Runs statements that are separated by semicolons, in one round trip.
    pub async fn batch(&mut self, sql: &str) -> QueryResult<()> {
        self.tell(sql);
        self.connection.query_drop(sql).await.map_err(|error| failed(&error))
    }

    /// The rows of all results of a batch of queries: the first `COLUMNS` columns as text. Nothing
    /// is prepared, so this takes one round trip.
    pub async fn texts<const COLUMNS: usize>(&mut self, sql: &str) -> QueryResult<Vec<[String; COLUMNS]>> {
        self.tell(sql);
        let ask = async {
            let mut rows: Vec<mysql_async::Row> = Vec::new();
            let mut answers = self.connection.query_iter(sql).await?;
            while !answers.is_empty() {
                rows.extend(answers.collect::<mysql_async::Row>().await?);
            }
            Ok(rows)
        };
        let rows = ask.await.map_err(|error| failed(&error))?;
        let text = |row: &mysql_async::Row, at| row.get_opt(at).and_then(Result::ok).unwrap_or_default();
        Ok(rows.iter().map(|row| std::array::from_fn(|at| text(row, at))).collect())
    }

    /// The rows of a query with all columns as text. Nothing is prepared.
    pub async fn rows(&mut self, sql: &str) -> QueryResult<Vec<Vec<Option<String>>>> {
        self.tell(sql);
        let rows: Vec<mysql_async::Row> = self.connection.query(sql).await.map_err(|error| failed(&error))?;
        let text =
            |value| mysql_async::from_value_opt(value).map_err(|error| Error::DeserializationError(Box::new(error)));
        rows.into_iter().map(|row| row.unwrap().into_iter().map(text).collect()).collect()
    }

    async fn prepare(&mut self, asked: &PreparedQuery) -> Result<Statement, mysql_async::Error> {
        if let Some(done) = self.to_close.take() {
            self.connection.close(done).await?;
        }
        if let Some(statement) = self.prepared.get(&asked.sql) {
            return Ok(statement.clone());
        }
        let statement = self.connection.prep(asked.sql.as_str()).await?;
        if asked.keep {
            self.prepared.insert(asked.sql.clone(), statement.clone());
        } else {
            self.to_close = Some(statement.clone());
        }
        Ok(statement)
    }

    /// Runs a statement and returns the number of affected rows.
    pub async fn execute(&mut self, asked: PreparedQuery) -> QueryResult<usize> {
        self.tell(&asked.sql);
        let run = async {
            let statement = self.prepare(&asked).await?;
            self.connection.exec_drop(statement, Params::from(asked.params)).await?;
            Ok(self.connection.affected_rows())
        };
        let changed = run.await.map_err(|error| failed(&error))?;
        usize::try_from(changed).map_err(|error| Error::DeserializationError(Box::new(error)))
    }

    pub async fn load(&mut self, asked: PreparedQuery) -> QueryResult<Vec<QueryResult<WireRow>>> {
        self.tell(&asked.sql);
        let run = async {
            let statement = self.prepare(&asked).await?;
            let rows: Vec<mysql_async::Row> = self.connection.exec(statement, Params::from(asked.params)).await?;
            Ok(rows)
        };
        let rows = run.await.map_err(|error| failed(&error))?;
        Ok(rows.into_iter().map(|row| Ok(WireRow::of(row))).collect())
    }
}

/// A server's error. Diesel has no field for its number, which is the same in every language,
/// unlike the message: it is passed as the details, see [`failure::code`].
///
/// [`failure::code`]: super::failure::code
#[derive(Debug)]
struct Refusal {
    code: String,
    message: String,
}

impl DatabaseErrorInformation for Refusal {
    fn message(&self) -> &str {
        &self.message
    }

    fn details(&self) -> Option<&str> {
        Some(&self.code)
    }

    fn hint(&self) -> Option<&str> {
        None
    }

    fn table_name(&self) -> Option<&str> {
        None
    }

    fn column_name(&self) -> Option<&str> {
        None
    }

    fn constraint_name(&self) -> Option<&str> {
        None
    }

    fn statement_position(&self) -> Option<i32> {
        None
    }
}

/// Converts an error to Diesel's. An error that is not a response of the server leaves the
/// connection in an unknown state, so the connection counts as closed.
fn failed(error: &mysql_async::Error) -> Error {
    use DatabaseErrorKind as Kind;
    let mysql_async::Error::Server(error) = error else { return closed(error.to_string()) };
    let kind = match error.code {
        1062 | 1586 | 1859 => Kind::UniqueViolation,
        1216 | 1217 | 1451 | 1452 | 1830 | 1834 => Kind::ForeignKeyViolation,
        1792 => Kind::ReadOnlyTransaction,
        1048 | 1364 => Kind::NotNullViolation,
        3819 | 4025 => Kind::CheckViolation,
        // The server shuts down, the connection was killed, or it was idle for too long.
        1053 | 1927 | 4031 => Kind::ClosedConnection,
        // The server has reached its limit of prepared statements, and a new connection has none.
        1461 => Kind::ClosedConnection,
        _ if lacks_majority(&error.message) => Kind::ClosedConnection,
        _ => Kind::Unknown,
    };
    Error::DatabaseError(kind, Box::new(Refusal { code: error.code.to_string(), message: error.message.clone() }))
}

/// The error of a connection that can no longer be used.
pub(super) fn closed(detail: String) -> Error {
    Error::DatabaseError(DatabaseErrorKind::ClosedConnection, Box::new(detail))
}

/// Whether a node of a cluster reports that it has lost contact with most other nodes. The messages
/// come from the cluster's library and are always in English; their error numbers are also used for
/// other errors.
pub(super) fn lacks_majority(message: &str) -> bool {
    ["WSREP has not yet prepared", "Not connected to Primary Component"].iter().any(|words| message.contains(words))
}

/// Runs a call to its end; `None` if nothing arrives from the server for as long as `patience`. The
/// limit applies to each arrival, not to the whole call, so that a slow link does not count as
/// broken.
pub(super) fn patiently<T>(
    runtime: &tokio::runtime::Runtime,
    patience: Duration,
    call: impl Future<Output = T>,
) -> Option<T> {
    runtime.block_on(async {
        let mut call = pin!(call);
        let mut silence = pin!(tokio::time::sleep(patience));
        std::future::poll_fn(|context| {
            if let Poll::Ready(done) = call.as_mut().poll(context) {
                return Poll::Ready(Some(done));
            }
            if silence.as_mut().poll(context).is_ready() {
                return Poll::Ready(None);
            }
            // The connection woke this task, not the timer: data has arrived.
            silence.as_mut().reset(tokio::time::Instant::now() + patience);
            silence.as_mut().poll(context).map(|()| None)
        })
        .await
    })
}
