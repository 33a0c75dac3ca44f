//! Files that are imported again, at the same time, or after something else has changed.

use std::{sync::Barrier, thread};

use epic_events::{
    domain::payments::Payment,
    schema::{audit_log, payments as stored_payments},
    services::Merge,
    storage::Target,
};

use super::{reverting::reverted, *};

fn contract(world: &World, id: i64) -> epic_events::domain::contracts::Contract {
    storage::contracts::find(&mut world.connection(), ContractId::new(id)).unwrap().unwrap()
}

fn count_of_payments(world: &World) -> i64 {
    stored_payments::table.count().get_result(&mut world.connection()).unwrap()
}

/// Imports a file of clients with these numbers, and contracts of which all is due: number, client and total.
fn company(world: &mut World, contracts: &[(i64, u32, i64)]) {
    let file = file_of(world, "clients.csv", format!("{HEADINGS}{}", clients(1..6)).as_bytes());
    import(world, &file);
    if !contracts.is_empty() {
        add(world, contracts);
    }
}

fn add(world: &mut World, contracts: &[(i64, u32, i64)]) {
    let line = |(number, client, total): &(i64, u32, i64)| format!("{number},Client {client},{total},2024-01-05\n");
    let text = format!("Number,Client,Total,Signed\n{}", contracts.iter().map(line).collect::<Vec<_>>().concat());
    let file = file_of(world, "contracts.csv", text.as_bytes());
    import(world, &file);
}

/// Of two people who import the same file at the same moment one is told that everything has changed meanwhile, or that
/// the database was busy; nothing is written twice.
#[rstest]
fn of_two_imports_at_once_one_is_carried_out(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    company(&mut world, &[(300, 3, 100_000)]);
    let line = |n: u32| format!("300,{},2024-02-{:02}\n", n + 1, n % 28 + 1);
    let lines = (0..100).map(line).collect::<Vec<_>>().concat();
    let file = file_of(&mut world, "payments.csv", format!("Contract,Amount,Paid on\n{lines}").as_bytes());
    let seen = preview(&mut world, &file);
    assert_eq!(seen.counts, counts(100, 0, 0, 0, 0));
    // Of two windows of one person, the second waits in any case.
    let (managers, now, url) =
        ([world.manager.clone(), world.hire("max", Role::Management)], world.now(), world.db.url.clone());
    let barrier = Barrier::new(2);
    let imported = thread::scope(|scope| {
        let both = managers.map(|manager| {
            let file = ImportFile { progress: Arc::default(), ..file.clone() };
            let (url, barrier) = (&url, &barrier);
            scope.spawn(move || {
                let mut services = Services::new(Target::parse(url).unwrap(), "test".to_owned(), 4);
                barrier.wait();
                match services.execute(Some(&manager), &ImportRequest::Write(Box::new(file), seen.counts).into(), now) {
                    Ok(Reply::Imported(_)) => 1,
                    Err(Error::ImportChanged | Error::Unavailable(_)) => 0,
                    other => panic!("{other:?}"),
                }
            })
        });
        both.into_iter().map(|one| one.join().unwrap()).sum::<i32>()
    });
    assert_eq!((imported, count_of_payments(&world)), (1, 100));
}

/// A file in which rows repeat each other is, the second time, what it was the first time, and writes nothing.
#[rstest]
fn rows_that_repeat_each_other_are_known_the_second_time(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    company(&mut world, &[(100, 1, 1_000)]);
    for (name, text) in [
        ("payments.csv", "Contract,Amount,Paid on\n100,200,2024-02-13\n100,200,2024-02-13\n"),
        ("contracts.csv", "Client,Total,Signed\nClient 2,5000,2024-03-13\nClient 2,5000,2024-03-13\n"),
        ("events.csv", "Contract,Title,Starts\n100,Gala,2024-06-13 18:00\n100,Gala,2024-06-13 18:00\n"),
    ] {
        let file = file_of(&mut world, name, text.as_bytes());
        let first = preview(&mut world, &file).counts;
        world.manage(&ImportRequest::Write(Box::new(file.clone()), first).into());
        assert_eq!(first.created, 1, "{name}");
        let (before, again) = (records(&world), preview(&mut world, &file).counts);
        assert_eq!((again.created, again.changed, again.unchanged), (0, 0, 1), "{name}");
        world.manage(&ImportRequest::Write(Box::new(file), again).into());
        assert!(records(&world) == before, "{name}");
    }
}

