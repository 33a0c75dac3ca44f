//! The requests of the rights table by name, on fresh records.

use std::{collections::HashMap, path::PathBuf, sync::Arc};

use epic_events::{
    domain::{
        Cents, ContractId, PlanId, UserId,
        assigning::Assignment,
        audit::{AuditFilter, AuditSort},
        clients::{ClientDraft, ClientFilter, ClientSort},
        contracts::{ContractFilter, ContractSort},
        entity::{EntityKind, Query},
        events::{EventFilter, EventSort, Status},
        imports::{Choice, Counts, Import},
        instalments::{Due, InstalmentDraft},
        language::Language,
        lists::{ChosenColumn, ColumnName, ViewContent, ViewDraft},
        page::{Edge, Listing},
        payments::{Payment, PaymentFilter, PaymentSort, Words},
        plans::{PlanDraft, PlanPart},
        settings::Settings,
        users::{Role, UserFilter, UserSort},
    },
    services::{
        ImportRequest, Marked, Merge, ReadRequest, Request, Unmerge, WriteRequest,
        export::Format,
        import::{ImportFile, Progress, Refused},
        paper::Document,
        spreadsheet::sheet::{Row, Seen, Sheet, SheetFormat},
    },
    storage::imports::NewImport,
};
use secrecy::SecretString;

use crate::support::world::{
    Records, World, client_draft, contract_draft, event_draft, hand_over, new_contract, pay, user_draft,
};

pub fn listing<F: Default, S: Default>() -> Listing<F, S> {
    Listing { filter: F::default(), sort: S::default(), descending: false, edge: Edge::Start, limit: 10 }
}

fn print(document: Document) -> Request {
    Request::Print { document, language: Language::En, typeset: epic_events::ui::paper::html }
}

