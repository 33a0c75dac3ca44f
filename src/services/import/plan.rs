//! What an import would do with each row of a file. Nothing is written here: the same plan is the preview, and
//! is carried out row by row by `carry`.

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveDateTime};
use secrecy::SecretString;
use sha2::{Digest, Sha256};

use super::{
    cells::{Cells, Reading},
    people::People,
};
use crate::{
    domain::{
        Cents, ClientId, ContractId, Error, EventId, Field, FieldErrors, PaymentId, Problem, Reason, UserId,
        assigning::Assignment,
        audit::Changes,
        clients::ClientDraft,
        contracts::ContractDraft,
        entity::EntityKind,
        events::{EventDraft, Status},
        imports::{Choice, Finding, ImportRow, Suspicion},
        payments::{PaymentDraft, Words},
        policy::Permission,
        users::{Role, UserDraft},
    },
    services::{HandOver, WriteRequest, context::ServiceError, import_data::ImportFile},
    storage::Db,
};

/// How many rows are looked up together.
pub(super) const AT_ONCE: usize = 500;

/// What importing a row writes.
#[derive(Debug, Clone)]
pub(super) struct Step {
    pub begin: Begin,
    /// In this order, each on the version that the one before it has made.
    pub then: Vec<Then>,
}

impl Step {
    /// Whether it creates a record.
    pub fn is_new(&self) -> bool {
        !matches!(self.begin, Begin::Keep(..))
    }

    /// The records that it is about, whatever their versions: the known one, or those that a new one refers to.
    pub fn target(&self) -> (Option<i64>, Option<i64>) {
        match &self.begin {
            Begin::Keep(id, _) => (Some(*id), None),
            Begin::User { .. } => (None, None),
            Begin::Client(owner) => (None, owner.map(|owner| owner.0)),
            Begin::Contract { client, .. } => (None, Some(client.0)),
            Begin::Event { contract, .. } | Begin::Payment { contract, .. } => (None, Some(contract.0)),
        }
    }

    /// The contract of a new event or payment.
    fn contract(&self) -> Option<ContractId> {
        match &self.begin {
            Begin::Event { contract, .. } | Begin::Payment { contract, .. } => Some(*contract),
            Begin::Keep(..) | Begin::User { .. } | Begin::Client(_) | Begin::Contract { .. } => None,
        }
    }
}

/// The first write of a row.
#[derive(Debug, Clone)]
pub(super) enum Begin {
    User {
        draft: Box<UserDraft>,
        password: SecretString,
    },
    /// Creates the client that the row describes, with this owner. A file may have very many of them: what they are
    /// called is read from the row again.
    Client(Option<UserId>),
    /// Creates a contract that keeps the number of the file.
    Contract {
        number: Option<ContractId>,
        client: ClientId,
        draft: Box<ContractDraft>,
        paid_before: Cents,
    },
    Event {
        contract: ContractId,
        draft: Box<EventDraft>,
    },
    /// A payment with a reason is recorded and cancelled.
    Payment {
        contract: ContractId,
        draft: Box<PaymentDraft>,
        cancelled: Option<String>,
    },
    /// The record with this id and version stays as it is.
    Keep(i64, i32),
}

/// A further change of the record.
#[derive(Debug, Clone)]
pub(super) enum Then {
    Restore,
    Update(Edit),
    HandOver(UserId),
    Sign(NaiveDate),
    /// Of a contract that comes back without payments: what was paid before.
    Record(Box<PaymentDraft>),
    /// `None` takes the support away.
    Assign(Option<UserId>),
    SetStatus(Status),
    Archive,
    Deactivate,
    Reactivate,
    /// Of a payment, with the reason.
    Cancel(String),
}