/// A payment that names only its client is known on whichever contract it is; a refund goes to one that was paid.
#[rstest]
fn payments_find_the_contract_that_has_them(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    company(&mut world, &[(200, 2, 2_000)]);
    let file = file_of(&mut world, "payments.csv", b"Client,Amount,Paid on\nClient 2,2000,2024-02-13\n");
    import(&mut world, &file);
    add(&mut world, &[(201, 2, 9_000)]);
    assert_eq!(import(&mut world, &file).counts, counts(0, 0, 1, 0, 0));
    let refund = file_of(&mut world, "refund.csv", b"Client,Amount,Paid on\nClient 2,-500,2024-02-14\n");
    import(&mut world, &refund);
    assert_eq!((contract(&world, 200).due_cents, contract(&world, 201).due_cents), (Cents(50_000), Cents(900_000)));
}

/// If the same row would go to another contract than when it was seen, nothing is written.
#[rstest]
fn a_row_goes_where_it_was_seen_to_go(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    company(&mut world, &[(200, 2, 2_000)]);
    let mut file = file_of(&mut world, "payments.csv", b"Client,Amount,Paid on\nClient 2,250,2024-02-13\n");
    let seen = preview(&mut world, &file);
    assert_eq!(seen.rows[0].contract, Some(ContractId::new(200)));
    file.seen = Some(seen.mark);
    world.manage(&support::world::pay(ContractId::new(200), 200_000));
    add(&mut world, &[(201, 2, 2_000)]);
    let (before, manager) = (world.state(), world.manager.clone());
    let answer = world.ask(Some(&manager), &ImportRequest::Write(Box::new(file), seen.counts).into());
    assert_eq!(answer.unwrap_err(), Error::ImportChanged);
    assert_eq!(world.state(), before);
}

/// A contract keeps the number of the file if it is free, although another contract looks the same but for its day.
#[rstest]
fn a_free_number_is_a_contract_of_its_own(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    company(&mut world, &[(500, 1, 1_000)]);
    let text = "Number,Client,Total,Signed,Notes\n501,Client 1,1000,2024-01-06,other day\n\
                502,Client 1,1000,2024-01-05,same day\n500,Client 1,1000,2024-01-05,known\n";
    let file = file_of(&mut world, "more.csv", text.as_bytes());
    let seen = preview(&mut world, &file);
    assert_eq!(seen.counts, counts(1, 1, 0, 0, 1));
    world.manage(&ImportRequest::Write(Box::new(file), seen.counts).into());
    assert_eq!((contract(&world, 500).notes.as_str(), contract(&world, 501).notes.as_str()), ("known", "other day"));
}

/// A name that several clients had, of which some were merged, is not enough.
#[rstest]
fn former_names_can_be_ambiguous(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let text =
        format!("{HEADINGS}Jean Dupont,Un,,+33 6 11 11 11 11\nJean Dupont,Deux,,+33 6 22 22 22 22\n{}", clients(1..3));
    let file = file_of(&mut world, "clients.csv", text.as_bytes());
    import(&mut world, &file);
    let contracts = file_of(&mut world, "contracts.csv", b"Client,Company,Total\nJean Dupont,,9999\n");
    let of_two = file_of(&mut world, "contracts.csv", b"Client,Company,Total\nJean Dupont,Deux,9999\n");
    // Jean Dupont of Un becomes Client 1, and then the other one Client 2.
    for (kept, other) in [(3, 1), (4, 2)] {
        let find =
            |world: &World, id| storage::clients::find(&mut world.connection(), ClientId::new(id)).unwrap().unwrap();
        let (kept, other) = (find(&world, kept), find(&world, other));
        let (sales_contact, draft) = (kept.sales_contact_id, ClientDraft::from(&kept));
        let (kept, other) = ((kept.id, kept.version), (other.id, other.version));
        let merge = Merge { kept, other, sales_contact, draft };
        world.manage(&Request::Write(WriteRequest::MergeClients(Box::new(merge))));
        assert_ne!(preview(&mut world, &contracts).rows[0].finding, Finding::New);
        assert_eq!(preview(&mut world, &of_two).rows[0].finding, Finding::New);
    }
}