/// The request with this name, on fresh records.
pub fn request(name: &str, on: &Records, world: &World) -> Request {
    let secret = |text: &str| SecretString::from(text);
    let (client, contract, signed, event) = (on.client, on.contract, on.signed, on.event);
    let version = on.event_version;
    let new_name = format!("new{}", on.event.0);
    let draft = ClientDraft { full_name: "Somebody New".to_owned(), ..client_draft("x") };
    let other_sales = world.other_sales.actor.id;
    match name {
        "home" => Request::Read(ReadRequest::Home),
        "figures" => Request::Read(ReadRequest::Figures),
        "list clients" => Request::Read(ReadRequest::List(Query::Client(listing::<ClientFilter, ClientSort>()))),
        "list contracts" => {
            Request::Read(ReadRequest::List(Query::Contract(listing::<ContractFilter, ContractSort>())))
        }
        "list events" => Request::Read(ReadRequest::List(Query::Event(listing::<EventFilter, EventSort>()))),
        "list staff" => Request::Read(ReadRequest::List(Query::User(listing::<UserFilter, UserSort>()))),
        "list audit" => Request::Read(ReadRequest::List(Query::Audit(listing::<AuditFilter, AuditSort>()))),
        "export contracts" => {
            let query = Query::Contract(listing::<ContractFilter, ContractSort>());
            Request::Export { query, format: Format::Csv }
        }
        "export staff" => {
            Request::Export { query: Query::User(listing::<UserFilter, UserSort>()), format: Format::Json }
        }
        "print event sheet" => print(Document::EventSheet(event)),
        "print statement" => print(Document::Statement(signed)),
        "print receipt" => print(Document::Receipt(paid_before(world, signed).id)),
        "calendar" => {
            let from = crate::support::world::start().date();
            Request::Read(ReadRequest::Calendar { from, to: from + chrono::Days::new(40) })
        }
        "view client" => Request::Read(ReadRequest::ViewClient(client)),
        "view contract" => Request::Read(ReadRequest::ViewContract(signed)),
        "view event" => Request::Read(ReadRequest::ViewEvent(event)),
        "view person" => Request::Read(ReadRequest::ViewUser(other_sales)),
        "search" => Request::Read(ReadRequest::Search { text: "kevin".to_owned() }),
        "pick client" => Request::Read(ReadRequest::PickClient { text: String::new(), own: false }),
        "look for known clients" => Request::Read(ReadRequest::KnownClients { like: draft, except: None }),
        "pick contract" => Request::Read(ReadRequest::PickContract { text: String::new() }),
        "pick person" => Request::Read(ReadRequest::PickUser { role: Role::Sales, except: None, text: String::new() }),
        "pick support" => Request::Read(ReadRequest::PickSupport { events: vec![event], text: String::new() }),
        "read settings" => Request::Read(ReadRequest::Settings),
        "create person" => Request::Write(WriteRequest::CreateUser {
            draft: user_draft(&new_name, Role::Management),
            password: secret("some temporary words"),
        }),
        "edit person" => Request::Write(WriteRequest::UpdateUser {
            id: world.other_support.actor.id,
            version: person_version(world, world.other_support.actor.id),
            draft: epic_events::domain::users::UserDraft {
                full_name: format!("Renamed {}", on.event.0),
                ..user_draft("other.support", Role::Support)
            },
            heirs: None,
        }),
        "deactivate person" => {
            let id = spare(world);
            Request::Write(WriteRequest::DeactivateUser { id, version: person_version(world, id), heirs: None })
        }
        "reactivate person" => {
            let id = spare(world);
            Request::Write(WriteRequest::ReactivateUser { id, version: person_version(world, id) })
        }
        "reset password" => {
            let id = spare(world);
            Request::Write(WriteRequest::ResetPassword {
                id,
                version: person_version(world, id),
                password: secret("some temporary words"),
            })
        }
        "create client" => Request::Write(WriteRequest::CreateClient { draft, sales_contact: None }),
        "create client for another" => {
            Request::Write(WriteRequest::CreateClient { draft, sales_contact: Some(other_sales) })
        }
        "edit client" => Request::Write(WriteRequest::UpdateClient { id: client, version: 1, draft }),
        "hand over client" => hand_over(&[(client, 1)], other_sales),
        "archive client" => Request::Write(WriteRequest::ArchiveClient { id: client, version: 1 }),
        "restore client" => Request::Write(WriteRequest::RestoreClient { id: client, version: 2 }),
        "read what to merge" => Request::Read(ReadRequest::MergeSides([client, other_client(world, client)])),
        "read undo of merge" => Request::Read(ReadRequest::UndoOfMerge(other_client(world, client))),
        "merge clients" => {
            let merge =
                Merge { kept: (client, 1), other: (other_client(world, client), 1), draft, sales_contact: other_sales };
            Request::Write(WriteRequest::MergeClients(Box::new(merge)))
        }
        "undo merge" => {
            let other = other_client(world, client);
            let (kept, other, contracts) = ((client, 2), (other, 2), Vec::new());
            Request::Write(WriteRequest::UndoMerge(Box::new(Unmerge {
                kept,
                other,
                draft,
                sales_contact: other_sales,
                other_email: None,
                contracts,
            })))
        }
        "restore contract" => Request::Write(WriteRequest::RestoreContract { id: contract, version: 2 }),
        "restore event" => Request::Write(WriteRequest::RestoreEvent { id: event, version: version + 1 }),
        "create contract" => new_contract(client, 10_000, 10_000),
        "edit contract" => Request::Write(WriteRequest::UpdateContract {
            id: contract,
            version: 1,
            draft: contract_draft(10_000),
            difference: None,
        }),
        "sign contract" => crate::support::world::sign(contract, 1),
        "archive contract" => Request::Write(WriteRequest::ArchiveContract { id: contract, version: 1 }),
        "list payments" => Request::Read(ReadRequest::List(Query::Payment(listing::<PaymentFilter, PaymentSort>()))),
        "export payments" => {
            let query = Query::Payment(listing::<PaymentFilter, PaymentSort>());
            Request::Export { query, format: Format::Csv }
        }
        "view payment" => Request::Read(ReadRequest::ViewPayment(paid_before(world, signed).id)),
        "pick contract to pay" => Request::Read(ReadRequest::PickPayable { text: String::new() }),
        "record payment" | "record payment, unsigned" => {
            pay(if name == "record payment" { signed } else { contract }, 10_000)
        }
        "record refund" => pay(signed, -10_000),
        "edit payment" => Request::Write(WriteRequest::UpdatePayment {
            id: paid_before(world, signed).id,
            version: 1,
            words: Words { reference: "VIR 12".to_owned(), notes: String::new() },
        }),
        "cancel payment" | "cancel payment of yesterday" => Request::Write(WriteRequest::CancelPayment {
            id: paid_before(world, signed).id,
            version: 1,
            reason: "Wrong contract".to_owned(),
        }),
        "set instalments" => {
            let due = Due::Signature(i32::try_from(on.event.0 % 1_000).unwrap());
            let rows = vec![InstalmentDraft { label: String::new(), amount_cents: Cents(1_000_000), due }];
            Request::Write(WriteRequest::SetInstalments { contract, version: 1, rows })
        }
        "read plans" => Request::Read(ReadRequest::Plans),
        "read followers of the default plan" => Request::Read(ReadRequest::DefaultFollowers),
        "create plan" => Request::Write(WriteRequest::CreatePlan(plan_draft(&new_name))),
        "edit plan" => {
            Request::Write(WriteRequest::UpdatePlan { id: spare_plan(world), version: 1, draft: plan_draft(&new_name) })
        }
        "remove plan" => Request::Write(WriteRequest::RemovePlan { id: spare_plan(world), version: 1 }),
        "create event" => {
            Request::Write(WriteRequest::CreateEvent { contract: signed, draft: event_draft("Another", 40) })
        }
        "edit event" => {
            Request::Write(WriteRequest::UpdateEvent { id: event, version, draft: event_draft("Renamed", 50) })
        }
        "assign support" => Request::Write(WriteRequest::AssignSupport(vec![Assignment {
            event,
            version,
            support: Some(world.other_support.actor.id),
        }])),
        "set status" => Request::Write(WriteRequest::SetStatus { id: event, version, status: Status::Confirmed }),
        "archive event" => Request::Write(WriteRequest::ArchiveEvent { id: event, version }),
        "archive clients" => Request::Write(WriteRequest::ArchiveAll(Marked::Clients(vec![(client, 1)]))),
        "archive contracts" => Request::Write(WriteRequest::ArchiveAll(Marked::Contracts(vec![(contract, 1)]))),
        "archive events" => Request::Write(WriteRequest::ArchiveAll(Marked::Events(vec![(event, version)]))),
        "restore clients" => Request::Write(WriteRequest::RestoreAll(Marked::Clients(vec![(client, 2)]))),
        "restore contracts" => Request::Write(WriteRequest::RestoreAll(Marked::Contracts(vec![(contract, 2)]))),
        "restore events" => Request::Write(WriteRequest::RestoreAll(Marked::Events(vec![(event, version + 1)]))),
        "change settings" => {
            let settings = epic_events::storage::settings::load(&mut world.connection()).unwrap();
            Request::Write(WriteRequest::UpdateSettings(Settings {
                company_name: format!("Company {}", on.event.0),
                ..settings
            }))
        }
        "open file" => ImportRequest::Open(sheet_file()).into(),
        "preview import" => ImportRequest::Preview(Box::new(import_file(&new_name))).into(),
        "import" => {
            let one = Counts { created: 1, ..Counts::default() };
            ImportRequest::Write(Box::new(import_file(&new_name)), one).into()
        }
        "save refused rows" => {
            let (name, heading) = ("clients.csv".to_owned(), "Reason".to_owned());
            let reasons = vec![(2, "No phone".to_owned())];
            ImportRequest::SaveRefused(Box::new(Refused { name, sheet: import_file("x").sheet, heading, reasons }))
                .into()
        }
        "list imports" => ImportRequest::List.into(),
        "complete a path" => ImportRequest::Complete("/".to_owned()).into(),
        "revert import" => ImportRequest::revert(&spare_import(world)).into(),
        "read views" => Request::Read(ReadRequest::Lists),
        "save a view" => Request::Write(WriteRequest::SaveView(view_draft(&new_name, false))),
        "share a view" => Request::Write(WriteRequest::SaveView(view_draft(&new_name, true))),
        // Wider each time, since nothing is written if nothing changes.
        "choose columns" => Request::Write(WriteRequest::SaveColumns {
            kind: EntityKind::Event,
            columns: Some(vec![ChosenColumn {
                name: ColumnName::Title,
                width: u16::try_from(10 + on.event.0 % 40).ok(),
            }]),
        }),
        other => panic!("no request called {other}"),
    }
}

