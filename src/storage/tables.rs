//! The tables of the program as data, and their rows as texts, for copying a company from one engine
//! to another. Tables and columns are those that the migrations create, so a table of a later
//! migration is copied too.

use chrono::NaiveDateTime;
use diesel::{
    QueryableByName, RunQueryDsl, SqliteConnection,
    connection::SimpleConnection,
    query_builder::BoxedSqlQuery,
    sql_query,
    sql_types::{Nullable, Text},
    sqlite::Sqlite,
};

use super::{connection::Db, failure::DbError, lease::Lease, migrate, mysql::MysqlConnection};

/// A table that holds a part of the company.
#[derive(Debug)]
pub(super) struct Table {
    pub name: String,
    columns: Vec<Column>,
    /// The position of the column that identifies a row.
    key: usize,
}

#[derive(Debug)]
struct Column {
    name: String,
    /// As SQLite declares it.
    declared: String,
}

/// A row: each column as text, `None` for NULL. The same value has the same text on both engines.
pub(super) type Row = Vec<Option<String>>;

/// Where Diesel records the migrations. Each database has its own.
pub(super) const MIGRATIONS: &str = "__diesel_schema_migrations";

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

fn lines(db: &mut SqliteConnection, sql: &str) -> Result<Vec<String>, DbError> {
    Ok(sql_query(sql).load::<Line>(db)?.into_iter().map(|row| row.line).collect())
}

/// A JSON array of one line, as a row.
fn row_of(line: &str) -> Row {
    let cells: Vec<serde_json::Value> = serde_json::from_str(line).unwrap_or_default();
    let text = |cell| match cell {
        serde_json::Value::Null => None,
        serde_json::Value::String(text) => Some(text),
        other => Some(other.to_string()),
    };
    cells.into_iter().map(text).collect()
}

/// The objects of this program in an SQLite database, by type, in the order of their creation.
fn objects(db: &mut SqliteConnection, column: &str, of: &str) -> Result<Vec<String>, DbError> {
    let sql = format!(
        "SELECT o.{column} AS line FROM main.sqlite_schema AS o LEFT JOIN pragma_table_list AS t \
         ON t.schema = 'main' AND t.name = o.name AND o.type = 'table' \
         WHERE COALESCE(t.type, o.type) IN ({of}) AND o.sql IS NOT NULL AND o.name <> '{MIGRATIONS}' \
         AND o.name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY o.rowid"
    );
    lines(db, &sql)
}

/// All tables, each after those that it refers to.
pub(super) fn all() -> Result<Vec<Table>, DbError> {
    let Db::Sqlite(mut model) = migrate::model()? else { return Ok(Vec::new()) };
    let mut tables = Vec::new();
    for name in objects(&mut model, "name", "'table'")? {
        let sql = format!("SELECT json_array(name, type, pk) AS line FROM pragma_table_info('{name}') ORDER BY cid");
        let rows: Vec<Row> = lines(&mut model, &sql)?.iter().map(|line| row_of(line)).collect();
        let key = rows.iter().position(|row| row[2].as_deref() == Some("1")).unwrap_or(0);
        let text = |cell: &Option<String>| cell.clone().unwrap_or_default();
        let columns = rows.iter().map(|row| Column { name: text(&row[0]), declared: text(&row[1]) }).collect();
        tables.push(Table { name, columns, key });
    }
    Ok(tables)
}

/// The names of all tables and views of a database, whoever created them.
pub(super) fn names(db: &mut Db) -> Result<Vec<String>, DbError> {
    match db {
        Db::Mysql(_) => {
            db.texts("SELECT table_name AS text FROM information_schema.tables WHERE table_schema = DATABASE()")
        }
        Db::Sqlite(db) => {
            let sql = "SELECT name AS line FROM sqlite_schema WHERE type IN ('table', 'view') \
                       AND name NOT LIKE 'sqlite!_%' ESCAPE '!'";
            lines(db, sql)
        }
    }
}

