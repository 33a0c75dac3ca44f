//! What `doctor` reads from a database: each check is a function in one table. They change nothing,
//! also in an embedded database that an older program has written.

#![expect(clippy::unnecessary_wraps, reason = "all checks of a table have one type")]

use std::collections::{BTreeMap, HashMap};

use chrono::{NaiveDateTime, Utc};

use super::{
    Db, DbError, Target, address, backup, grants,
    guards::{self, Answer, Seen},
    migrate::{self, Level},
    mysql::MysqlConnection,
    settings,
};
use crate::domain::{
    diagnosis::{
        Check, Finding, Found,
        Verdict::{Fault, Fine, Unknown, Warning},
    },
    error::ConnectionProblem,
};

type Findings = Result<Vec<Finding>, DbError>;

/// What is looked at on every engine, in this order.
const EVERYWHERE: [fn(&mut Db) -> Findings; 4] = [server, file, tables, company];

/// What is looked at on a server besides.
const ON_A_SERVER: [fn(&mut Examined<'_>) -> Findings; 10] = [
    encryption,
    missing_rights,
    excessive_rights,
    triggers,
    character_set,
    sql_mode,
    flush_log_at_commit,
    binary_log,
    cluster,
    clock,
];

/// A server that is examined.
struct Examined<'a> {
    db: &'a mut Db,
    address: &'a str,
    /// The account as the server knows it, written as in statements.
    account: String,
    database: String,
    /// Variables and status values by name.
    said: HashMap<String, String>,
    guards: Seen,
}

/// Looks at everything, in the order of the report. A missing right ends one check, any other error
/// the whole; the error is returned unless the missing right is among the findings.
pub fn examine(db: &mut Db, target: &Target, findings: &mut Vec<Finding>) -> Result<(), DbError> {
    let mut denied = None;
    let mut note = |found: Findings| {
        match found {
            Ok(found) => findings.extend(found),
            Err(error @ DbError::Unavailable(ConnectionProblem::NotGranted(_))) => {
                denied = denied.take().or(Some(error));
            }
            Err(other) => return Err(other),
        }
        Ok(())
    };
    for read in EVERYWHERE {
        note(read(db))?;
    }
    if let Target::Mysql(address) = target {
        let mut examined = Examined::of(db, address)?;
        for read in ON_A_SERVER {
            note(read(&mut examined))?;
        }
    }
    match denied {
        Some(error) if findings.iter().all(|finding| finding.verdict != Fault) => Err(error),
        _ => Ok(()),
    }
}

impl<'a> Examined<'a> {
    fn of(db: &'a mut Db, address: &'a str) -> Result<Self, DbError> {
        const VARIABLES: &str = "SHOW VARIABLES WHERE variable_name IN ('sql_mode', 'innodb_flush_log_at_trx_commit', \
             'log_bin', 'sync_binlog', 'wsrep_sync_wait'); \
             SHOW STATUS WHERE variable_name IN ('ssl_version', 'ssl_cipher', 'wsrep_provider_version'); \
             SELECT 'account', CURRENT_USER(); SELECT 'database', DATABASE()";
        let said = connection(db)?.pairs(VARIABLES)?;
        let said: HashMap<String, String> =
            said.into_iter().map(|[name, value]| (name.to_lowercase(), value)).collect();
        let account = guards::quoted(said.get("account").map_or("", String::as_str));
        let database = said.get("database").cloned().unwrap_or_default();
        let guards = guards::seen(connection(db)?)?;
        Ok(Self { db, address, account, database, said, guards })
    }

    fn says(&self, name: &str) -> &str {
        self.said.get(name).map_or("", String::as_str)
    }

    fn connection(&mut self) -> Result<&mut MysqlConnection, DbError> {
        connection(self.db)
    }

    /// Whether the tables are those of this program.
    fn has_tables(&mut self) -> Result<bool, DbError> {
        Ok(migrate::level(self.db)? != Level::Empty)
    }
}

fn connection(db: &mut Db) -> Result<&mut MysqlConnection, DbError> {
    match db {
        Db::Mysql(connection) => Ok(connection),
        Db::Sqlite(_) => Err(DbError::NotFound),
    }
}

fn server(db: &mut Db) -> Findings {
    let version = match db {
        Db::Mysql(_) => db.server(),
        Db::Sqlite(_) => format!("SQLite {}", db.texts("SELECT sqlite_version() AS text")?.concat()),
    };
    Ok(vec![Finding::fine(Check::Server, version)])
}

