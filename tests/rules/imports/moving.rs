//! A company moves in: its own papers, and what another company of this program has exported.

use std::path::PathBuf;

use diesel::prelude::*;
use epic_events::{
    domain::{
        contracts::ContractView,
        events::Event,
        payments::{Method, PaymentDraft},
        users::UserFilter,
    },
    schema::{clients, events, users},
    services::export::Format,
};

use super::{support::world::payment_draft, *};

/// The text as an office in France would save it: Windows-1252.
fn windows_1252(text: &str) -> Vec<u8> {
    encoding_rs::WINDOWS_1252.encode(&text.replace('\n', "\r\n")).0.into_owned()
}

const CLIENTS: &str = "\
Nom complet;E-mail;Téléphone;Nom de l'entreprise;Date de création;Dernier contact;Contact commercial
Kevin Casey;kevin@startup.io;+678 123 456 78;Cool Startup LLC;18 avril 2021;29 mars 2023;Bill Boquet
John Ouick;john.ouick@gmail.com;+1 234 567 8901;;;;
Lou Bouzin;jacky@loubouzin.grd;+666 12345;Lou Bouzin SA;;;
";
const CONTRACTS: &str = "\
N° contrat;Client;Montant total;Montant restant;Date de signature
652;John Ouick;12 000,50 €;6 000,25 €;2 mai 2023
412;Lou Bouzin;7 500,00 €;0,00 €;14 avril 2023
";
const EVENTS: &str = "\
Nom de l'événement;N° contrat;Nom du client;Contact du client;Date de début;Date de fin;Contact support;Lieu;Participants;Notes
John Ouick Wedding;652;John Ouick;John Ouick;4 juin 2023 13:00;5 juin 2023 02:00;Kate Hastroff;53 Rue du Château, 41120 Candé-sur-Beuvron, France;75;Wedding starts at 3PM, by the river. Catering is organized, reception starts at 5PM. Kate needs to organize the DJ for after party.
Lou Bouzin General Assembly;412;Lou Bouzin;Jacky Blangier;5 mai 2023 15h;5 mai 2023 17h;Aliénor Vichum;Salle des fêtes de Mufflins;200;Assemblée générale des actionnaires (~200 personnes).
";

/// The three tables of the company, as a French office would keep them, are imported without choosing anything but
/// the sales person of the clients that have none.
#[rstest]
fn the_papers_of_the_company_are_imported_as_they_are(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    for (username, full_name, role) in [
        ("bill", "Bill Boquet", Role::Sales),
        ("kate", "Kate Hastroff", Role::Support),
        ("alienor", "Aliénor Vichum", Role::Support),
    ] {
        let draft = UserDraft { full_name: full_name.to_owned(), email: None, ..user_draft(username, role) };
        world.manage(&Request::Write(WriteRequest::CreateUser { draft, password: SecretString::from(PASSWORD) }));
    }
    for (name, text, kind, created) in [
        ("clients.csv", CLIENTS, EntityKind::Client, 3),
        ("contrats.csv", CONTRACTS, EntityKind::Contract, 2),
        ("événements.csv", EVENTS, EntityKind::Event, 2),
    ] {
        let file = file_of(&mut world, name, &windows_1252(text));
        assert_eq!(preview(&mut world, &file).kind, Some(kind));
        assert_eq!(import(&mut world, &file).counts, counts(created, 0, 0, 0, 0), "{name}");
        // The same file a second time.
        let before = records(&world);
        assert_eq!(import(&mut world, &file).counts, counts(0, 0, created, 0, 0), "{name}");
        assert!(records(&world) == before, "{name}");
    }
    let db = &mut world.connection();
    let contract = storage::contracts::find(db, ContractId::new(652)).unwrap().unwrap();
    assert_eq!((contract.total_cents.0, contract.due_cents.0), (1_200_050, 600_025));
    assert_eq!(contract.signed_at.unwrap().to_string(), "2023-05-02 10:00:00");
    let events: Vec<Event> = events::table.order(events::id).select(Event::as_select()).load(db).unwrap();
    let [wedding, assembly] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!(wedding.starts_at.unwrap().to_string(), "2023-06-04 13:00:00");
    assert_eq!(wedding.ends_at.unwrap().to_string(), "2023-06-05 02:00:00");
    assert_eq!(
        (wedding.attendees, wedding.location.as_str()),
        (75, "53 Rue du Château, 41120 Candé-sur-Beuvron, France")
    );
    assert_eq!((assembly.client_contact.as_str(), assembly.contract_id.0), ("Jacky Blangier", 412));
    let support = storage::users::find(db, assembly.support_id.unwrap()).unwrap().unwrap();
    assert_eq!(support.full_name, "Aliénor Vichum");
    let owners = clients::table.inner_join(users::table).order(clients::id).select(users::full_name);
    let owners: Vec<String> = owners.load(db).unwrap();
    assert_eq!(owners[0], "Bill Boquet");
    // A contract that is created later does not get a number of the file.
    let client = world.client_of(world.sales.actor.id, "Later");
    assert!(world.save(&new_contract(client, 1_000, 1_000)).0 > 652);
}

