//! A small company for tests: a manager, two sales and two support people, and records to work on.

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use epic_events::{
    domain::{
        Cents, ClientId, ContractId, Error, EventId, UserId,
        clients::ClientDraft,
        contracts::ContractDraft,
        events::EventDraft,
        payments::{Method, PaymentDraft},
        session::{Moment, Session},
        settings::{Reauth, Settings},
        users::{Role, UserDraft},
    },
    services::{HandOver, Heirs, Reply, Request, Services, SessionRequest, SetUp, WriteRequest},
    storage::{Db, Target},
};
use secrecy::SecretString;

use super::{Engine, TestDb};

pub const PASSWORD: &str = "a password of their own";
const TEMPORARY: &str = "only for the first time";

/// A company, its services and the sessions of its staff.
pub struct World {
    pub db: TestDb,
    /// The folder for exports.
    pub exports: tempfile::TempDir,
    pub services: Services,
    pub manager: Session,
    pub sales: Session,
    pub other_sales: Session,
    pub support: Session,
    pub other_support: Session,
    seconds: i64,
    emails: u32,
}

/// New records: the client belongs to `sales`, and the event is assigned to `support`.
pub struct Records {
    pub client: ClientId,
    /// A contract of the client, not signed.
    pub contract: ContractId,
    /// A contract of the client, signed.
    pub signed: ContractId,
    /// An event of the signed contract.
    pub event: EventId,
    /// The version of the event, after support was assigned.
    pub event_version: i32,
}

pub fn start() -> NaiveDateTime {
    NaiveDate::from_ymd_opt(2026, 11, 21).unwrap().and_hms_opt(9, 0, 0).unwrap()
}

pub fn user_draft(username: &str, role: Role) -> UserDraft {
    UserDraft {
        username: username.to_owned(),
        full_name: format!("Person {username}"),
        email: Some(format!("{username}@example.org")),
        role,
        ..UserDraft::default()
    }
}

pub fn client_draft(name: &str) -> ClientDraft {
    ClientDraft {
        full_name: name.to_owned(),
        company_name: "Cool Startup LLC".to_owned(),
        phone: "+678 123 456 78".to_owned(),
        ..ClientDraft::default()
    }
}

pub fn contract_draft(total: i64) -> ContractDraft {
    ContractDraft { total_cents: Cents(total), ..ContractDraft::default() }
}

/// Creates a contract of which this amount is still due.
pub fn new_contract(client: ClientId, total: i64, due: i64) -> Request {
    let (draft, paid_before) = (contract_draft(total), Cents(total - due));
    Request::Write(WriteRequest::CreateContract { client, draft, paid_before })
}

/// Records a payment on the first day of the test.
pub fn pay(contract: ContractId, amount: i64) -> Request {
    let draft = payment_draft(amount);
    Request::Write(WriteRequest::RecordPayment { contract, draft })
}

pub fn payment_draft(amount: i64) -> PaymentDraft {
    let (amount_cents, paid_on) = (Cents(amount), start().date());
    PaymentDraft { amount_cents, paid_on, method: Method::Transfer, reference: String::new(), notes: String::new() }
}

/// Signs a contract on the first day of the test.
pub fn sign(id: ContractId, version: i32) -> Request {
    Request::Write(WriteRequest::SignContract { id, version, day: start().date() })
}

pub fn event_draft(title: &str, starts_in_days: i64) -> EventDraft {
    let starts = start() + TimeDelta::days(starts_in_days);
    EventDraft {
        title: title.to_owned(),
        client_contact: "Jacky Blangier".to_owned(),
        starts_at: Some(starts),
        ends_at: Some(starts + TimeDelta::hours(3)),
        location: "Salle des fêtes de Mufflins".to_owned(),
        attendees: 200,
        ..EventDraft::default()
    }
}