/// The client that was created before this one.
fn other_client(world: &World, client: epic_events::domain::ClientId) -> epic_events::domain::ClientId {
    use diesel::prelude::*;
    use epic_events::schema::clients as c;
    let before = c::table.filter(c::id.lt(client)).order(c::id.desc()).select(c::id);
    before.first(&mut world.connection()).unwrap()
}

pub fn plan_draft(name: &str) -> PlanDraft {
    let parts = vec![PlanPart { label: String::new(), share: 10_000, due: Due::Event(0) }];
    PlanDraft { name: name.to_owned(), parts }
}

/// A file with one client of this name.
fn import_file(name: &str) -> ImportFile {
    let email = format!("{name}@example.org");
    let cells = [name, email.as_str(), "+33 1 23 45 67 89", "sales"].map(Into::into).to_vec();
    let headings = ["Full name", "E-mail", "Phone", "Sales contact"].map(str::to_owned).to_vec();
    let seen = Seen { format: SheetFormat::Xlsx, sheet: None, heading_row: 1, left_out: 0 };
    ImportFile {
        name: "clients.xlsx".to_owned(),
        sheet: Arc::new(Sheet { headings, rows: vec![Row { number: 2, cells }], too_long: Vec::new(), seen }),
        kind: Some(EntityKind::Client),
        columns: None,
        order: None,
        sales_contact: None,
        choices: HashMap::new(),
        otherwise: Choice::Skip,
        seen: None,
        progress: Arc::new(Progress::default()),
    }
}