/// Runs `work` while this connection does not check references between tables. The error is
/// `CommitUnknown` if the connection breaks when all work was done.
pub(super) fn unchecked<T, E: From<DbError>>(db: &mut Db, work: impl FnOnce(&mut Db) -> Result<T, E>) -> Result<T, E> {
    let (off, on) = match db {
        Db::Mysql(_) => ("SET foreign_key_checks = 0", "SET foreign_key_checks = 1"),
        Db::Sqlite(_) => (
            "PRAGMA foreign_keys = OFF; PRAGMA cache_size = -200000",
            "PRAGMA foreign_keys = ON; PRAGMA cache_size = -2000",
        ),
    };
    db.batch_execute(off).map_err(|error| E::from(DbError::from(error)))?;
    let done = work(db);
    let ended = db.batch_execute(on).map_err(|error| E::from(DbError::of_commit(error)));
    done.and_then(|done| ended.map(|()| done))
}

/// Removes all tables of an unfinished copy. The mark of the copy stays. References must not be
/// checked.
pub(super) fn drop_all(db: &mut Db, tables: &[Table], lease: &Lease) -> Result<(), DbError> {
    match db {
        Db::Mysql(mysql) => {
            let ours: Vec<String> = tables.iter().map(|table| format!("`{}`", table.name)).collect();
            Ok(lease.run(mysql, &format!("DROP TABLE IF EXISTS {}", ours.join(", ")))?)
        }
        Db::Sqlite(sqlite) => {
            // A full-text table takes the tables along that belong to it.
            for name in objects(sqlite, "name", "'table', 'virtual'")? {
                sqlite.batch_execute(&format!("DROP TABLE `{name}`"))?;
            }
            Ok(())
        }
    }
}

/// Statements that create the indexes that [`loosen`] has dropped on a server.
pub(super) struct Dropped(Vec<String>);

/// Drops the indexes of a table on a server that nothing depends on. Returns the statements that
/// create them: a full-text index needs one of its own.
fn drop_indexes(mysql: &mut MysqlConnection, table: &str, lease: &Lease) -> Result<Vec<String>, DbError> {
    let of = format!("table_schema = DATABASE() AND table_name = '{table}'");
    let referring = mysql.texts(&format!(
        "SELECT column_name FROM information_schema.key_column_usage WHERE {of} AND referenced_table_name IS NOT NULL"
    ))?;
    let indexes = mysql.rows(&format!(
        "SELECT index_name, index_type, GROUP_CONCAT(column_name ORDER BY seq_in_index) FROM information_schema.statistics \
         WHERE {of} AND non_unique = 1 GROUP BY index_name, index_type"
    ))?;
    let (mut plain, mut full_text, mut drops) = (Vec::new(), Vec::new(), Vec::new());
    for index in indexes {
        let [Some(name), Some(kind), Some(columns)] = index.as_slice() else { continue };
        let names: Vec<String> = columns.split(',').map(|column| format!("`{column}`")).collect();
        // A reference to another table needs its index.
        if referring.iter().any(|column| names[0].trim_matches('`') == column) {
            continue;
        }
        drops.push(format!("DROP INDEX `{name}`"));
        let columns = names.join(", ");
        if kind == "FULLTEXT" {
            full_text.push(format!("ALTER TABLE `{table}` ADD FULLTEXT INDEX `{name}` ({columns})"));
        } else {
            plain.push(format!("ADD INDEX `{name}` ({columns})"));
        }
    }
    if !drops.is_empty() {
        lease.run(mysql, &format!("ALTER TABLE `{table}` {}", drops.join(", ")))?;
    }
    if !plain.is_empty() {
        full_text.insert(0, format!("ALTER TABLE `{table}` {}", plain.join(", ")));
    }
    Ok(full_text)
}

/// Prepares new tables for rows in any order that were allowed once: without what the migrations
/// have put there, without the rules about new rows, and without most indexes, since an index is
/// created faster over all rows than extended row by row. References must not be checked.
pub(super) fn loosen(db: &mut Db, tables: &[Table], lease: &Lease) -> Result<Dropped, DbError> {
    let mut dropped = Vec::new();
    match db {
        Db::Mysql(mysql) => {
            for table in tables {
                dropped.extend(drop_indexes(mysql, &table.name, lease)?);
            }
            // Rows from before the audit log had a chain have no number.
            lease.run(mysql, "ALTER TABLE audit_log MODIFY seq BIGINT")?;
        }
        Db::Sqlite(sqlite) => {
            for kind in ["trigger", "index"] {
                for name in objects(sqlite, "name", &format!("'{kind}'"))? {
                    sqlite.batch_execute(&format!("DROP {kind} `{name}`"))?;
                }
            }
        }
    }
    for table in tables.iter().rev() {
        if let Db::Mysql(mysql) = db {
            lease.guard_next(mysql);
        }
        db.batch_execute(&format!("DELETE FROM `{}`", table.name))?;
    }
    Ok(Dropped(dropped))
}