/// An address that somebody else has meanwhile keeps one record back when an import is taken back, and says which.
#[rstest]
fn a_taken_address_keeps_only_its_client_back(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let text = format!("{HEADINGS}Anna,Acme,a@example.com,+33 6 11 11 11 11\n{}", clients(1..2));
    let first = file_of(&mut world, "first.csv", text.as_bytes());
    import(&mut world, &first);
    let text = text.replace("a@example", "anna@example").replace("Company 1", "Firm 1");
    let mut second = file_of(&mut world, "second.csv", text.as_bytes());
    second.otherwise = Choice::Update;
    let done = import(&mut world, &second);
    let draft = ClientDraft { email: Some("a@example.com".to_owned()), ..client_draft("Somebody") };
    let owner = Some(world.sales.actor.id);
    world.manage(&Request::Write(WriteRequest::CreateClient { draft, sales_contact: owner }));
    let (restored, kept) = reverted(&mut world, &done);
    assert_eq!((restored, kept.len(), kept[0].name.as_str()), (1, 1, "Anna"));
}

/// What was paid of a contract comes back with the contract if its import was taken back, but not if somebody has
/// cancelled the payment for a reason.
#[rstest]
fn only_payments_that_were_taken_back_come_back(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    company(&mut world, &[]);
    let text = "Number,Client,Total,Paid,Signed,Archived\n600,Client 1,1000,400,2024-01-05,yes\n\
                601,Client 2,1000,400,2024-01-05,\n";
    let file = file_of(&mut world, "paid.csv", text.as_bytes());
    let done = import(&mut world, &file);
    assert_eq!(reverted(&mut world, &done).1, vec![]);
    assert_eq!(contract(&world, 600).due_cents, Cents(100_000));
    import(&mut world, &file);
    assert_eq!((contract(&world, 600).due_cents, contract(&world, 601).due_cents), (Cents(60_000), Cents(60_000)));
    // The cheque of the second bounces, and the contract is archived.
    let paid = storage::lookup::payments_of(&mut world.connection(), &[ContractId::new(601)]).unwrap();
    let paid: &Payment = paid.iter().find(|one| one.cancelled_at.is_none()).unwrap();
    let cancel = WriteRequest::CancelPayment { id: paid.id, version: paid.version, reason: "Bounced".to_owned() };
    world.manage(&Request::Write(cancel));
    let version = contract(&world, 601).version;
    world.manage(&Request::Write(WriteRequest::ArchiveContract { id: ContractId::new(601), version }));
    let seen = preview(&mut world, &file);
    assert_eq!(seen.counts, counts(0, 0, 1, 1, 0));
}

/// The record that is in use is meant, not an archived one like it, and without a start none of several.
#[rstest]
fn events_in_use_are_meant_and_none_of_several(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    company(&mut world, &[(100, 1, 1_000)]);
    let text = "Contract,Title,Starts\n100,Gala,2024-06-13 18:00\n";
    let gala = file_of(&mut world, "gala.csv", text.as_bytes());
    let done = import(&mut world, &gala);
    reverted(&mut world, &done);
    let other = file_of(&mut world, "other.csv", text.replace("Gala", "Other").as_bytes());
    import(&mut world, &other);
    let of = |world: &World| storage::lookup::events_of(&mut world.connection(), &[ContractId::new(100)]).unwrap();
    let event = of(&world).into_iter().find(|event| event.title == "Other").unwrap();
    let draft = EventDraft { title: "Gala".to_owned(), ..EventDraft::from(&event) };
    world.manage(&Request::Write(WriteRequest::UpdateEvent { id: event.id, version: event.version, draft }));
    assert_eq!(import(&mut world, &gala).counts, counts(0, 0, 1, 0, 0));
    let mut second = file_of(&mut world, "second.csv", text.replace("2024", "2025").as_bytes());
    second.otherwise = Choice::Create;
    import(&mut world, &second);
    let notes = file_of(&mut world, "notes.csv", b"Contract,Title,Notes\n100,Gala,Which one?\n");
    assert_eq!(preview(&mut world, &notes).counts, counts(0, 0, 0, 0, 1));
}