/// A file that can be read.
fn sheet_file() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/rights/clients.csv"))
}

/// A new import, which changed nothing.
fn spare_import(world: &World) -> Import {
    let new = NewImport {
        file_name: "clients.csv",
        kind: EntityKind::Client,
        created_by: world.manager.actor.id,
        operation: "spare",
        headings: "",
        columns: &[],
    };
    let (db, now) = (&mut world.connection(), crate::support::world::start());
    let id = epic_events::storage::imports::begin(db, &new, now).unwrap();
    epic_events::storage::imports::finish(db, id, (&new, Counts::default()), now).unwrap()
}

/// The newest plan, which nobody has changed yet.
fn spare_plan(world: &World) -> PlanId {
    PlanId::new(world.connection().last_id("plans").unwrap())
}

/// The payment of the contract that was entered with it.
fn paid_before(world: &World, contract: ContractId) -> Payment {
    use diesel::prelude::*;
    use epic_events::schema::payments as p;
    let payment = p::table.filter(p::contract_id.eq(contract)).order(p::id).select(Payment::as_select());
    payment.first(&mut world.connection()).unwrap()
}

fn view_draft(name: &str, shared: bool) -> ViewDraft {
    let content = ViewContent { query: Query::all(EntityKind::Event), columns: None };
    ViewDraft { name: name.to_owned(), shared, content }
}

pub fn person_version(world: &World, id: UserId) -> i32 {
    epic_events::storage::users::find(&mut world.connection(), id).unwrap().unwrap().version
}

/// The account that the tests deactivate, reactivate and give passwords to.
pub fn spare(world: &World) -> UserId {
    epic_events::storage::users::by_login(&mut world.connection(), "spare").unwrap().unwrap().id
}