impl Then {
    /// The request for a further change of a record in this version. `of_row` reads the client that the row describes.
    pub fn request(
        &self,
        kind: EntityKind,
        (id, version): (i64, i32),
        of_row: impl FnOnce() -> Result<ClientDraft, Error>,
    ) -> Result<WriteRequest, Error> {
        use EntityKind as K;
        use WriteRequest as W;
        let (client, contract) = (ClientId::new(id), ContractId::new(id));
        let (event, payment, user) = (EventId::new(id), PaymentId::new(id), UserId::new(id));
        Ok(match (self, kind) {
            (Then::Update(Edit::Client(draft)), _) => W::UpdateClient { id: client, version, draft: (**draft).clone() },
            (Then::Update(Edit::ClientOfRow), _) => W::UpdateClient { id: client, version, draft: of_row()? },
            (Then::Update(Edit::Contract(draft)), _) => {
                W::UpdateContract { id: contract, version, draft: (**draft).clone(), difference: None }
            }
            (Then::Update(Edit::Event(draft)), _) => W::UpdateEvent { id: event, version, draft: (**draft).clone() },
            (Then::Update(Edit::Payment(words)), _) => {
                W::UpdatePayment { id: payment, version, words: (**words).clone() }
            }
            (Then::Update(Edit::User(draft)), _) => {
                W::UpdateUser { id: user, version, draft: (**draft).clone(), heirs: None }
            }
            (Then::Restore, K::Client) => W::RestoreClient { id: client, version },
            (Then::Restore, K::Contract) => W::RestoreContract { id: contract, version },
            (Then::Restore, K::Event) => W::RestoreEvent { id: event, version },
            (Then::Archive, K::Client) => W::ArchiveClient { id: client, version },
            (Then::Archive, K::Contract) => W::ArchiveContract { id: contract, version },
            (Then::Archive, K::Event) => W::ArchiveEvent { id: event, version },
            (Then::HandOver(to), _) => W::HandOverClients(vec![HandOver { client, version, to: *to }]),
            (Then::Sign(day), _) => W::SignContract { id: contract, version, day: *day },
            (Then::Record(draft), _) => W::RecordPayment { contract, draft: (**draft).clone() },
            (Then::Assign(to), _) => W::AssignSupport(vec![Assignment { event, version, support: *to }]),
            (Then::SetStatus(status), _) => W::SetStatus { id: event, version, status: *status },
            (Then::Reactivate, _) => W::ReactivateUser { id: user, version },
            (Then::Deactivate, _) => W::DeactivateUser { id: user, version, heirs: None },
            (Then::Cancel(reason), _) => W::CancelPayment { id: payment, version, reason: reason.clone() },
            (Then::Restore | Then::Archive, K::Payment | K::User | K::Audit) => return Err(Error::NotFound),
        })
    }
}

/// New values for the form of a known record, boxed because a long file has very many steps.
#[derive(Debug, Clone)]
pub(super) enum Edit {
    Client(Box<ClientDraft>),
    /// All that the row of a client says, which is read from the row again: a file may have very many of them.
    ClientOfRow,
    Contract(Box<ContractDraft>),
    Event(Box<EventDraft>),
    Payment(Box<Words>),
    User(Box<UserDraft>),
}

/// A row of the file and what importing it writes; `None` if nothing.
#[derive(Debug)]
pub(super) struct Verdict {
    pub row: ImportRow,
    pub step: Option<Step>,
}

impl Verdict {
    pub fn new_record(cells: &Cells, name: String, step: Step) -> Self {
        Self {
            row: ImportRow { contract: step.contract(), ..ImportRow::new(cells.number(), name, Finding::New) },
            step: Some(step),
        }
    }

    /// A known record, which gets these changes.
    pub fn known(cells: &Cells, name: String, changes: Changes, step: Step) -> Self {
        let is_same = changes.0.is_empty();
        let finding = if is_same { Finding::Unchanged } else { Finding::Changed(changes) };
        let row = ImportRow::new(cells.number(), name, finding);
        Self { row, step: (!is_same).then_some(step) }
    }

    /// A row that cannot be imported because of the errors of its cells.
    pub fn refused(cells: Cells, name: String) -> Self {
        let row = ImportRow::new(cells.number(), name, Finding::Refused(cells.errors));
        Self { row, step: None }
    }

    /// Possibly about the same new record as an earlier row, which has this detail in common with it.
    pub fn repeated(cells: &Cells, name: String, detail: String, row: u32, step: Option<Step>) -> Self {
        let suspicion = Suspicion { name: name.clone(), detail, id: None, row: Some(row), changes: Changes::default() };
        Self::suspected(cells, name, suspicion, step)
    }

    /// Refuses the row after all.
    pub fn refuse(&mut self, field: Field, problem: Problem) {
        self.row.finding = Finding::Refused(FieldErrors::one(field, problem));
        self.step = None;
    }

    /// The known record that the row changes with one of these changes.
    pub fn changes<T>(&self, which: impl Fn(&Then) -> Option<T>) -> Option<(i64, T)> {
        let step = self.step.as_ref()?;
        let Begin::Keep(id, _) = step.begin else { return None };
        step.then.iter().find_map(which).map(|one| (id, one))
    }

    /// The known record that the row archives.
    pub fn archives(&self) -> Option<i64> {
        self.changes(|then| matches!(then, Then::Archive).then_some(())).map(|(id, ())| id)
    }

    /// Possibly a known record; `step` is what was chosen for it.
    pub fn suspected(cells: &Cells, name: String, suspicion: Suspicion, step: Option<Step>) -> Self {
        let contract = step.as_ref().and_then(Step::contract);
        let row =
            ImportRow { contract, ..ImportRow::new(cells.number(), name, Finding::Suspected(Box::new(suspicion))) };
        Self { row, step }
    }
}

/// Refuses to archive records below which others are not archived: `open` tells how many, and `problem` what that is called.
pub(super) fn refuse_archiving(planned: &mut [Verdict], open: &HashMap<i64, i64>, problem: fn(i64) -> Problem) {
    for verdict in planned {
        if let Some(open) = verdict.archives().and_then(|id| open.get(&id)) {
            verdict.refuse(Field::ArchivedAt, problem(*open));
        }
    }
}