/// Puts everything in place that [`loosen`] has left out. Returns the names of the guards that the
/// server does not let this account create.
pub(super) fn tighten(db: &mut Db, dropped: &Dropped, lease: &Lease) -> Result<Vec<&'static str>, DbError> {
    match db {
        Db::Mysql(mysql) => {
            for create in &dropped.0 {
                lease.run(mysql, create)?;
            }
            let unnumbered = mysql.texts("SELECT 'yes' FROM audit_log WHERE seq IS NULL LIMIT 1")?;
            if unnumbered.is_empty() {
                lease.run(mysql, "ALTER TABLE audit_log MODIFY seq BIGINT NOT NULL")?;
            }
        }
        Db::Sqlite(sqlite) => {
            let Db::Sqlite(mut model) = migrate::model()? else { return Ok(Vec::new()) };
            for kind in ["index", "trigger"] {
                for sql in objects(&mut model, "sql", &format!("'{kind}'"))? {
                    sqlite.batch_execute(&sql)?;
                }
            }
            for name in objects(&mut model, "name", "'virtual'")? {
                sqlite.batch_execute(&format!("INSERT INTO `{name}` (`{name}`) VALUES ('rebuild')"))?;
            }
        }
    }
    Ok(migrate::guard(db, lease)?.refused)
}

impl Table {
    fn columns(&self) -> String {
        self.columns.iter().map(|column| format!("`{}`", column.name)).collect::<Vec<_>>().join(", ")
    }

    /// Up to `most` rows in the order of the key, behind the row `last`.
    pub fn page(&self, db: &mut Db, last: Option<&Row>, most: usize) -> Result<Vec<Row>, DbError> {
        let (key, columns) = (&self.columns[self.key], self.columns());
        let is_number = key.declared.contains("INT");
        let literal = |text: &str| if is_number { text.to_owned() } else { format!("'{}'", text.replace('\'', "''")) };
        let last = last.and_then(|row| row[self.key].as_deref());
        let behind = last.map(|last| format!("WHERE `{}` > {}", key.name, literal(last))).unwrap_or_default();
        let rest = format!("FROM `{}` {behind} ORDER BY `{}` LIMIT {most}", self.name, key.name);
        let mut rows: Vec<Row> = match db {
            Db::Mysql(mysql) => mysql.rows(&format!("SELECT {columns} {rest}"))?,
            Db::Sqlite(sqlite) => {
                let found = lines(sqlite, &format!("SELECT json_array({columns}) AS line {rest}"))?;
                found.iter().map(|line| row_of(line)).collect()
            }
        };
        for (at, _) in self.columns.iter().enumerate().filter(|(_, column)| column.declared == "TIMESTAMP") {
            for cell in rows.iter_mut().filter_map(|row| row[at].as_mut()) {
                *cell = as_stored(cell);
            }
        }
        Ok(rows)
    }

    /// The highest id that the database has given to a row of this table, also if that row is gone.
    pub fn last_id(&self, db: &mut Db) -> Result<Option<u64>, DbError> {
        Ok(match db {
            // The information schema of some servers is a day old.
            Db::Mysql(mysql) => mysql.rows(&format!("SHOW CREATE TABLE `{}`", self.name))?.iter().find_map(|row| {
                let (_, next) = row.get(1)?.as_ref()?.rsplit_once(" AUTO_INCREMENT=")?;
                next.split_whitespace().next()?.parse::<u64>().ok()?.checked_sub(1)
            }),
            Db::Sqlite(sqlite) => {
                let sql = format!("SELECT CAST(seq AS TEXT) AS line FROM sqlite_sequence WHERE name = '{}'", self.name);
                lines(sqlite, &sql)?.first().and_then(|last| last.parse().ok())
            }
        })
    }

    /// Gives later rows higher ids than this one.
    pub fn go_on_behind(&self, db: &mut Db, last_id: Option<u64>, lease: &Lease) -> Result<(), DbError> {
        let (name, Some(last)) = (&self.name, last_id) else { return Ok(()) };
        match db {
            Db::Mysql(mysql) => lease.run(mysql, &format!("ALTER TABLE `{name}` AUTO_INCREMENT = {}", last + 1))?,
            Db::Sqlite(sqlite) => sqlite.batch_execute(&format!(
                "DELETE FROM sqlite_sequence WHERE name = '{name}'; INSERT INTO sqlite_sequence VALUES ('{name}', {last})"
            ))?,
        }
        Ok(())
    }