/// Gives these clients, in the versions that were seen, to one sales contact.
pub fn hand_over(clients: &[(ClientId, i32)], to: UserId) -> Request {
    let clients = clients.iter().map(|(client, version)| HandOver { client: *client, version: *version, to });
    Request::Write(WriteRequest::HandOverClients(clients.collect()))
}

/// These people take over so many clients and events.
#[allow(clippy::unnecessary_wraps, reason = "a request holds it so")]
pub fn heirs(people: &[UserId], clients: usize, events: usize) -> Option<Heirs> {
    Some(Heirs { people: people.to_vec(), clients, events })
}

pub fn set_up(url: &str) -> Request {
    let settings = Settings { reauth: Reauth::Never, ..Settings::default() };
    Request::Session(SessionRequest::SetUp(Box::new(SetUp {
        url: SecretString::from(url),
        everyday: None,
        settings,
        manager: user_draft("manager", Role::Management),
        password: SecretString::from(PASSWORD),
    })))
}

impl World {
    pub fn new(engine: Engine) -> Self {
        Self::of(TestDb::new(engine))
    }

    /// Creates the company in this database, which must not exist yet.
    pub fn of(db: TestDb) -> Self {
        let exports = tempfile::tempdir().unwrap();
        let services = Services::new(Target::parse(&db.url).unwrap(), "test".to_owned(), 4);
        let mut services = services.exporting_to(exports.path().to_owned());
        let now = Moment { utc: start(), ticks: 1_000 };
        let made = services.execute(None, &set_up(&db.url), now);
        assert!(matches!(made, Ok(Reply::IsSetUp { .. })), "{made:?}");
        let manager = sign_in(&mut services, "manager", PASSWORD, now).unwrap();
        let mut hire = |name, role| hire(&mut services, &manager, name, role, now);
        let (sales, other_sales) = (hire("sales", Role::Sales), hire("other.sales", Role::Sales));
        let (support, other_support) = (hire("support", Role::Support), hire("other.support", Role::Support));
        Self { db, exports, services, manager, sales, other_sales, support, other_support, seconds: 1, emails: 0 }
    }

    /// The current time of the test. Each call advances it by a second.
    pub fn now(&mut self) -> Moment {
        self.seconds += 1;
        let ticks = 1_000 + u64::try_from(self.seconds).unwrap() * 1_000;
        Moment { utc: start() + TimeDelta::seconds(self.seconds), ticks }
    }

    /// Advances the time by so many days.
    pub fn pass_days(&mut self, days: i64) {
        self.pass_hours(days * 24);
    }

    /// Advances the time by so many hours.
    pub fn pass_hours(&mut self, hours: i64) {
        self.seconds += hours * 60 * 60;
    }

    pub fn ask(&mut self, who: Option<&Session>, request: &Request) -> Result<Reply, Error> {
        let now = self.now();
        self.services.execute(who, request, now)
    }

    /// Executes a request as the manager. Panics if it fails.
    pub fn manage(&mut self, request: &Request) -> Reply {
        let manager = self.manager.clone();
        self.ask(Some(&manager), request).unwrap_or_else(|error| panic!("{request:?}: {error:?}"))
    }

    /// Executes a request that writes one record, as the manager. Returns the record's id and version.
    pub fn save(&mut self, request: &Request) -> (i64, i32) {
        match self.manage(request) {
            Reply::Saved { id, version, .. } => (id, version),
            other => panic!("{other:?}"),
        }
    }

    pub fn sign_in(&mut self, login: &str, password: &str) -> Result<Session, Error> {
        let now = self.now();
        sign_in(&mut self.services, login, password, now)
    }

    pub fn hire(&mut self, name: &str, role: Role) -> Session {
        let (now, manager) = (self.now(), self.manager.clone());
        hire(&mut self.services, &manager, name, role, now)
    }