/// What is wrong with these changes of a record because of its state, by the same rules as the forms: `forbids` tells
/// why a record with this time of archiving refuses an action.
pub(super) fn refused_by_state(
    kind: EntityKind,
    archived_at: Option<NaiveDateTime>,
    then: &[Then],
    forbids: impl Fn(Option<NaiveDateTime>, Permission) -> Option<Reason>,
) -> Option<Problem> {
    let mut archived_at = archived_at;
    then.iter().find_map(|one| {
        // The permission is the same whatever the new values are.
        let permission = one.request(kind, (0, 0), || Ok(ClientDraft::default())).ok()?.permission();
        let refused = forbids(archived_at, permission);
        if let Then::Restore = one {
            archived_at = None;
        }
        refused.map(|reason| problem_of(&reason))
    })
}

/// The reason why a form would refuse an action, as a problem of a row.
fn problem_of(reason: &Reason) -> Problem {
    match reason {
        Reason::Archived | Reason::Merged => Problem::IsArchived,
        Reason::ParentArchived => Problem::ParentIsArchived,
        Reason::ClientHasContracts(open) => Problem::HasContracts(*open),
        Reason::ContractHasEvents(open) => Problem::HasEvents(*open),
        Reason::ContractNotSigned(_) => Problem::IsNotSigned,
        Reason::PaymentCancelled => Problem::IsCancelled,
        Reason::NotActive { role: Role::Support, .. } => Problem::NotActiveSupport,
        Reason::NotActive { role: Role::Sales | Role::Management, .. } => Problem::NotActiveSales,
        Reason::Role(..)
        | Reason::NotYourClient
        | Reason::NotYourEvent
        | Reason::Setting(_)
        | Reason::ChangePasswordFirst
        | Reason::ContractAlreadySigned(_)
        | Reason::NotArchived
        | Reason::ClientChangedSince(_)
        | Reason::ContractChangedSince(_)
        | Reason::RecordedEarlier
        | Reason::RefundedMeanwhile
        | Reason::PaidMeanwhile
        | Reason::AlreadyReverted
        | Reason::PlanIsDefault
        | Reason::PlansFull(_)
        | Reason::LastManager
        | Reason::Inactive
        | Reason::AlreadyActive
        | Reason::NobodyElse(_)
        | Reason::ViewsFull(_)
        | Reason::SharedViewsFull(_) => Problem::NotByImport,
    }
}

/// What a row is about, as the first half of a hash: the texts of a long file would take much memory.
type Key = [u8; 16];

fn hashed(key: &str) -> Key {
    let hash: [u8; 32] = Sha256::digest(key).into();
    std::array::from_fn(|at| hash[at])
}

/// The state of an import while its rows are planned.
#[derive(Debug)]
pub(super) struct Planner<'a> {
    pub asked: &'a ImportFile,
    pub kind: EntityKind,
    /// Of new accounts. Nobody is told it: a manager gives each a temporary password.
    pub password: SecretString,
    pub reading: Reading<'a>,
    pub people: People,
    /// The known records, and the keys of new ones, that earlier rows are about, with the row's number.
    taken: HashMap<Key, u32>,
    /// What is due on a contract after the payments of earlier rows.
    pub due: HashMap<ContractId, Cents>,
}

impl<'a> Planner<'a> {
    pub fn new(
        db: &mut Db,
        asked: &'a ImportFile,
        kind: EntityKind,
        reading: Reading<'a>,
        password: SecretString,
    ) -> Result<Self, ServiceError> {
        Ok(Self {
            asked,
            kind,
            password,
            reading,
            people: People::load(db)?,
            taken: HashMap::new(),
            due: HashMap::new(),
        })
    }

    /// Takes what a row is about. Error: `SameAsRow` if an earlier row is about the same.
    pub fn take(&mut self, field: Field, key: &str, cells: &mut Cells) -> bool {
        if let Some(earlier) = self.earlier(key) {
            cells.errors.push(field, Problem::SameAsRow(earlier));
            return false;
        }
        self.taken.insert(hashed(key), cells.number());
        true
    }

    /// Notes what a row is about, unless an earlier one is about the same.
    pub fn note(&mut self, key: &str, cells: &Cells) {
        self.taken.entry(hashed(key)).or_insert(cells.number());
    }

    /// The number of the earlier row that is about the same.
    pub fn earlier(&self, key: &str) -> Option<u32> {
        self.taken.get(&hashed(key)).copied()
    }

    /// Whether an earlier row is about it.
    pub fn is_taken(&self, key: &str) -> bool {
        self.taken.contains_key(&hashed(key))
    }

    /// What was chosen for a suspected duplicate.
    pub fn choice(&self, cells: &Cells) -> Choice {
        self.asked.choices.get(&cells.number()).copied().unwrap_or(self.asked.otherwise)
    }
}
