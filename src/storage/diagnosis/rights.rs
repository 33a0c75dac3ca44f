//! The rights of the connected account, compared with those that the everyday account needs.

use std::collections::BTreeMap;

use super::examined::{Examined, Findings};
use crate::{
    domain::diagnosis::{
        Check, Finding, Found,
        Verdict::{Fault, Fine, Unknown, Warning},
    },
    storage::{DbError, grants},
};

/// The rights that the account lacks on tables that are there.
pub(super) fn missing_rights(of: &mut Examined) -> Findings {
    if !of.has_tables() {
        return Ok(Vec::new());
    }
    let missing: Vec<_> = of.missing.iter().filter(|(table, _)| of.is_there(table)).collect();
    let tables: Vec<&str> = missing.iter().map(|(table, _)| *table).collect();
    let mend = missing.iter().map(|rights| grants::grant(**rights, &of.database, &of.account)).collect();
    Ok(vec![if !missing.is_empty() {
        Finding::new(Check::MissingRights, Found::Text(tables.join(", ")), Fault).mended_by(mend)
    } else if of.missing.is_empty() {
        Finding::new(Check::MissingRights, Found::Nothing, Fine)
    } else {
        Finding::new(Check::MissingRights, Found::Text("?".to_owned()), Unknown)
    }])
}

/// The rights of each place, which is written as in statements.
type Rights = BTreeMap<String, Vec<String>>;

/// The right to hand on one's rights.
const GRANT_OPTION: &str = "GRANT OPTION";

/// The rights of the account itself and of its roles, compared with those of the everyday account.
/// The account with whose rights the triggers run keeps them, and so does an administrator.
pub(super) fn excessive_rights(of: &mut Examined) -> Findings {
    let excess = granted_beyond(of)?;
    let roles = roles(of)?;
    let by_roles = if roles.is_empty() { Rights::new() } else { beyond_by_roles(of, &excess)? };
    if excess.is_empty() && by_roles.is_empty() {
        return Ok(vec![Finding::new(Check::ExcessiveRights, Found::Nothing, Fine)]);
    }
    let told = |rights: &Rights, by: &str| -> Vec<String> {
        rights.iter().map(|(place, rights)| format!("{} ON {}{by}", rights.join(", "), table_of(place))).collect()
    };
    let found = [told(&excess, ""), told(&by_roles, &format!(" ({roles})"))].concat().join("; ");
    let finding = Finding::new(Check::ExcessiveRights, Found::Text(found), Warning);
    if of.guards.definers.contains(&of.account) {
        return Ok(vec![finding]);
    }
    if is_administrator(&excess) {
        let found = Found::OfAdministrator(of.account.clone());
        return Ok(vec![Finding { found, ..finding }]);
    }
    // Before there are triggers, whoever may create them may be the set-up account.
    let all = || excess.values().chain(by_roles.values()).flatten();
    if of.guards.definers.is_empty() && all().any(|right| right == "TRIGGER") {
        return Ok(vec![finding]);
    }
    // The rights that it needs may come from the wider ones that are taken away.
    let is_wide = !by_roles.is_empty() || excess.keys().any(|place| place.ends_with('*'));
    let needed = grants::RIGHTS.into_iter().filter(|(table, _)| is_wide && of.has_tables() && of.is_there(table));
    let needed = needed.map(|rights| grants::grant(rights, &of.database, &of.account));
    let revoke = excess.iter().map(|(place, rights)| grants::revoke(rights, place, &of.account));
    let leave = (!by_roles.is_empty()).then(|| format!("REVOKE {roles} FROM {};", of.account));
    Ok(vec![finding.mended_by(needed.chain(revoke).chain(leave).collect())])
}

/// Whether somebody with these rights manages the accounts of the server.
fn is_administrator(rights: &Rights) -> bool {
    let everywhere = rights.get("*.*").map_or(&[][..], Vec::as_slice);
    let has = |right: &str| everywhere.iter().any(|one| one == right);
    has(GRANT_OPTION) && (has("CREATE USER") || has("SUPER"))
}

/// What was granted to the account itself beyond what the everyday account needs.
fn granted_beyond(of: &mut Examined) -> Result<Rights, DbError> {
    const PLACES: [(&str, &str, &str); 3] = [
        ("table_privileges", "CONCAT('`', table_schema, '`.', table_name)", "table_schema = DATABASE()"),
        ("schema_privileges", "CONCAT('`', table_schema, '`.*')", "DATABASE() LIKE table_schema"),
        ("user_privileges", "'*.*'", "1 = 1"),
    ];
    let grantee = of.account.replace('\\', "\\\\").replace('\'', "''");
    let granted = PLACES.map(|(table, place, here)| {
        let from = format!("FROM information_schema.{table} WHERE {here} AND grantee = '{grantee}'");
        format!(
            "SELECT privilege_type, {place} {from} AND privilege_type <> 'USAGE'; \
             SELECT DISTINCT '{GRANT_OPTION}', {place} {from} AND is_grantable = 'YES'"
        )
    });
    let mut excess = Rights::new();
    for [right, place] in of.connection()?.pairs(&granted.join("; "))? {
        if !grants::is_needed(&right, table_of(&place)) {
            excess.entry(place).or_default().push(right);
        }
    }
    for rights in excess.values_mut() {
        rights.sort();
    }
    Ok(excess)
}

/// The roles that are active in each session of the account, as in statements; empty if there are
/// none.
fn roles(of: &mut Examined) -> Result<String, DbError> {
    let roles = of.connection()?.texts("SELECT COALESCE(CURRENT_ROLE(), '')")?.concat();
    Ok(match roles.as_str() {
        "NONE" => String::new(),
        // MySQL quotes them, MariaDB has one and does not.
        plain if !plain.is_empty() && !plain.starts_with('`') => format!("`{plain}`"),
        _ => roles,
    })
}

/// What the account has beyond that by its roles. The server lists their rights as its own.
fn beyond_by_roles(of: &mut Examined, excess: &Rights) -> Result<Rights, DbError> {
    let mut beyond = Rights::new();
    for line in of.connection()?.texts("SHOW GRANTS")? {
        let Some((rights, rest)) = line.strip_prefix("GRANT ").and_then(|rest| rest.split_once(" ON ")) else {
            continue;
        };
        let Some((place, _)) = rest.split_once(" TO ") else { continue };
        let place = place.replace('\\', "");
        let table = table_of(&place).trim_matches('`').to_owned();
        let is_here = place == "*.*" || place.starts_with(&format!("`{}`.", of.database));
        let itself = excess.iter().find(|(own, _)| own.replace('`', "") == place.replace('`', "")).map(|(_, own)| own);
        let is_own =
            |right: &&str| itself.is_some_and(|own| right.starts_with("ALL ") || own.iter().any(|one| one == right));
        let rights = rights.split(", ").filter(|right| *right != "USAGE" && !grants::is_needed(right, &table));
        let rights: Vec<String> = rights.filter(|right| !is_own(right)).map(str::to_owned).collect();
        if is_here && !rights.is_empty() {
            beyond.entry(place).or_default().extend(rights);
        }
    }
    Ok(beyond)
}

/// The table of a place that rights are granted on: `*` for a whole database.
fn table_of(place: &str) -> &str {
    place.rsplit_once("`.").map_or(place, |(_, table)| table)
}
