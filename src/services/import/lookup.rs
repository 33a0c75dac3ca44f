//! What the database knows of the people, clients and contracts that the rows of a file refer to. Each is
//! looked up for many rows at once.

use std::collections::{HashMap, HashSet};

use super::cells::Cells;
use crate::{
    domain::{
        ClientId, ContractId, Field, Problem, UserId,
        clients::Client,
        contracts::{Contract, number_in},
        text,
        users::{Role, User},
    },
    storage::{self, Db, DbError},
};

/// All accounts.
#[derive(Debug)]
pub(super) struct People(Vec<User>);

impl People {
    pub fn load(db: &mut Db) -> Result<Self, DbError> {
        storage::users::all(db).map(Self)
    }

    /// The account with this username or e-mail address, or the only one of this name.
    ///
    /// Errors: `Unknown`, `Ambiguous`.
    pub fn named(&self, typed: &str) -> Result<&User, Problem> {
        let (caseless, folded) = (text::caseless(&text::clean(typed)), text::fold(typed));
        let is_meant = |user: &&User| {
            user.username == caseless || user.email.as_deref().is_some_and(|email| text::caseless(email) == caseless)
        };
        if let Some(user) = self.0.iter().find(is_meant) {
            return Ok(user);
        }
        let mut of_name = self.0.iter().filter(|user| text::fold(&user.full_name) == folded);
        match (of_name.next(), of_name.count()) {
            (Some(user), 0) => Ok(user),
            (Some(_), others) => Err(Problem::Ambiguous(others + 1)),
            (None, _) => Err(Problem::Unknown),
        }
    }

    /// The same, who has to be active and in this role.
    ///
    /// Errors: also `NotActiveSales`, `NotActiveSupport`.
    pub fn active(&self, typed: &str, role: Role) -> Result<UserId, Problem> {
        let user = self.named(typed)?;
        match role {
            _ if user.active && user.role == role => Ok(user.id),
            Role::Support => Err(Problem::NotActiveSupport),
            Role::Sales | Role::Management => Err(Problem::NotActiveSales),
        }
    }

    /// The account with this e-mail address, in lower case.
    pub fn with_email(&self, caseless: &str) -> Option<&User> {
        self.0.iter().find(|user| user.email.as_deref().is_some_and(|email| text::caseless(email) == caseless))
    }

    /// The account with this employee number.
    pub fn numbered(&self, number: &str) -> Option<&User> {
        self.0.iter().find(|user| user.employee_number.as_deref() == Some(number))
    }
}

/// The clients that some rows may be about.
#[derive(Debug, Default)]
pub(super) struct Clients(HashMap<ClientId, Client>);

impl Clients {
    /// Looks up the clients with these e-mail addresses or names, without those of `except`.
    pub fn load<'a>(
        db: &mut Db,
        rows: impl Iterator<Item = (Option<&'a str>, Option<&'a str>)>,
        except: &HashSet<i64>,
    ) -> Result<Self, DbError> {
        let (mut emails, mut names) = (HashSet::new(), HashSet::new());
        for (email, name) in rows {
            emails.extend(email.map(|email| text::caseless(&text::clean(email))));
            names.extend(name.map(text::sort_key));
        }
        let mut found = storage::clients::with_email_keys(db, &Vec::from_iter(emails))?;
        found.extend(storage::clients::with_name_keys(db, &Vec::from_iter(names))?);
        Ok(Self(found.into_iter().filter(|one| !except.contains(&one.id.0)).map(|one| (one.id, one)).collect()))
    }

    pub fn get(&self, id: ClientId) -> Option<&Client> {
        self.0.get(&id)
    }

    pub fn ids(&self) -> Vec<ClientId> {
        self.0.keys().copied().collect()
    }

    pub fn add(&mut self, clients: Vec<Client>) {
        self.0.extend(clients.into_iter().map(|one| (one.id, one)));
    }

    /// The client with this e-mail address.
    pub fn with_email(&self, email: &str) -> Option<&Client> {
        let email = text::caseless(&text::clean(email));
        self.0.values().find(|one| one.email.as_deref().is_some_and(|known| text::caseless(known) == email))
    }

    /// The clients of this name and company, those that are not archived first, each kind by age. Without a
    /// company every client of the name.
    pub fn called(&self, name: &str, company: Option<&str>) -> Vec<&Client> {
        let (name, company) = (text::fold(name), company.map(text::fold));
        let is_same = |one: &&Client| {
            text::fold(&one.full_name) == name
                && company.as_ref().is_none_or(|company| text::fold(&one.company_name) == *company)
        };
        let mut called: Vec<&Client> = self.0.values().filter(is_same).collect();
        called.sort_by_key(|one| (one.archived_at.is_some(), one.id.0));
        called
    }

    /// The client that a row of a list of contracts, events or payments names: by e-mail address, or by name
    /// and company. `None` if the row names none.
    ///
    /// Errors: `Unknown`, `Ambiguous`.
    pub fn named(&self, cells: &Cells) -> Result<Option<&Client>, (Field, Problem)> {
        if let Some(email) = cells.said(Field::Email) {
            return self.with_email(email).map(Some).ok_or((Field::Email, Problem::Unknown));
        }
        let (name, company) = (cells.said(Field::ClientId), cells.said(Field::CompanyName));
        let Some(name) = name else { return Ok(None) };
        let called = self.called(name, company);
        // A private person has no company, so an empty cell tells them from others of the same name.
        let private: Vec<&&Client> = called.iter().filter(|one| one.company_name.is_empty()).collect();
        let open = called.iter().filter(|one| one.archived_at.is_none()).count();
        match (called.as_slice(), private.as_slice()) {
            ([], _) => Err((Field::ClientId, Problem::Unknown)),
            ([one], _) => Ok(Some(one)),
            (_, [one]) if company.is_none() => Ok(Some(one)),
            ([one, ..], _) if open == 1 => Ok(Some(one)),
            (several, _) => Err((Field::ClientId, Problem::Ambiguous(several.len()))),
        }
    }
}