/// A company with records in every state that a file can tell.
fn company(world: &mut World) {
    let records = world.records();
    let archived = world.client_of(world.other_sales.actor.id, "=Archived \"client\"");
    world.manage(&Request::Write(WriteRequest::ArchiveClient { id: archived, version: 1 }));
    let pay = |world: &mut World, draft: PaymentDraft| {
        world.save(&Request::Write(WriteRequest::RecordPayment { contract: records.signed, draft })).0
    };
    let draft = |amount: i64| PaymentDraft { amount_cents: Cents(amount), ..payment_draft(amount) };
    pay(world, PaymentDraft { method: Method::Card, reference: "'=A,1".to_owned(), ..draft(20_000) });
    let wrong = pay(world, PaymentDraft { notes: "two\nlines".to_owned(), ..draft(10_000) });
    let id = epic_events::domain::PaymentId::new(wrong);
    world.manage(&Request::Write(WriteRequest::CancelPayment { id, version: 1, reason: "Wrong contract".to_owned() }));
    pay(world, draft(-5_000));
    let notes = "Ligne 1\nLigne 2; \"entre guillemets\"".to_owned();
    let extra = EventDraft { notes, starts_at: None, ends_at: None, ..event_draft("Sans date", 3) };
    let extra = world.save(&Request::Write(WriteRequest::CreateEvent { contract: records.signed, draft: extra })).0;
    let id = EventId::new(extra);
    world.manage(&Request::Write(WriteRequest::SetStatus { id, version: 1, status: Status::Cancelled }));
    world.manage(&Request::Write(WriteRequest::ArchiveEvent { id, version: 2 }));
    let leaver = UserDraft { phone: Some("+33 6 11 22 33 44".to_owned()), ..user_draft("leaver", Role::Support) };
    let create = WriteRequest::CreateUser { draft: leaver, password: SecretString::from(PASSWORD) };
    let id = epic_events::domain::UserId::new(world.save(&Request::Write(create)).0);
    world.manage(&Request::Write(WriteRequest::DeactivateUser { id, version: 1, heirs: None }));
    archived_history(world);
}

/// A client of the past with everything below it: a signed contract, a payment and an event, all archived but the payment.
fn archived_history(world: &mut World) {
    let client = world.client_of(world.sales.actor.id, "Former client");
    let contract = world.signed_contract(client);
    let payment = payment_draft(20_000);
    world.save(&Request::Write(WriteRequest::RecordPayment { contract, draft: payment }));
    let draft = event_draft("Former event", 4);
    let event = EventId::new(world.save(&Request::Write(WriteRequest::CreateEvent { contract, draft })).0);
    world.manage(&Request::Write(WriteRequest::ArchiveEvent { id: event, version: 1 }));
    let version = storage::contracts::find(&mut world.connection(), contract).unwrap().unwrap().version;
    world.manage(&Request::Write(WriteRequest::ArchiveContract { id: contract, version }));
    world.manage(&Request::Write(WriteRequest::ArchiveClient { id: client, version: 1 }));
}

