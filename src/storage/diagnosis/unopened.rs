//! What mends a database that cannot be opened.

use std::path::Path;

use crate::{
    domain::{address::ServerAddress, error::ConnectionProblem as Problem},
    storage::{grants, guards, mysql::account_at},
};

/// Statements for the server's administrator, or a command. Empty if what is wrong has to be looked
/// for: the words of the problem say where.
pub fn mend(problem: &Problem, address: &str) -> Vec<String> {
    let parts = ServerAddress::parse(address).unwrap_or_default();
    let everywhere = guards::quoted(&parts.user);
    match problem {
        Problem::NotADatabase => vec!["epic-events restore FILE".to_owned()],
        Problem::NotSetUp => vec!["epic-events --init".to_owned()],
        Problem::NoSuchDatabase => vec![
            format!("CREATE DATABASE {} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;", grants::name(&parts.database)),
            "epic-events --init".to_owned(),
        ],
        Problem::DatabaseDenied => {
            let account = account_at(address).map_or(everywhere, |account| guards::quoted(&account));
            grants::all(&parts.database, &account)
        }
        Problem::AccountLocked => vec![format!("ALTER USER {everywhere} ACCOUNT UNLOCK;")],
        Problem::AuthorityFile(path) if Path::new(path).is_file() => vec![format!("chmod 644 '{path}'")],
        _ => Vec::new(),
    }
}