/// The contracts that some rows refer to, with their clients.
#[derive(Debug, Default)]
pub(super) struct Contracts {
    pub clients: Clients,
    contracts: HashMap<ContractId, Contract>,
}

impl Contracts {
    /// Looks up the contracts with the numbers that the rows name, and all contracts of the clients that they
    /// name, without those of `except`.
    pub fn load(db: &mut Db, rows: &[Cells], number: Field, except: &HashSet<i64>) -> Result<Self, DbError> {
        let named = rows.iter().map(|cells| (cells.said(Field::Email), cells.said(Field::ClientId)));
        let mut clients = Clients::load(db, named, &HashSet::new())?;
        let said = rows.iter().filter_map(|cells| cells.said(number).and_then(number_in));
        let numbers: HashSet<ContractId> = said.collect();
        let mut found = storage::contracts::find_all(db, &Vec::from_iter(numbers))?;
        found.extend(storage::contracts::of_clients(db, &clients.ids())?);
        let contracts: HashMap<ContractId, Contract> =
            found.into_iter().filter(|one| !except.contains(&one.id.0)).map(|one| (one.id, one)).collect();
        let owners: HashSet<ClientId> = contracts.values().map(|one| one.client_id).collect();
        let others: Vec<ClientId> = owners.into_iter().filter(|id| clients.get(*id).is_none()).collect();
        clients.add(storage::clients::find_all(db, &others)?);
        Ok(Self { clients, contracts })
    }

    pub fn get(&self, id: ContractId) -> Option<&Contract> {
        self.contracts.get(&id)
    }

    pub fn ids(&self) -> Vec<ContractId> {
        self.contracts.keys().copied().collect()
    }

    /// The contracts of a client, the oldest first.
    pub fn of_client(&self, client: ClientId) -> Vec<&Contract> {
        let mut of: Vec<&Contract> = self.contracts.values().filter(|one| one.client_id == client).collect();
        of.sort_by_key(|one| one.id.0);
        of
    }

    /// The name of a contract's client.
    pub fn client_of(&self, contract: &Contract) -> &str {
        self.clients.get(contract.client_id).map_or("", |client| &client.full_name)
    }

    /// The contract that a row of events or payments names: by its number, or as the only one of its client
    /// for which `fits`.
    ///
    /// Errors: `Unknown`, `Ambiguous`, `OtherClient` if the row names a number and another client, `Required`.
    pub fn named(&self, cells: &mut Cells, fits: impl Fn(&Contract) -> bool) -> Option<&Contract> {
        if cells.said(Field::ContractId).is_some() {
            let number = cells.contract_number(Field::ContractId)?;
            let contract = cells.errors.take(Field::ContractId, self.get(number).ok_or(Problem::Unknown))?;
            let name = text::fold(self.client_of(contract));
            let other = cells.said(Field::ClientId).is_some_and(|said| text::fold(said) != name);
            return match other {
                true => cells.errors.take(Field::ContractId, Err(Problem::OtherClient)),
                false => Some(contract),
            };
        }
        let client = match self.clients.named(cells) {
            Ok(Some(client)) => client,
            Ok(None) => return cells.errors.take(Field::ContractId, Err(Problem::Required)),
            Err((field, problem)) => return cells.errors.take(field, Err(problem)),
        };
        let all = self.of_client(client.id);
        let fitting: Vec<&&Contract> = all.iter().filter(|one| fits(one)).collect();
        match (fitting.as_slice(), all.as_slice()) {
            ([one], _) => Some(**one),
            ([], [one]) => Some(*one),
            ([], []) => cells.errors.take(Field::ContractId, Err(Problem::Unknown)),
            ([], several) => cells.errors.take(Field::ContractId, Err(Problem::Ambiguous(several.len()))),
            (several, _) => cells.errors.take(Field::ContractId, Err(Problem::Ambiguous(several.len()))),
        }
    }
}