    /// Inserts rows, many with one statement.
    pub fn insert(&self, db: &mut Db, rows: &[Row]) -> Result<(), DbError> {
        const ROWS: usize = 500;
        /// Well below what any server takes as one packet.
        const BYTES: usize = 4 << 20;
        let size = |row: &Row| row.iter().flatten().map(String::len).sum::<usize>();
        let mut rest = rows;
        while !rest.is_empty() {
            let mut bytes = 0;
            let fitting = rest.iter().take(ROWS).take_while(|row| {
                bytes += size(row);
                bytes <= BYTES
            });
            let (some, others) = rest.split_at(fitting.count().max(1));
            self.insert_at_once(db, some, some.len() == ROWS)?;
            rest = others;
        }
        Ok(())
    }

    fn insert_at_once(&self, db: &mut Db, rows: &[Row], keep: bool) -> Result<(), DbError> {
        let row = format!("({})", vec!["?"; self.columns.len()].join(","));
        let sql =
            format!("INSERT INTO `{}` ({}) VALUES {}", self.name, self.columns(), vec![row; rows.len()].join(","));
        let cells = rows.iter().flatten().cloned();
        match db {
            Db::Mysql(mysql) => mysql.run_with_texts(sql, cells.collect(), keep)?,
            Db::Sqlite(sqlite) => {
                // Each column turns the text into the type that it stores.
                let insert = sql_query(sql).into_boxed::<Sqlite>();
                cells.fold(insert, BoxedSqlQuery::bind::<Nullable<Text>, _>).execute(sqlite)?
            }
        };
        Ok(())
    }
}

/// A time as Diesel writes it to SQLite, where times are compared as texts.
fn as_stored(time: &str) -> String {
    let read = NaiveDateTime::parse_from_str(time, "%Y-%m-%d %H:%M:%S%.f");
    read.map_or_else(|_| time.to_owned(), |time| time.format("%F %T%.f").to_string())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// The tables and columns of `schema.rs`, which the rest of the program reads and writes.
    #[test]
    fn every_table_and_column_of_the_schema_is_copied() {
        let schema = include_str!("../schema.rs");
        let mut declared: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for table in schema.split("diesel::table! {").skip(1) {
            let (head, body) = table.split_once(" {").unwrap();
            let name = head.split('(').next().unwrap().trim().to_owned();
            let body = body.split('}').next().unwrap();
            let columns =
                body.lines().filter_map(|line| line.split_once(" -> ")).map(|(name, _)| name.trim().to_owned());
            declared.insert(name, columns.collect());
        }
        let mut copied = BTreeMap::new();
        for table in all().unwrap() {
            let columns: Vec<String> = table.columns.iter().map(|column| column.name.clone()).collect();
            copied.insert(table.name, columns);
        }
        for columns in copied.values_mut().chain(declared.values_mut()) {
            columns.sort();
        }
        assert!(declared.len() >= 9);
        assert_eq!(copied, declared);
    }

    #[test]
    fn every_table_has_one_key_and_no_column_of_an_unknown_type() {
        for table in all().unwrap() {
            let key = &table.columns[table.key];
            assert!(["id", "key", "login_key"].contains(&key.name.as_str()), "{}: {}", table.name, key.name);
            for column in &table.columns {
                let known = ["INTEGER", "BIGINT", "TEXT", "BOOLEAN", "TIMESTAMP", "DATE"];
                assert!(known.contains(&column.declared.as_str()), "{}.{}", table.name, column.name);
            }
        }
    }

    #[test]
    fn times_of_both_engines_have_the_same_text() {
        for (read, text) in [
            ("2026-01-31 08:09:10.000000", "2026-01-31 08:09:10"),
            ("2026-01-31 08:09:10", "2026-01-31 08:09:10"),
            ("2026-01-31 08:09:10.120000", "2026-01-31 08:09:10.120"),
            ("2026-01-31 08:09:10.123456", "2026-01-31 08:09:10.123456"),
        ] {
            assert_eq!(as_stored(read), text);
        }
    }
}