fn file(db: &mut Db) -> Findings {
    if let Db::Mysql(_) = db {
        return Ok(Vec::new());
    }
    Ok(vec![match backup::check_file(db) {
        Ok(()) => Finding::new(Check::File, Found::Yes, Fine),
        Err(DbError::Unavailable(ConnectionProblem::NotADatabase)) => {
            Finding::new(Check::File, Found::No, Fault).mended_by(vec!["epic-events restore FILE".to_owned()])
        }
        Err(other) => return Err(other),
    }])
}

fn tables(db: &mut Db) -> Findings {
    let level = migrate::level(db)?;
    if level == Level::Unfinished {
        return Err(DbError::Unavailable(ConnectionProblem::UnfinishedCopy));
    }
    let versions = migrate::versions_of(db, level)?;
    let verdict = match (level, &*db) {
        (Level::Current, _) => Fine,
        // It is migrated when the program next opens it.
        (Level::Behind, Db::Sqlite(_)) => Warning,
        (Level::Behind | Level::Ahead | Level::Empty | Level::Unfinished, _) => Fault,
    };
    let mend = if level == Level::Behind { vec!["epic-events migrate".to_owned()] } else { Vec::new() };
    Ok(vec![Finding::new(Check::Tables, Found::Versions(versions.from, versions.to), verdict).mended_by(mend)])
}

fn company(db: &mut Db) -> Findings {
    let is_there = migrate::level(db)? != Level::Empty && settings::is_set_up(db)?;
    Ok(vec![if is_there {
        Finding::new(Check::Company, Found::Yes, Fine)
    } else {
        Finding::new(Check::Company, Found::No, Fault).mended_by(vec!["epic-events --init".to_owned()])
    }])
}

fn encryption(of: &mut Examined) -> Findings {
    let mode = address::ssl_mode(of.address);
    let verifies = ["verify_identity", "verify_ca"].contains(&mode.as_str());
    let (version, cipher) = (of.says("ssl_version"), of.says("ssl_cipher"));
    Ok(vec![if version.is_empty() {
        let verdict = if address::stays_on_this_machine(of.address) { Fine } else { Warning };
        Finding::new(Check::Encryption, Found::Nothing, verdict)
    } else {
        let found = Found::Text(format!("{version}, {cipher}, {mode}"));
        Finding::new(Check::Encryption, found, if verifies { Fine } else { Warning })
    }])
}

fn missing_rights(of: &mut Examined) -> Findings {
    if !of.has_tables()? {
        return Ok(Vec::new());
    }
    let missing = grants::missing(of.db)?;
    let tables: Vec<&str> = missing.iter().map(|(table, _)| *table).collect();
    let mend = missing.iter().map(|rights| grants::grant(*rights, &of.database, &of.account)).collect();
    Ok(vec![if missing.is_empty() {
        Finding::new(Check::MissingRights, Found::Nothing, Fine)
    } else {
        Finding::new(Check::MissingRights, Found::Text(tables.join(", ")), Fault).mended_by(mend)
    }])
}

/// The rights that were granted to the account itself, compared with those of the everyday account.
/// The account with whose rights the triggers run keeps them.
fn excessive_rights(of: &mut Examined) -> Findings {
    let grantee = of.account.replace('\\', "\\\\").replace('\'', "''");
    let granted = format!(
        "SELECT privilege_type, CONCAT('`', table_schema, '`.', table_name) FROM information_schema.table_privileges \
         WHERE table_schema = DATABASE() AND grantee = '{grantee}'; \
         SELECT privilege_type, CONCAT('`', table_schema, '`.*') FROM information_schema.schema_privileges \
         WHERE DATABASE() LIKE table_schema AND grantee = '{grantee}'; \
         SELECT privilege_type, '*.*' FROM information_schema.user_privileges \
         WHERE privilege_type <> 'USAGE' AND grantee = '{grantee}'"
    );
    // Of each place, as in statements.
    let mut excess: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for [right, place] in of.connection()?.pairs(&granted)? {
        if !grants::is_needed(&right, table_of(&place)) {
            excess.entry(place).or_default().push(right);
        }
    }
    if excess.is_empty() {
        return Ok(vec![Finding::new(Check::ExcessiveRights, Found::Nothing, Fine)]);
    }
    for rights in excess.values_mut() {
        rights.sort();
    }
    let found: Vec<String> =
        excess.iter().map(|(place, rights)| format!("{} ON {}", rights.join(", "), table_of(place))).collect();
    let finding = Finding::new(Check::ExcessiveRights, Found::Text(found.join("; ")), Warning);
    // Before there are triggers, whoever may create them may be the set-up account.
    let may_create = of.guards.definers.is_empty() && excess.values().flatten().any(|right| right == "TRIGGER");
    if may_create || of.guards.definers.contains(&of.account) {
        return Ok(vec![finding]);
    }
    // The rights that it needs may come from the wider ones that are taken away.
    let needed = if excess.keys().any(|place| place.ends_with('*')) && of.has_tables()? {
        grants::all(&of.database, &of.account)
    } else {
        Vec::new()
    };
    let revoke = excess.iter().map(|(place, rights)| grants::revoke(rights, place, &of.account));
    Ok(vec![finding.mended_by(needed.into_iter().chain(revoke).collect())])
}

