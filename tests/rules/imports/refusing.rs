//! What cannot be imported is refused in its row before anything is written, and what was seen can be imported.

use epic_events::{
    domain::{
        audit::Changes,
        clients::Client,
        contracts::Contract,
        events::Event,
        instalments::{Due, InstalmentDraft},
    },
    services::Merge,
};

use super::{reverting::reverted, support::world::Records, *};

fn client(world: &World, id: ClientId) -> Client {
    storage::clients::find(&mut world.connection(), id).unwrap().unwrap()
}

fn contract(world: &World, id: ContractId) -> Contract {
    storage::contracts::find(&mut world.connection(), id).unwrap().unwrap()
}

fn event(world: &World, id: EventId) -> Event {
    storage::events::find(&mut world.connection(), id).unwrap().unwrap()
}

fn write(world: &mut World, write: WriteRequest) -> (i64, i32) {
    world.save(&Request::Write(write))
}

/// What is wrong with the row of this number, with its field.
fn wrong(seen: &Preview, number: u32) -> Option<(Field, Problem)> {
    let row = seen.rows.iter().find(|row| row.number == number).unwrap();
    match &row.finding {
        Finding::Refused(errors) => errors.0.first().copied(),
        _ => None,
    }
}

fn changes(seen: &Preview, number: u32) -> Changes {
    let row = seen.rows.iter().find(|row| row.number == number).unwrap();
    match &row.finding {
        Finding::Changed(changes) => changes.clone(),
        other => panic!("{other:?}"),
    }
}

/// Imports the rows that are not refused, and checks that the import does what the preview says.
fn import_rest(world: &mut World, file: &ImportFile) -> Preview {
    let seen = preview(world, file);
    let file = ImportFile { seen: Some(seen.mark), ..file.clone() };
    let Reply::Imported(done) = world.manage(&ImportRequest::Write(Box::new(file), seen.counts).into()) else {
        panic!()
    };
    assert_eq!(done.counts, seen.counts);
    seen
}

/// A row that changes a record, far above rows that are compared with it, does not change what they are compared with.
#[rstest]
fn rows_are_compared_with_what_was_there_before_the_import(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let known = "Kevin Casey,Startup,,+33 6 11 11 11 11\nLou Bouzin,Bouzin SA,lou@example.com,+33 6 22 22 22 22\n";
    let first = file_of(&mut world, "first.csv", format!("{HEADINGS}{known}").as_bytes());
    import(&mut world, &first);
    // The first two rows give new addresses and numbers to known clients, which rows far below have as well.
    let text = format!(
        "{HEADINGS}Kevin Casey,Startup,kevin@example.com,+33 6 11 11 11 11\n\
         Lou Bouzin,Bouzin SA,lou@example.com,+33 6 33 33 33 33\n{}\
         Kevin Twin,Other,kevin@example.com,+33 6 44 44 44 44\nLou Twin,Other,,+33 6 33 33 33 33\n",
        clients(1..700)
    );
    let file = file_of(&mut world, "second.csv", text.as_bytes());
    let seen = import_rest(&mut world, &file);
    assert_eq!(seen.counts, counts(700, 2, 0, 1, 0));
    assert_eq!(wrong(&seen, 703), Some((Field::Email, Problem::SameAsRow(2))));
}

/// Two clients with addresses of their own are two, although everything else is the same.
#[rstest]
fn people_with_addresses_of_their_own_are_not_the_same(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let text = format!(
        "{HEADINGS}A B,C,one@example.com,+33 6 11 11 11 11\nA B,C,two@example.com,+33 6 11 11 11 11\n\
         A B,C,,+33 6 11 11 11 11\n"
    );
    let file = file_of(&mut world, "twins.csv", text.as_bytes());
    let seen = import_rest(&mut world, &file);
    assert_eq!(seen.counts, counts(2, 0, 0, 1, 0));
    assert_eq!(wrong(&seen, 4), Some((Field::FullName, Problem::SameAsRow(2))));
    assert_eq!(preview(&mut world, &file).counts, counts(0, 0, 2, 1, 0));
}

/// The line of a client that has the company and the number of all clients of this world.
fn line(name: &str, archived: &str, notes: &str) -> String {
    format!("{name},Cool Startup LLC,+678 123 456 78,{archived},{notes}\n")
}

