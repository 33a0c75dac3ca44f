//! The settings of a server that decide whether an acknowledged save survives.

use super::examined::{Examined, Findings};
use crate::domain::diagnosis::{
    Check, Finding, Found,
    Verdict::{Fault, Fine, Warning},
};

pub(super) fn sql_mode(of: &mut Examined) -> Findings {
    let mode = of.says("sql_mode");
    let verdict = if mode.contains("STRICT_ALL_TABLES") { Fine } else { Fault };
    Ok(vec![Finding::new(Check::SqlMode, Found::Text(mode.to_owned()), verdict)])
}

pub(super) fn flush_log_at_commit(of: &mut Examined) -> Findings {
    let value = of.says("innodb_flush_log_at_trx_commit");
    let verdict = if value == "1" { Fine } else { Warning };
    Ok(vec![Finding::new(Check::FlushLogAtCommit, Found::Text(value.to_owned()), verdict)])
}

/// How long the binary log is kept at least, in seconds: as `docs/administration.md` recommends.
const TWO_WEEKS: u64 = 1_209_600;

pub(super) fn binary_log(of: &mut Examined) -> Findings {
    if !matches!(of.says("log_bin"), "ON" | "1") {
        return Ok(vec![Finding::new(Check::BinaryLog, Found::No, Warning)]);
    }
    let sync = of.says("sync_binlog");
    let verdict = if sync == "1" { Fine } else { Warning };
    let mut findings = vec![
        Finding::new(Check::BinaryLog, Found::Yes, Fine),
        Finding::new(Check::SyncBinlog, Found::Text(sync.to_owned()), verdict),
    ];
    // 0 keeps it for ever.
    if let Ok(seconds) = of.says("binlog_expire_logs_seconds").parse::<u64>() {
        let verdict = if seconds == 0 || seconds >= TWO_WEEKS { Fine } else { Warning };
        findings.push(Finding::new(Check::BinlogExpiry, Found::Text(format!("{seconds} s")), verdict));
    }
    let finding = match of.says("log_bin_trust_function_creators") {
        "ON" | "1" => Finding::new(Check::TrustFunctionCreators, Found::Yes, Fine),
        // A server that no longer has the setting.
        "" => return Ok(findings),
        _ => Finding::new(Check::TrustFunctionCreators, Found::No, Warning),
    };
    findings.push(finding);
    Ok(findings)
}
