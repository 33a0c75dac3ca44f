//! The accounts that the rows of a file name.

use super::lookup::{Index, put};
use crate::{
    domain::{
        Field, Problem, UserId,
        imports::Finding,
        text,
        users::{Role, User},
    },
    storage::{self, Db, DbError},
};

/// All accounts.
#[derive(Debug)]
pub(super) struct People {
    all: Vec<User>,
    usernames: Index,
    emails: Index,
    names: Index,
}

impl People {
    pub fn load(db: &mut Db) -> Result<Self, DbError> {
        let all = storage::users::all(db)?;
        let [mut usernames, mut emails, mut names] = [Index::new(), Index::new(), Index::new()];
        for (at, user) in all.iter().enumerate() {
            put(&mut usernames, user.username.clone(), at);
            put(&mut names, text::fold(&user.full_name), at);
            if let Some(email) = &user.email {
                put(&mut emails, text::caseless(email), at);
            }
        }
        Ok(Self { all, usernames, emails, names })
    }

    fn in_index(&self, index: &Index, key: &str) -> Option<&User> {
        index.get(key).map(|places| &self.all[places[0]])
    }

    /// The account with this username or e-mail address.
    pub fn signing_in(&self, typed: &str) -> Option<&User> {
        let caseless = text::caseless(&text::clean(typed));
        self.in_index(&self.usernames, &caseless).or_else(|| self.with_email(&caseless))
    }

    /// The account with this username or e-mail address, or the only one of this name. Of several, the only one that
    /// is active.
    ///
    /// Errors: `Unknown`, `Ambiguous`.
    pub fn named(&self, typed: &str) -> Result<&User, Problem> {
        if let Some(user) = self.signing_in(typed) {
            return Ok(user);
        }
        let namesakes = self.names.get(&text::fold(typed)).into_iter().flatten().map(|at| &self.all[*at]);
        let namesakes: Vec<&User> = namesakes.collect();
        let active: Vec<&User> = namesakes.iter().copied().filter(|user| user.active).collect();
        match (namesakes.as_slice(), active.as_slice()) {
            ([], _) => Err(Problem::Unknown),
            ([only], _) | (_, [only]) => Ok(only),
            (several, _) => Err(Problem::Ambiguous(several.len())),
        }
    }

    /// The same, who has to be active and in this role.
    ///
    /// Errors: also `NotActiveSales`, `NotActiveSupport`.
    pub fn active(&self, typed: &str, role: Role) -> Result<UserId, Problem> {
        let user = self.named(typed)?;
        match role {
            _ if self.is_active(user.id, role) => Ok(user.id),
            Role::Support => Err(Problem::NotActiveSupport),
            Role::Sales | Role::Management => Err(Problem::NotActiveSales),
        }
    }

    /// Whether the account is active and in this role.
    pub fn is_active(&self, id: UserId, role: Role) -> bool {
        self.all.iter().any(|user| user.id == id && user.active && user.role == role)
    }

    /// The account with this e-mail address, in lower case.
    pub fn with_email(&self, caseless: &str) -> Option<&User> {
        self.in_index(&self.emails, caseless)
    }

    /// Replaces the ids of people by their names in what is to be read.
    pub fn name_in(&self, finding: &mut Finding) {
        let changes = match finding {
            Finding::Changed(changes) => changes,
            Finding::Suspected(known) => &mut known.changes,
            Finding::New | Finding::Unchanged | Finding::Refused(_) => return,
        };
        let people =
            changes.0.iter_mut().filter(|(field, ..)| matches!(field, Field::SalesContactId | Field::SupportId));
        for value in people.flat_map(|(_, old, new)| [old, new]) {
            let of = |id: i64| self.all.iter().find(|user| user.id.0 == id);
            if let Some(user) = value.as_i64().and_then(of) {
                *value = user.full_name.clone().into();
            }
        }
    }

    /// The account with this employee number.
    pub fn numbered(&self, number: &str) -> Option<&User> {
        self.all.iter().find(|user| user.employee_number.as_deref() == Some(number))
    }
}