/// The table of a place that rights are granted on: `*` for a whole database.
fn table_of(place: &str) -> &str {
    place.rsplit_once("`.").map_or(place, |(_, table)| table)
}

/// The triggers and the accounts with whose rights they run. The everyday account cannot see them,
/// but can tell whether one of them works.
fn triggers(of: &mut Examined) -> Findings {
    if !of.has_tables()? {
        return Ok(Vec::new());
    }
    let answer = guards::ask(of.connection()?)?;
    let Seen { whole, others, definers } = &of.guards;
    let of_all = format!("{whole} / {}", whole + others.len());
    let there = match &answer {
        _ if others.is_empty() => Finding::fine(Check::Triggers, of_all),
        _ if *whole > 0 || !definers.is_empty() => {
            Finding::new(Check::Triggers, Found::Text(format!("{of_all} (- {})", others.join(", "))), Warning)
        }
        Answer::NoGuard => Finding::new(Check::Triggers, Found::No, Warning),
        Answer::Works | Answer::NoDefiner(_) | Answer::DefinerLacks { .. } => {
            Finding::new(Check::Triggers, Found::Yes, Unknown)
        }
        Answer::Unknown => Finding::new(Check::Triggers, Found::Text("?".to_owned()), Unknown),
    };
    let there = if there.verdict == Warning { there.mended_by(vec!["epic-events migrate".to_owned()]) } else { there };
    let definer = definers_of(of, &answer)?;
    Ok(std::iter::once(there).chain(definer).collect())
}

/// The statements that bring back the account of the triggers, which is also the set-up account. It
/// gets a password that nobody knows: whoever unlocks it gives it a new one.
fn renew(of: &Examined, name: &str) -> Vec<String> {
    let password = if of.db.server().starts_with("MariaDB") {
        "IDENTIFIED VIA mysql_native_password USING 'invalid'"
    } else {
        "IDENTIFIED BY RANDOM PASSWORD"
    };
    vec![
        format!("CREATE USER IF NOT EXISTS {name} {password} ACCOUNT LOCK;"),
        grants::grant(("*", grants::OF_SET_UP), &of.database, name),
    ]
}

fn definers_of(of: &mut Examined, answer: &Answer) -> Result<Option<Finding>, DbError> {
    let found = |names: &[String]| Found::Text(names.join(", "));
    let definers = of.guards.definers.clone();
    match answer {
        Answer::NoDefiner(name) => {
            let gone = Finding::new(Check::TriggerDefiner, found(std::slice::from_ref(name)), Fault);
            return Ok(Some(gone.mended_by(renew(of, name))));
        }
        Answer::DefinerLacks { account, right } => {
            let lacks = Finding::new(Check::TriggerDefiner, Found::Text(format!("{account} - {right}")), Fault);
            let grant = grants::grant(("*", grants::OF_SET_UP), &of.database, account);
            return Ok(Some(lacks.mended_by(vec![grant])));
        }
        Answer::NoGuard if definers.is_empty() => return Ok(None),
        Answer::Works if definers.is_empty() => return Ok(Some(Finding::new(Check::TriggerDefiner, Found::Yes, Fine))),
        Answer::Works | Answer::NoGuard | Answer::Unknown => {}
    }
    // The guard that was asked has proved the only definer; of several ones each is looked up.
    if definers.len() == 1 && *answer == Answer::Works {
        return Ok(Some(Finding::new(Check::TriggerDefiner, found(&definers), Fine)));
    }
    let mut known = vec![of.account.clone()];
    let accounts = of.connection()?.texts("SELECT CONCAT(user, '@', host) FROM mysql.user");
    let all_known = accounts.is_ok();
    known.extend(accounts.unwrap_or_default().iter().map(|account| guards::quoted(account)));
    let gone: Vec<String> = definers.iter().filter(|name| !known.contains(name)).cloned().collect();
    Ok(Some(match (gone.is_empty(), all_known) {
        (true, _) => Finding::new(Check::TriggerDefiner, found(&definers), Fine),
        (false, false) => Finding::new(Check::TriggerDefiner, found(&gone), Unknown),
        (false, true) => Finding::new(Check::TriggerDefiner, found(&gone), Fault)
            .mended_by(gone.iter().flat_map(|name| renew(of, name)).collect()),
    }))
}

