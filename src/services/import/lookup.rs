//! What the database knows of the clients and contracts that the rows of a file refer to. Each is looked up for many rows
//! at once.

use std::collections::{HashMap, HashSet};

use super::cells::Cells;
use crate::{
    domain::{
        Cents, ClientId, ContractId, Field, Problem,
        clients::Client,
        contracts::{Contract, number_in_file},
        payments::{Method, UNDONE},
        phone, text,
    },
    storage::{self, Db, DbError},
};

/// The places of the values that have a key.
pub(super) type Index = HashMap<String, Vec<usize>>;

pub(super) fn put(index: &mut Index, key: String, at: usize) {
    index.entry(key).or_default().push(at);
}

/// The clients that some rows may be about.
#[derive(Debug, Default)]
pub(super) struct Clients {
    all: Vec<Client>,
    places: HashMap<ClientId, usize>,
    emails: Index,
    names: Index,
    numbers: Index,
    /// By the names of clients that were merged: where the client is that each has become, and the company that it had.
    merged: HashMap<String, Vec<(String, usize)>>,
}

impl Clients {
    /// Looks up the clients that these rows name in this field, or whose e-mail address or telephone number they
    /// have.
    pub fn load(db: &mut Db, rows: &[Cells], name: Field) -> Result<Self, DbError> {
        let (mut emails, mut names, mut numbers) = (HashSet::new(), HashSet::new(), HashSet::new());
        for cells in rows {
            emails.extend(cells.said(Field::Email).map(|email| text::caseless(&text::clean(email))));
            names.extend(cells.said(name).map(text::sort_key));
            numbers.extend(cells.said(Field::Phone).and_then(phone::key));
        }
        let mut found = storage::lookup::clients_with_emails(db, &Vec::from_iter(emails))?;
        found.extend(storage::lookup::clients_with_names(db, &Vec::from_iter(names))?);
        found.extend(storage::lookup::clients_with_numbers(db, &Vec::from_iter(numbers))?);
        let (merged, mut found): (Vec<Client>, Vec<Client>) =
            found.into_iter().partition(|one| one.merged_into_id.is_some());
        // Those that are not archived first, each kind by age.
        found.sort_by_key(|one| (one.archived_at.is_some(), one.id.0));
        let mut clients = Self::default();
        clients.add(found);
        clients.follow(db, merged)?;
        Ok(clients)
    }

    /// Adds the clients that merged ones have become, which are found by the former names as well.
    fn follow(&mut self, db: &mut Db, merged: Vec<Client>) -> Result<(), DbError> {
        let mut into: Vec<(Client, Option<ClientId>)> =
            merged.into_iter().map(|one| (one.clone(), one.merged_into_id)).collect();
        into.sort_by_key(|(one, _)| one.id.0);
        // The one that it was merged into may have been merged itself, and so on.
        let mut passed: HashMap<ClientId, ClientId> = HashMap::new();
        loop {
            let open = into.iter().filter_map(|(_, to)| *to).filter(|to| self.get(*to).is_none());
            let open: HashSet<ClientId> = open.collect();
            if open.is_empty() {
                break;
            }
            let (on, last): (Vec<Client>, Vec<Client>) = storage::lookup::clients(db, &Vec::from_iter(open))?
                .into_iter()
                .partition(|one| one.merged_into_id.is_some());
            passed.extend(on.into_iter().filter_map(|one| Some((one.id, one.merged_into_id?))));
            self.add(last);
            for (_, to) in &mut into {
                *to = to.map(|id| passed.get(&id).copied().unwrap_or(id));
            }
        }
        for (one, to) in into {
            if let Some(at) = to.and_then(|to| self.places.get(&to)) {
                let company = text::fold(&one.company_name);
                self.merged.entry(text::fold(&one.full_name)).or_default().push((company, *at));
            }
        }
        Ok(())
    }

    /// The client that those of this name and company have become by merges; `None` if they have become several. Without a
    /// company all of the name.
    pub fn merged_as(&self, name: &str, company: Option<&str>) -> Option<&Client> {
        let company = company.map(text::fold);
        let all = self.merged.get(&text::fold(name))?;
        let of = all.iter().filter(|(of, _)| company.as_ref().is_none_or(|company| of == company));
        let mut places: Vec<usize> = of.map(|(_, at)| *at).collect();
        places.sort_unstable();
        places.dedup();
        if let [only] = places.as_slice() { Some(&self.all[*only]) } else { None }
    }