/// A cancelled payment counts nowhere, and its audit row has the amount; a contract has one audit row, however many of
/// its payments are in the file.
#[rstest]
fn cancelled_payments_are_history(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    company(&mut world, &[(100, 1, 1_000)]);
    let text = "Contract,Amount,Paid on,Cancelled\n100,-50,2024-02-14,yes\n100,1000,2024-02-13,\n100,70,2024-02-15,yes\n\
                100,-100,2024-02-16,\n";
    let file = file_of(&mut world, "payments.csv", text.as_bytes());
    let done = import(&mut world, &file);
    assert_eq!(done.counts, counts(4, 0, 0, 0, 0));
    assert_eq!(contract(&world, 100).due_cents, Cents(10_000));
    let rows = audit_log::table.filter(audit_log::operation_id.eq(&done.operation)).order(audit_log::id);
    let rows: Vec<(String, String)> =
        rows.select((audit_log::record_type, audit_log::changes)).load(&mut world.connection()).unwrap();
    let of = |kind: &str| rows.iter().filter(|(of, _)| of == kind).collect::<Vec<_>>();
    assert_eq!((of("payment").len(), of("contract").len()), (4, 1), "{rows:?}");
    assert!(of("payment").iter().all(|(_, changes)| changes.contains("amount_cents")), "{rows:?}");
    assert_eq!(import(&mut world, &file).counts, counts(0, 0, 4, 0, 0));
}

/// Somebody whose account a file brings back can sign in again, if the file says that they are active.
#[rstest]
fn an_account_is_reactivated_if_the_file_says_so(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let text = "Username,Full name,Role,Active\nnina,Nina Novak,sales,yes\n";
    let file = file_of(&mut world, "staff.csv", text.as_bytes());
    let done = import(&mut world, &file);
    assert_eq!(reverted(&mut world, &done), (1, vec![]));
    let silent = file_of(&mut world, "silent.csv", text.replace(",Active", "").replace(",yes", "").as_bytes());
    // She comes back with the import, but not after a manager has deactivated her.
    assert_eq!(import(&mut world, &silent).counts, counts(0, 1, 0, 0, 0));
    let everybody = storage::users::all(&mut world.connection()).unwrap();
    let nina = everybody.into_iter().find(|one| one.username == "nina").unwrap();
    assert!(nina.active);
    world.manage(&Request::Write(WriteRequest::DeactivateUser { id: nina.id, version: nina.version, heirs: None }));
    assert_eq!(import(&mut world, &silent).counts, counts(0, 0, 1, 0, 0));
    assert_eq!(import(&mut world, &file).counts, counts(0, 1, 0, 0, 0));
    assert_eq!(import(&mut world, &file).counts, counts(0, 0, 1, 0, 0));
}

/// A preview says that an archived event loses the support person who has left, also if it is done by then.
#[rstest]
fn an_event_that_comes_back_loses_who_has_left(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let records = world.records();
    world.manage(&Request::Write(WriteRequest::ArchiveEvent { id: records.event, version: records.event_version }));
    let leaver = storage::users::find(&mut world.connection(), world.support.actor.id).unwrap().unwrap();
    let leave = WriteRequest::DeactivateUser { id: leaver.id, version: leaver.version, heirs: None };
    world.manage(&Request::Write(leave));
    let event = storage::events::find(&mut world.connection(), records.event).unwrap().unwrap();
    let text = format!("Contract,Title,Status\n{},{},done\n", records.signed.0, event.title);
    let file = file_of(&mut world, "done.csv", text.as_bytes());
    let seen = preview(&mut world, &file);
    let Finding::Changed(told) = &seen.rows[0].finding else { panic!("{seen:?}") };
    assert!(told.of(Field::SupportId).is_some_and(|(_, now)| now.is_null()), "{told:?}");
    import(&mut world, &file);
    let event = storage::events::find(&mut world.connection(), records.event).unwrap().unwrap();
    assert_eq!((event.status, event.support_id), (Status::Done, None));
}

/// A row is no repetition of one that is refused.
#[rstest]
fn a_refused_row_is_not_repeated(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    company(&mut world, &[(100, 1, 100)]);
    let text = "Contract,Amount,Paid on\n100,200,2024-02-13\n100,200,2024-02-13\n";
    let file = file_of(&mut world, "payments.csv", text.as_bytes());
    assert_eq!(preview(&mut world, &file).counts, counts(0, 0, 0, 2, 0));
}