    pub fn client_of(&mut self, owner: UserId, name: &str) -> ClientId {
        self.emails += 1;
        let draft = ClientDraft { email: Some(format!("c{}@example.org", self.emails)), ..client_draft(name) };
        ClientId::new(self.save(&Request::Write(WriteRequest::CreateClient { draft, sales_contact: Some(owner) })).0)
    }

    pub fn signed_contract(&mut self, client: ClientId) -> ContractId {
        let created = self.save(&new_contract(client, 100_000, 50_000));
        let id = ContractId::new(created.0);
        self.save(&sign(id, 1));
        id
    }

    /// Creates new records for `sales` and `support`.
    pub fn records(&mut self) -> Records {
        let client = self.client_of(self.sales.actor.id, "Kevin Casey");
        let contract = ContractId::new(self.save(&new_contract(client, 1_000_000, 1_000_000)).0);
        let signed = self.signed_contract(client);
        let draft = event_draft("Lou Bouzin General Assembly", 30);
        let event = EventId::new(self.save(&Request::Write(WriteRequest::CreateEvent { contract: signed, draft })).0);
        let assign =
            epic_events::domain::assigning::Assignment { event, version: 1, support: Some(self.support.actor.id) };
        self.manage(&Request::Write(WriteRequest::AssignSupport(vec![assign])));
        Records { client, contract, signed, event, event_version: 2 }
    }

    /// Each row of the company's tables: table, id, version and time of the last change.
    pub fn state(&self) -> Vec<(&'static str, i64, i32, NaiveDateTime)> {
        use diesel::prelude::*;
        use epic_events::schema::{
            clients, contracts, events, imports, instalments, list_columns, list_views, payments, plans, users,
        };
        let mut db = self.connection();
        let mut state = Vec::new();
        macro_rules! all {
            ($table:ident) => {{
                let rows = $table::table.select(($table::id, $table::version, $table::updated_at)).order($table::id);
                let rows: Vec<(i64, i32, NaiveDateTime)> = rows.load(&mut db).unwrap();
                state.extend(rows.into_iter().map(|(id, version, at)| (stringify!($table), id, version, at)));
            }};
        }
        all!(users);
        all!(clients);
        all!(contracts);
        all!(events);
        all!(payments);
        all!(instalments);
        all!(imports);
        all!(plans);
        all!(list_views);
        all!(list_columns);
        state
    }

    /// The actions in the audit log, oldest first.
    pub fn audit(&self) -> Vec<String> {
        use diesel::prelude::*;
        use epic_events::schema::audit_log;
        audit_log::table.select(audit_log::action).order(audit_log::id).load(&mut self.connection()).unwrap()
    }

    /// A connection to the database, independent of the services.
    pub fn connection(&self) -> Db {
        Db::open(&Target::parse(&self.db.url).unwrap()).unwrap()
    }
}

fn sign_in(services: &mut Services, login: &str, password: &str, now: Moment) -> Result<Session, Error> {
    let request =
        Request::Session(SessionRequest::SignIn { login: login.to_owned(), password: SecretString::from(password) });
    match services.execute(None, &request, now)? {
        Reply::SignedIn(session) => Ok(*session),
        other => panic!("{other:?}"),
    }
}

/// Creates an account with a temporary password, signs in, changes the password and signs in again.
fn hire(services: &mut Services, manager: &Session, name: &str, role: Role, now: Moment) -> Session {
    let create = Request::Write(WriteRequest::CreateUser {
        draft: user_draft(name, role),
        password: SecretString::from(TEMPORARY),
    });
    services.execute(Some(manager), &create, now).unwrap();
    let first = sign_in(services, name, TEMPORARY, now).unwrap();
    assert!(first.must_change_password);
    let change = Request::Write(WriteRequest::ChangeOwnPassword {
        current: SecretString::from(TEMPORARY),
        new: SecretString::from(PASSWORD),
    });
    services.execute(Some(&first), &change, now).unwrap();
    sign_in(services, name, PASSWORD, now).unwrap()
}