    pub fn get(&self, id: ClientId) -> Option<&Client> {
        self.places.get(&id).map(|at| &self.all[*at])
    }

    pub fn ids(&self) -> Vec<ClientId> {
        self.all.iter().map(|one| one.id).collect()
    }

    pub fn add(&mut self, clients: Vec<Client>) {
        for client in clients {
            let at = self.all.len();
            if self.places.contains_key(&client.id) {
                continue;
            }
            self.places.insert(client.id, at);
            put(&mut self.names, text::fold(&client.full_name), at);
            if let Some(email) = &client.email {
                put(&mut self.emails, text::caseless(email), at);
            }
            if let Some(number) = phone::key(&client.phone) {
                put(&mut self.numbers, number, at);
            }
            self.all.push(client);
        }
    }

    fn first(&self, index: &Index, key: &str) -> Option<&Client> {
        index.get(key).map(|places| &self.all[places[0]])
    }

    /// The client with this e-mail address.
    pub fn with_email(&self, email: &str) -> Option<&Client> {
        self.first(&self.emails, &text::caseless(&text::clean(email)))
    }

    /// The oldest client with this telephone number, in any spelling, those that are not archived first.
    pub fn with_number(&self, number: &str) -> Option<&Client> {
        self.first(&self.numbers, &phone::key(number)?)
    }

    /// The clients of this name and company, those that are not archived first, each kind by age. Without a
    /// company every client of the name.
    pub fn called(&self, name: &str, company: Option<&str>) -> Vec<&Client> {
        let company = company.map(text::fold);
        let of_name = self.names.get(&text::fold(name)).into_iter().flatten().map(|at| &self.all[*at]);
        of_name.filter(|one| company.as_ref().is_none_or(|company| text::fold(&one.company_name) == *company)).collect()
    }