fn character_set(of: &mut Examined) -> Findings {
    let names: Vec<String> = grants::tables().map(|table| format!("'{table}'")).collect();
    let sql = format!(
        "SELECT DISTINCT table_collation FROM information_schema.tables WHERE table_schema = DATABASE() \
         AND table_name IN ({})",
        names.join(", ")
    );
    let collations = of.connection()?.texts(&sql)?;
    let whole = collations.iter().all(|collation| collation.starts_with("utf8mb4"));
    let finding =
        Finding::new(Check::CharacterSet, Found::Text(collations.join(", ")), if whole { Fine } else { Fault });
    Ok(if collations.is_empty() { Vec::new() } else { vec![finding] })
}

fn sql_mode(of: &mut Examined) -> Findings {
    let mode = of.says("sql_mode");
    let verdict = if mode.contains("STRICT_ALL_TABLES") { Fine } else { Fault };
    Ok(vec![Finding::new(Check::SqlMode, Found::Text(mode.to_owned()), verdict)])
}

fn flush_log_at_commit(of: &mut Examined) -> Findings {
    let value = of.says("innodb_flush_log_at_trx_commit");
    let verdict = if value == "1" { Fine } else { Warning };
    Ok(vec![Finding::new(Check::FlushLogAtCommit, Found::Text(value.to_owned()), verdict)])
}

fn binary_log(of: &mut Examined) -> Findings {
    if !matches!(of.says("log_bin"), "ON" | "1") {
        return Ok(vec![Finding::new(Check::BinaryLog, Found::No, Warning)]);
    }
    let sync = of.says("sync_binlog");
    let verdict = if sync == "1" { Fine } else { Warning };
    Ok(vec![
        Finding::new(Check::BinaryLog, Found::Yes, Fine),
        Finding::new(Check::SyncBinlog, Found::Text(sync.to_owned()), verdict),
    ])
}

/// Releases whose clusters lost committed transactions in the tests of jepsen.io, with the settings
/// that their manual recommends.
const LOSES_COMMITS: [&str; 2] = ["MariaDB 12.1", "MariaDB 12.2"];

fn cluster(of: &mut Examined) -> Findings {
    if !of.db.is_clustered() {
        return Ok(Vec::new());
    }
    let found = format!("{} (Galera {})", of.says("wsrep_sync_wait"), of.says("wsrep_provider_version"));
    let server = of.db.server();
    let loses = LOSES_COMMITS.iter().any(|release| server.starts_with(release));
    Ok(vec![Finding::new(Check::WsrepSyncWait, Found::Text(found), if loses { Warning } else { Fine })])
}

/// Beyond this difference, changes that were made one after the other on two computers may be shown
/// in the wrong order.
const CLOCK_TOLERANCE: f64 = 2.0;

fn clock(of: &mut Examined) -> Findings {
    let before = Utc::now().naive_utc();
    let said = of.connection()?.texts("SELECT CAST(UTC_TIMESTAMP(6) AS CHAR)")?.concat();
    let half = (Utc::now().naive_utc() - before) / 2;
    let Ok(there) = NaiveDateTime::parse_from_str(&said, "%Y-%m-%d %H:%M:%S%.f") else { return Ok(Vec::new()) };
    let seconds = (there - (before + half)).as_seconds_f64();
    let verdict = if seconds.abs() <= CLOCK_TOLERANCE { Fine } else { Warning };
    Ok(vec![Finding::new(Check::Clock, Found::Text(format!("{seconds:+.3} s")), verdict)])
}
