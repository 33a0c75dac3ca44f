//! The triggers, and the accounts with whose rights they run.

use super::examined::{Examined, Findings, migrate_commands};
use crate::{
    domain::diagnosis::{
        Check, Finding, Found,
        Verdict::{Fault, Fine, Unknown, Warning},
    },
    storage::{
        DbError, grants,
        guards::{self, Answer, Seen},
    },
};

/// The triggers and the accounts with whose rights they run. The everyday account cannot see them,
/// but can tell whether one of them works.
pub(super) fn triggers(of: &mut Examined) -> Findings {
    if !of.has_tables() {
        return Ok(Vec::new());
    }
    let answer = answer(of)?;
    let Seen { whole, others, definers } = &of.guards;
    // MariaDB hides the triggers of a table on which the account lacks a right.
    let is_hidden = |name: &&&'static str| of.lacks_right_on(guards::table(name));
    let lost: Vec<&str> = others.iter().filter(|name| !is_hidden(name)).copied().collect();
    let of_all = format!("{whole} / {}", whole + others.len());
    let sees_triggers = *whole > 0 || !definers.is_empty();
    let there = match &answer {
        _ if others.is_empty() => Finding::fine(Check::Triggers, of_all),
        _ if sees_triggers && !lost.is_empty() => {
            Finding::new(Check::Triggers, Found::Text(format!("{of_all} (- {})", lost.join(", "))), Warning)
        }
        Answer::NoGuard => Finding::new(Check::Triggers, Found::No, Warning),
        Answer::Works | Answer::NoDefiner(_) | Answer::DefinerLacks { .. } if !sees_triggers => {
            Finding::new(Check::Triggers, Found::Yes, Unknown)
        }
        _ => Finding::new(Check::Triggers, Found::Text("?".to_owned()), Unknown),
    };
    let mend = if there.verdict == Warning { migrate_commands(of.db, of.target)? } else { Vec::new() };
    let definer = definers_of(of, &answer)?;
    Ok(std::iter::once(there.mended_by(mend)).chain(definer).collect())
}

/// What the guard of the audit log answers. A refusal may be about the connected account instead of
/// the one with whose rights the guard runs: then nothing is known of that one.
fn answer(of: &mut Examined) -> Result<Answer, DbError> {
    if of.lacks_right_on("audit_log") {
        return Ok(Answer::Unknown);
    }
    Ok(match guards::ask(of.connection()?)? {
        Answer::DefinerLacks { account, right } if is_connected(of, &account) && !right.starts_with("TRIGGER") => {
            Answer::Unknown
        }
        answer => answer,
    })
}

/// Whether this is the connected account.
fn is_connected(of: &Examined, account: &str) -> bool {
    [&of.account, &of.connected].into_iter().any(|connected| connected == account)
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
            // Users may have the connected account: it gets no more than the right that is missing.
            let rights = if is_connected(of, account) { ("audit_log", "TRIGGER") } else { ("*", grants::OF_SET_UP) };
            let grant = grants::grant(rights, &of.database, account);
            return Ok(Some(lacks.mended_by(vec![grant])));
        }
        Answer::NoGuard if definers.is_empty() => return Ok(None),
        Answer::Unknown if definers.is_empty() => {
            return Ok(Some(Finding::new(Check::TriggerDefiner, Found::Text("?".to_owned()), Unknown)));
        }
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