fn exported(world: &mut World, query: Query) -> PathBuf {
    match world.manage(&Request::Export { query, format: Format::Csv }) {
        Reply::Exported { path, .. } => path,
        other => panic!("{other:?}"),
    }
}

/// The exports of both states that a list has.
fn all(world: &mut World, kind: EntityKind) -> Vec<Vec<u8>> {
    use epic_events::domain::{payments::PaymentFilter, users::UserView};
    let events = |view| Query::Event(listing(EventFilter { view, ..EventFilter::default() }, EventSort::Title, 100));
    let clients =
        |view| Query::Client(listing(ClientFilter { view, ..ClientFilter::default() }, ClientSort::Name, 100));
    let contracts = |view| {
        Query::Contract(listing(ContractFilter { view, ..ContractFilter::default() }, ContractSort::Number, 100))
    };
    let queries = match kind {
        EntityKind::Client => vec![clients(ClientView::All), clients(ClientView::Archived)],
        EntityKind::Contract => vec![contracts(ContractView::All), contracts(ContractView::Archived)],
        EntityKind::Event => vec![events(EventView::All), events(EventView::Archived)],
        EntityKind::Payment => {
            let sort = epic_events::domain::payments::PaymentSort::Amount;
            vec![Query::Payment(listing(PaymentFilter::default(), sort, 100))]
        }
        EntityKind::User => {
            let sort = epic_events::domain::users::UserSort::Name;
            let view = |view| Query::User(listing(UserFilter { view, ..UserFilter::default() }, sort, 100));
            UserView::iter().map(view).collect()
        }
        EntityKind::Audit => Vec::new(),
    };
    queries.into_iter().map(|query| fs::read(exported(world, query)).unwrap()).collect()
}

/// The cells of an export, without those that are times of the program.
fn lines(export: &[u8]) -> Vec<Vec<String>> {
    let text = std::str::from_utf8(export).unwrap().trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let is_time = |heading: &str| matches!(heading, "archived_at" | "cancelled_at" | "created_at" | "signed_at");
    let keep: Vec<usize> = (0..rows[0].len()).collect();
    let cell = |row: &csv::StringRecord, at: usize| match is_time(&rows[0][at]) && row != &rows[0] {
        true => row[at].is_empty().to_string(),
        false => row[at].to_owned(),
    };
    rows.iter().map(|row| keep.iter().map(|at| cell(row, *at)).collect()).collect()
}

/// Every export of the program can be imported into an empty company, which then exports the same.
#[rstest]
fn what_the_program_exports_it_can_import(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut old = World::new(engine);
    company(&mut old);
    let mut new = World::new(engine);
    for kind in epic_events::domain::imports::IMPORTED {
        for export in all(&mut old, kind) {
            let mut file = file_of(&mut new, &format!("{kind}.csv"), &export);
            file.sales_contact = None;
            // All clients of the old company have the same telephone number.
            file.otherwise = Choice::Create;
            let seen = preview(&mut new, &file);
            assert_eq!(seen.kind.unwrap_or(kind), kind);
            // What is due follows from the payments, which come later.
            file.kind = Some(kind);
            let paid_later = |field: Option<Field>| field.filter(|field| *field != Field::DueCents);
            file.columns = Some(seen.columns.iter().map(|column| paid_later(column.field)).collect());
            import(&mut new, &file);
        }
    }
    for kind in epic_events::domain::imports::IMPORTED {
        let exports = |world: &mut World| all(world, kind).iter().map(|export| lines(export)).collect::<Vec<_>>();
        assert_eq!(exports(&mut new), exports(&mut old), "{kind}");
    }
}
