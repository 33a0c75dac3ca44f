//! What `doctor` reads from a database: each check is a function in one table. They change nothing,
//! also in an embedded database that an older program has written.

#![expect(clippy::unnecessary_wraps, reason = "all checks of a table have one type")]

mod examined;
mod rights;
mod triggers;
mod unopened;
mod variables;

use chrono::{NaiveDateTime, Utc};

use super::{
    Db, DbError, Target, address, backup, grants,
    migrate::{self, Level},
    settings,
};
use crate::domain::{
    diagnosis::{
        Check, Finding, Found,
        Verdict::{Fault, Fine, Unknown, Warning},
    },
    error::ConnectionProblem,
};
use examined::{Examined, Findings, level, migrate_commands, readable};
use rights::{excessive_rights, missing_rights};
use triggers::triggers;
pub use unopened::mend;
use variables::{binary_log, flush_log_at_commit, sql_mode};

/// What is looked at on every engine, in this order.
const EVERYWHERE: [fn(&mut Db, &Target) -> Findings; 5] = [server, file, tables, company, amounts_due];

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
        note(read(db, target))?;
    }
    if let Target::Mysql(_) = target {
        let mut examined = Examined::of(db, target)?;
        for read in ON_A_SERVER {
            note(read(&mut examined))?;
        }
    }
    match denied {
        Some(error) if findings.iter().all(|finding| finding.verdict != Fault) => Err(error),
        _ => Ok(()),
    }
}

fn server(db: &mut Db, _: &Target) -> Findings {
    let version = match db {
        Db::Mysql(_) => db.server(),
        Db::Sqlite(_) => format!("SQLite {}", db.texts("SELECT sqlite_version() AS text")?.concat()),
    };
    Ok(vec![Finding::fine(Check::Server, version)])
}

fn file(db: &mut Db, _: &Target) -> Findings {
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

fn tables(db: &mut Db, target: &Target) -> Findings {
    let Some(level) = level(db)? else { return Ok(vec![not_known(Check::Tables)]) };
    if level == Level::Unfinished {
        return Err(DbError::Unavailable(ConnectionProblem::UnfinishedCopy));
    }
    let versions = migrate::versions_of(db, level)?;
    let verdict = match (level, target) {
        (Level::Current, _) => Fine,
        // It is migrated when the program next opens it.
        (Level::Behind, Target::Sqlite(_)) => Warning,
        (Level::Behind | Level::Ahead | Level::Empty | Level::Unfinished, _) => Fault,
    };
    let mend = if level == Level::Behind { migrate_commands(db, target)? } else { Vec::new() };
    Ok(vec![Finding::new(Check::Tables, Found::Versions(versions.from, versions.to), verdict).mended_by(mend)])
}

fn company(db: &mut Db, _: &Target) -> Findings {
    let is_there = match level(db)? {
        Some(Level::Empty) => Some(false),
        _ => readable(settings::is_set_up(db))?,
    };
    Ok(vec![match is_there {
        Some(true) => Finding::new(Check::Company, Found::Yes, Fine),
        Some(false) => Finding::new(Check::Company, Found::No, Fault).mended_by(vec!["epic-events --init".to_owned()]),
        None => not_known(Check::Company),
    }])
}

/// Names the first contracts whose amount due does not follow from their payments: where a server does not let the
/// program create its triggers, others can write them apart.
fn amounts_due(db: &mut Db, _: &Target) -> Findings {
    const PAID: &str = "(SELECT COALESCE(SUM(p.amount_cents), 0) FROM payments AS p \
         WHERE p.contract_id = contracts.id AND p.cancelled_at IS NULL)";
    // The instalments are filled by what was paid; of an archived contract nothing is open.
    const LEFT: &str = "upto_cents - (SELECT c.total_cents - c.due_cents FROM contracts AS c \
         WHERE c.id = instalments.contract_id AND c.archived_at IS NULL)";
    if level(db)? != Some(Level::Current) {
        return Ok(Vec::new());
    }
    let wrong = format!(
        "SELECT CAST(id AS CHAR) AS text FROM contracts WHERE due_cents <> total_cents - {PAID} ORDER BY id LIMIT 20"
    );
    let ids = readable(db.texts(&wrong))?.unwrap_or_default().join(", ");
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mend = vec![
        format!("UPDATE contracts SET due_cents = total_cents - {PAID} WHERE id IN ({ids});"),
        format!(
            "UPDATE instalments SET open_on = CASE WHEN {LEFT} > 0 THEN due_on ELSE NULL END, \
             open_cents = CASE WHEN {LEFT} >= amount_cents THEN amount_cents WHEN {LEFT} > 0 THEN {LEFT} ELSE 0 END \
             WHERE contract_id IN ({ids});"
        ),
        format!(
            "UPDATE contracts SET next_due_on = (SELECT MIN(i.open_on) FROM instalments AS i \
             WHERE i.contract_id = contracts.id) WHERE id IN ({ids});"
        ),
    ];
    Ok(vec![Finding::new(Check::AmountsDue, Found::Text(ids), Fault).mended_by(mend)])
}

fn not_known(check: Check) -> Finding {
    Finding::new(check, Found::Text("?".to_owned()), Unknown)
}

fn encryption(of: &mut Examined) -> Findings {
    let Target::Mysql(address) = of.target else { return Ok(Vec::new()) };
    let mode = address::ssl_mode(address);
    let verifies = ["verify_identity", "verify_ca"].contains(&mode.as_str());
    let (version, cipher) = (of.says("ssl_version"), of.says("ssl_cipher"));
    Ok(vec![if version.is_empty() {
        let verdict = if address::stays_on_this_machine(address) { Fine } else { Warning };
        Finding::new(Check::Encryption, Found::Nothing, verdict)
    } else {
        let found = Found::Text(format!("{version}, {cipher}, {mode}"));
        Finding::new(Check::Encryption, found, if verifies { Fine } else { Warning })
    }])
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