/// What the forms would refuse is refused in its row, with the reason, and the other rows are imported.
#[rstest]
fn what_forms_refuse_is_refused_in_its_row(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let records = world.records();
    let gone = world.client_of(world.sales.actor.id, "Gone Client");
    let of_gone = ContractId::new(world.save(&new_contract(gone, 50_000, 50_000)).0);
    write(&mut world, WriteRequest::ArchiveContract { id: of_gone, version: 1 });
    write(&mut world, WriteRequest::ArchiveClient { id: gone, version: 1 });
    let agreed = ContractId::new(world.save(&new_contract(records.client, 100_000, 100_000)).0);
    let part = |label: &str, amount| InstalmentDraft {
        label: label.to_owned(),
        amount_cents: Cents(amount),
        due: Due::Signature(0),
    };
    let rows = vec![part("First", 90_000), part("Last", 10_000)];
    write(&mut world, WriteRequest::SetInstalments { contract: agreed, version: 1, rows });
    let lines = [
        line("Kevin Casey", "yes", ""),
        line("Gone Client", "yes", "Called"),
        "Kevin Kline,,+33 6 88 88 88 88,,\n".to_owned(),
    ];
    let text = format!("Full name,Company,Phone,Archived,Notes\n{}", lines.concat());
    let clients = file_of(&mut world, "clients.csv", text.as_bytes());
    let seen = import_rest(&mut world, &clients);
    assert_eq!(wrong(&seen, 2), Some((Field::ArchivedAt, Problem::HasContracts(3))));
    assert_eq!(wrong(&seen, 3), Some((Field::ArchivedAt, Problem::IsArchived)));
    assert_eq!(seen.counts, counts(1, 0, 0, 2, 0));

    let text = format!(
        "Number,Client,Total,Archived,Notes,Paid,Due\n{},,,yes,,,\n{},,800,,,,\n{},,,no,,,\n{},,,,A note,,\n\
         900,Kevin Casey,1000,,,600,500\n",
        records.signed.0, agreed.0, of_gone.0, records.contract.0
    );
    let contracts = file_of(&mut world, "contracts.csv", text.as_bytes());
    let seen = import_rest(&mut world, &contracts);
    assert_eq!(wrong(&seen, 2), Some((Field::ArchivedAt, Problem::HasEvents(1))));
    assert_eq!(wrong(&seen, 3), Some((Field::TotalCents, Problem::LastInstalment)));
    assert_eq!(wrong(&seen, 4), Some((Field::ArchivedAt, Problem::ParentIsArchived)));
    assert_eq!(wrong(&seen, 6), Some((Field::DueCents, Problem::RestDiffers(Cents(40_000)))));
    assert_eq!(seen.counts, counts(0, 1, 0, 4, 0));
}

/// Payments that are cancelled, events of archived contracts and people who have left are refused as in a form. An
/// event that comes back without its support person says so before.
#[rstest]
fn the_state_of_events_and_payments_is_minded(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let records = world.records();
    let Records { event: id, signed, .. } = records;
    let (payment, _) = world.save(&support::world::pay(signed, 1_000));
    let payment = epic_events::domain::PaymentId::new(payment);
    write(&mut world, WriteRequest::CancelPayment { id: payment, version: 1, reason: "Wrong".to_owned() });
    let text =
        format!("Contract,Amount,Paid on,Method,Cancelled,Notes\n{},10,2026-11-21,transfer,yes,A note\n", signed.0);
    let file = file_of(&mut world, "payments.csv", text.as_bytes());
    assert_eq!(wrong(&preview(&mut world, &file), 2), Some((Field::CancelledAt, Problem::IsCancelled)));

    // The support person of an event that has taken place leaves, and a file opens the event again.
    write(&mut world, WriteRequest::SetStatus { id, version: records.event_version, status: Status::Done });
    let leaver = storage::users::find(&mut world.connection(), world.support.actor.id).unwrap().unwrap();
    write(&mut world, WriteRequest::DeactivateUser { id: leaver.id, version: leaver.version, heirs: None });
    let title = event(&world, id).title;
    let text = format!("Contract,Title,Status\n{},{title},confirmed\n", signed.0);
    let file = file_of(&mut world, "events.csv", text.as_bytes());
    let seen = preview(&mut world, &file);
    let (_, to) = changes(&seen, 2).of(Field::SupportId).map(|(old, new)| (old.clone(), new.clone())).unwrap();
    assert!(to.is_null());
    import_rest(&mut world, &file);
    assert_eq!((event(&world, id).status, event(&world, id).support_id), (Status::Confirmed, None));
    // Nobody who has left is given an event.
    let text = format!("Contract,Title,Status,Support\n{},Past,done,{}\n", signed.0, leaver.username);
    let file = file_of(&mut world, "history.csv", text.as_bytes());
    assert_eq!(wrong(&preview(&mut world, &file), 2), Some((Field::SupportId, Problem::NotActiveSupport)));

    // With the contract archived, its events can only be brought as archived ones.
    let version = event(&world, id).version;
    write(&mut world, WriteRequest::ArchiveEvent { id, version });
    let version = contract(&world, signed).version;
    write(&mut world, WriteRequest::ArchiveContract { id: signed, version });
    let text = format!("Contract,Title,Archived\n{0},{title},no\n{0},Open,no\n{0},Closed,yes\n", signed.0);
    let file = file_of(&mut world, "archived.csv", text.as_bytes());
    let seen = import_rest(&mut world, &file);
    assert_eq!(wrong(&seen, 2), Some((Field::ArchivedAt, Problem::ParentIsArchived)));
    assert_eq!(wrong(&seen, 3), Some((Field::ContractId, Problem::ParentIsArchived)));
    assert_eq!(seen.counts, counts(1, 0, 0, 2, 0));
}