    /// The client that a row of a list of contracts, events or payments names: by e-mail address, or by name
    /// and company. `None` if the row names none.
    ///
    /// Errors: `Unknown`, `Ambiguous`.
    pub fn named(&self, cells: &Cells) -> Result<Option<&Client>, (Field, Problem)> {
        let (name, company) = (cells.said(Field::ClientId), cells.said(Field::CompanyName));
        if let Some(email) = cells.said(Field::Email) {
            // A client that was merged has given up its address.
            let merged = || self.merged_as(name?, company);
            let Some(client) = self.with_email(email) else {
                return merged().map(Some).ok_or((Field::Email, Problem::Unknown));
            };
            let is_called = |name: &str| text::fold(name) == text::fold(&client.full_name);
            return match name {
                Some(name) if !is_called(name) && merged().is_none_or(|one| one.id != client.id) => {
                    Err((Field::Email, Problem::NameDiffers))
                }
                _ => Ok(Some(client)),
            };
        }
        let Some(name) = name else { return Ok(None) };
        let called = self.called(name, company);
        // One of the same name may have been merged into somebody else.
        if let Some(other) = self.merged_as(name, company)
            && let [one] = called.as_slice()
            && other.id != one.id
        {
            return Err((Field::ClientId, Problem::Ambiguous(2)));
        }
        // A private person has no company, so an empty cell tells them from others of the same name.
        let private: Vec<&&Client> = called.iter().filter(|one| one.company_name.is_empty()).collect();
        let open = called.iter().filter(|one| one.archived_at.is_none()).count();
        match (called.as_slice(), private.as_slice()) {
            ([], _) => self.merged_as(name, company).map(Some).ok_or((Field::ClientId, Problem::Unknown)),
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
    all: HashMap<ContractId, Contract>,
    /// The contracts of each client, those that are not archived first, each kind by age.
    of: HashMap<ClientId, Vec<ContractId>>,
    reverted: HashSet<ContractId>,
}

impl Contracts {
    /// Looks up the contracts with the numbers that the rows name, and all contracts of the clients that they
    /// name.
    pub fn load(db: &mut Db, rows: &[Cells], number: Field) -> Result<Self, DbError> {
        let mut clients = Clients::load(db, rows, Field::ClientId)?;
        let said = rows.iter().filter_map(|cells| cells.said(number).and_then(number_in_file));
        let numbers: HashSet<ContractId> = said.collect();
        let mut found = storage::lookup::contracts(db, &Vec::from_iter(numbers))?;
        found.extend(storage::lookup::contracts_of(db, &clients.ids())?);
        let all: HashMap<ContractId, Contract> = found.into_iter().map(|one| (one.id, one)).collect();
        let owners: HashSet<ClientId> = all.values().map(|one| one.client_id).collect();
        let others: Vec<ClientId> = owners.into_iter().filter(|id| clients.get(*id).is_none()).collect();
        clients.add(storage::lookup::clients(db, &others)?);
        let mut of: HashMap<ClientId, Vec<ContractId>> = HashMap::new();
        for one in all.values() {
            of.entry(one.client_id).or_default().push(one.id);
        }
        for ids in of.values_mut() {
            ids.sort_by_key(|id| (all.get(id).is_some_and(|one| one.archived_at.is_some()), id.0));
        }
        Ok(Self { clients, all, of, reverted: HashSet::new() })
    }

    /// Finds out which contracts an import was reverted of.
    pub fn load_reverted(&mut self, db: &mut Db) -> Result<(), DbError> {
        let unpaid = self.all.values().filter(|one| one.archived_at.is_some() && one.paid() == Cents(0));
        let unpaid: Vec<ContractId> = unpaid.map(|one| one.id).collect();
        let mut undone: HashMap<ContractId, bool> = HashMap::new();
        for payment in storage::lookup::payments_of(db, &unpaid)? {
            let is_undone = payment.method == Method::Opening && payment.cancel_reason == UNDONE;
            *undone.entry(payment.contract_id).or_insert(true) &= is_undone;
        }
        self.reverted = undone.into_iter().filter(|(_, all)| *all).map(|(id, _)| id).collect();
        Ok(())
    }

    /// Whether the only payments of an archived contract are those for what was paid before, and these were undone.
    pub fn is_reverted(&self, contract: &Contract) -> bool {
        self.reverted.contains(&contract.id)
    }

    pub fn get(&self, id: ContractId) -> Option<&Contract> {
        self.all.get(&id)
    }

    pub fn ids(&self) -> Vec<ContractId> {
        self.all.keys().copied().collect()
    }

    /// The contracts of a client, those that are not archived first, each kind by age.
    pub fn of_client(&self, client: ClientId) -> Vec<&Contract> {
        self.of.get(&client).into_iter().flatten().filter_map(|id| self.get(*id)).collect()
    }

    /// The name of a contract's client.
    pub fn client_of(&self, contract: &Contract) -> &str {
        self.clients.get(contract.client_id).map_or("", |client| &client.full_name)
    }

    /// The only contract for which `fits` of the client that the row names; `None` also if it names a contract.
    pub fn only(&self, cells: &Cells, fits: impl Fn(&Contract) -> bool) -> Option<&Contract> {
        if cells.said(Field::ContractId).is_some() {
            return None;
        }
        let client = self.clients.named(cells).ok()??;
        let mut fitting = self.of_client(client.id).into_iter().filter(|one| fits(one));
        fitting.next().filter(|_| fitting.next().is_none())
    }

    /// The contract that a row of events or payments names: by its number, or as the only one of its client
    /// for which `fits`.
    ///
    /// Errors: `Unknown`, `Ambiguous`, `OtherClient` if the row names a number and another client, `Required`.
    pub fn named(&self, cells: &mut Cells, fits: impl Fn(&Contract) -> bool) -> Option<&Contract> {
        if cells.said(Field::ContractId).is_some() {
            let number = cells.contract_number(Field::ContractId)?;
            let contract = cells.errors.take(Field::ContractId, self.get(number).ok_or(Problem::Unknown))?;
            let is_its_client = |one: Option<&Client>| one.is_some_and(|one| one.id == contract.client_id);
            let was_merged = |said: &str| is_its_client(self.clients.merged_as(said, cells.said(Field::CompanyName)));
            let name = text::fold(self.client_of(contract));
            let is_called = |said: &str| text::fold(said) == name || was_merged(said);
            let has_address = |email: &str| {
                is_its_client(self.clients.with_email(email)) || cells.said(Field::ClientId).is_some_and(was_merged)
            };
            let other = cells.said(Field::ClientId).is_some_and(|said| !is_called(said))
                || cells.said(Field::Email).is_some_and(|email| !has_address(email));
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