/// What was reverted can be imported once more: contracts with what was paid of them, and payments.
#[rstest]
fn a_reverted_file_can_be_imported_again(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let first = file_of(&mut world, "clients.csv", format!("{HEADINGS}{}", clients(1..3)).as_bytes());
    import(&mut world, &first);
    let text = b"Client,Total,Due,Signed\nClient 1,1000,400,2026-01-05\nClient 2,2000,2000,\n";
    let contracts = file_of(&mut world, "contracts.csv", text);
    let text = b"Client,Amount,Paid on\nClient 2,500,2026-02-05\n";
    let payments = file_of(&mut world, "payments.csv", text);
    let dues = |world: &World| {
        let all =
            storage::lookup::contracts_of(&mut world.connection(), &[ClientId::new(1), ClientId::new(2)]).unwrap();
        let mut all: Vec<_> = all.iter().map(|one| (one.id.0, one.due_cents.0, one.archived_at.is_some())).collect();
        all.sort_unstable();
        all
    };
    let mut of_contracts = import(&mut world, &contracts);
    let before = dues(&world);
    for _ in 0..2 {
        // Two contracts, with the payment for what was paid of one before.
        assert_eq!(reverted(&mut world, &of_contracts), (2, vec![]));
        of_contracts = import(&mut world, &contracts);
        assert_eq!(of_contracts.counts, counts(0, 2, 0, 0, 0));
        assert_eq!(dues(&world), before);
        assert_eq!(preview(&mut world, &contracts).counts, counts(0, 0, 2, 0, 0));
    }
    let mut of_payments = import(&mut world, &payments);
    let before = dues(&world);
    for _ in 0..2 {
        assert_eq!(reverted(&mut world, &of_payments), (1, vec![]));
        of_payments = import(&mut world, &payments);
        assert_eq!(of_payments.counts, counts(1, 0, 0, 0, 0));
        assert_eq!(dues(&world), before);
        assert_eq!(preview(&mut world, &payments).counts, counts(0, 0, 1, 0, 0));
    }
}

/// A row that names a client that was merged is about the client that it has become.
#[rstest]
fn a_merged_client_is_known_by_its_former_name(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let text = format!("{HEADINGS}Kevin Casey,Startup,k@example.com,+33 6 11 11 11 11\n{}", clients(1..4));
    let first = file_of(&mut world, "clients.csv", text.as_bytes());
    import(&mut world, &first);
    // Client 1 is merged into Client 2, and that one into Client 3.
    let [kevin, one, two, three] = [1, 2, 3, 4].map(ClientId::new);
    for (kept, other) in [(two, one), (three, two)] {
        let (kept, other) = (client(&world, kept), client(&world, other));
        let (sales_contact, draft) = (kept.sales_contact_id, ClientDraft::from(&kept));
        let (kept, other) = ((kept.id, kept.version), (other.id, other.version));
        let merge = Merge { kept, other, sales_contact, draft };
        world.manage(&Request::Write(WriteRequest::MergeClients(Box::new(merge))));
    }
    // Whether its values are taken over is the person's to decide.
    let seen = preview(&mut world, &first);
    assert_eq!(seen.counts, counts(0, 0, 2, 0, 2));
    assert!(seen.rows.iter().all(|row| match &row.finding {
        Finding::Suspected(known) => known.name == "Client 3",
        _ => true,
    }));
    let text = "Client,E-mail,Total\nClient 1,,1000\nClient 2,c2@example.com,2000\nKevin Casey,,3000\n";
    let contracts = file_of(&mut world, "contracts.csv", text.as_bytes());
    assert_eq!(import(&mut world, &contracts).counts, counts(3, 0, 0, 0, 0));
    let of = |world: &World, id| storage::lookup::contracts_of(&mut world.connection(), &[id]).unwrap().len();
    assert_eq!((of(&world, three), of(&world, kevin)), (2, 1));
}
