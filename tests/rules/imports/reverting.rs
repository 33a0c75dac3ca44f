//! Taking an import back.

use diesel::prelude::*;
use epic_events::{
    domain::{
        contracts::{Contract, ContractDraft},
        imports::Kept,
    },
    schema::{audit_log, clients},
};

use super::*;

/// Name, company, and whether it is archived.
type Row = (String, String, bool);

fn stored(world: &World) -> Vec<Row> {
    let rows = clients::table.order(clients::id).select((
        clients::full_name,
        clients::company_name,
        clients::archived_at.is_not_null(),
    ));
    rows.load(&mut world.connection()).unwrap()
}

fn found(world: &World, number: i64) -> Contract {
    storage::contracts::find(&mut world.connection(), ContractId::new(number)).unwrap().unwrap()
}

pub(super) fn reverted(world: &mut World, import: &Import) -> (usize, Vec<Kept>) {
    match world.manage(&ImportRequest::revert(import).into()) {
        Reply::Reverted { restored, kept, .. } => (restored, kept),
        other => panic!("{other:?}"),
    }
}

/// What the import created is archived, what it changed is as before, and the eleven records that were edited since
/// stay and are named.
#[rstest]
fn reverting_restores_every_record_that_nobody_has_touched_since(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let first = file_of(&mut world, "first.csv", format!("{HEADINGS}{}", clients(0..100)).as_bytes());
    import(&mut world, &first);
    let before = stored(&world);
    let text = format!("{HEADINGS}{}{}", clients(0..100).replace("Company", "Firm"), clients(200..250));
    let second = file_of(&mut world, "second.csv", text.as_bytes());
    let done = import(&mut world, &second);
    assert_eq!(done.counts, counts(50, 100, 0, 0, 0));
    // Eleven of them are edited: nine that were changed, and two that are new.
    let ids: Vec<ClientId> =
        clients::table.order(clients::id).select(clients::id).load(&mut world.connection()).unwrap();
    let edited: Vec<usize> = (0..9).chain([110, 120]).collect();
    let mut names = Vec::new();
    for at in edited.iter().copied() {
        let client = storage::clients::find(&mut world.connection(), ids[at]).unwrap().unwrap();
        let draft = ClientDraft { notes: "Called".to_owned(), ..ClientDraft::from(&client) };
        world.manage(&Request::Write(WriteRequest::UpdateClient { id: client.id, version: client.version, draft }));
        names.push(client.full_name);
    }
    let (restored, mut kept) = reverted(&mut world, &done);
    assert_eq!((restored, kept.len()), (139, 11));
    kept.sort_by(|one, other| one.name.cmp(&other.name));
    names.sort();
    assert_eq!(kept.iter().map(|kept| kept.name.clone()).collect::<Vec<_>>(), names);
    assert!(kept.iter().all(|kept| kept.by == world.manager.actor.full_name), "{kept:?}");
    for (at, (name, company, archived)) in stored(&world).into_iter().enumerate() {
        let was = before.get(at).cloned().unwrap_or((name.clone(), company.clone(), true));
        let touched = edited.contains(&at);
        let expected =
            if touched { company.starts_with("Firm") || at >= 100 } else { (name, company, archived) == was };
        assert!(expected, "{at}");
    }
    assert_eq!(world.audit().last().unwrap(), "import.reverted");
    // The log names the file and has the counts beside it, for every language.
    let about = audit_log::table.filter(audit_log::record_type.eq("import")).order(audit_log::id);
    let about: Vec<(String, String)> =
        about.select((audit_log::record_name, audit_log::changes)).load(&mut world.connection()).unwrap();
    let about: Vec<(&str, &str)> = about.iter().map(|(name, counts)| (name.as_str(), counts.as_str())).collect();
    assert_eq!(
        about,
        [
            ("first.csv", r#"{"outcome":[null,{"created":100}]}"#),
            ("second.csv", r#"{"outcome":[null,{"changed":100,"created":50}]}"#),
            ("second.csv", r#"{"outcome":[null,{"kept":11,"removed":48,"restored":91}]}"#),
        ]
    );
    assert_eq!(storage::chain::verify(&mut world.connection(), None).unwrap().fault, None);
    // Once only.
    let manager = world.manager.clone();
    let again = ImportRequest::revert(&Import { version: done.version + 1, ..done.clone() });
    assert_eq!(denied(world.ask(Some(&manager), &again.into())), Reason::AlreadyReverted);
    // The file can be imported again.
    let again = preview(&mut world, &second).counts;
    assert_eq!((again.refused, again.suspected, again.created), (0, 0, 0), "{again:?}");
}

/// Taking an import back says how far it is. Stopped, it has changed nothing, and it can be taken back later.
#[rstest]
fn reverting_can_be_stopped(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let file = file_of(&mut world, "first.csv", format!("{HEADINGS}{}", clients(0..30)).as_bytes());
    let done = import(&mut world, &file);
    let before = world.state();
    let (manager, log) = (world.manager.clone(), world.audit());
    let revert = ImportRequest::revert(&done);
    let progress = revert.progress().unwrap();
    assert_eq!((progress.done(), progress.total()), (0, 30));
    progress.stop();
    assert_eq!(world.ask(Some(&manager), &revert.clone().into()).unwrap_err(), Error::Stopped);
    assert!(world.state() == before && world.audit() == log);
    let again = revert.again();
    assert!(matches!(world.manage(&again.clone().into()), Reply::Reverted { restored: 30, .. }));
    let progress = again.progress().unwrap();
    assert_eq!((progress.done(), progress.total()), (30, 30));
}

/// Contracts, their payments and events of an import go in the order in which they need each other; a client that has
/// got a contract since stays.
#[rstest]
fn reverting_leaves_what_others_need(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let text = format!("{HEADINGS}{}", clients(1..3));
    let first = file_of(&mut world, "clients.csv", text.as_bytes());
    let of_clients = import(&mut world, &first);
    let text = "Number,Client,Total,Due,Signed\n500,Client 1,1000,400,2026-01-05\n";
    let contracts = file_of(&mut world, "contracts.csv", text.as_bytes());
    let of_contracts = import(&mut world, &contracts);
    let (restored, kept) = reverted(&mut world, &of_clients);
    assert_eq!((restored, kept), (1, vec![Kept { name: "Client 1".to_owned(), by: String::new() }]));
    // The contract, with the payment for what was paid before.
    let (restored, kept) = reverted(&mut world, &of_contracts);
    assert_eq!((restored, kept), (1, vec![]));
    let contract = storage::contracts::find(&mut world.connection(), ContractId::new(500)).unwrap().unwrap();
    assert_eq!((contract.due_cents, contract.archived_at.is_some()), (Cents(100_000), true));
}

/// A contract on which money was recorded since stays, and payments are taken back without a word about contracts that
/// nobody has changed.
#[rstest]
fn reverting_knows_whose_money_was_recorded(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let first = file_of(&mut world, "clients.csv", format!("{HEADINGS}{}", clients(1..3)).as_bytes());
    import(&mut world, &first);
    let contracts =
        file_of(&mut world, "contracts.csv", b"Number,Client,Total\n500,Client 1,1000\n501,Client 2,1000\n");
    let of_contracts = import(&mut world, &contracts);
    let text = b"Contract,Amount,Paid on\n500,100,2026-01-05\n501,100,2026-01-05\n";
    let payments = file_of(&mut world, "payments.csv", text);
    let of_payments = import(&mut world, &payments);
    assert_eq!(reverted(&mut world, &of_payments), (2, vec![]));
    world.manage(&support::world::pay(ContractId::new(500), 5_000));
    let (restored, kept) = reverted(&mut world, &of_contracts);
    // The payments of the other one were recorded and taken back since.
    assert_eq!((restored, kept.len()), (1, 1), "{kept:?}");
    let contract = storage::contracts::find(&mut world.connection(), ContractId::new(500)).unwrap().unwrap();
    assert_eq!(contract.archived_at, None);
}

/// What was paid before stays with a contract that stays, whether others need it or somebody has changed it.
#[rstest]
fn a_contract_that_stays_keeps_what_was_paid(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let text = format!("{HEADINGS}{}", clients(1..3));
    let file = file_of(&mut world, "clients.csv", text.as_bytes());
    import(&mut world, &file);
    let text = b"Number,Client,Total,Due,Signed\n500,Client 1,1000,400,2026-01-05\n501,Client 2,1000,400,\n";
    let contracts = file_of(&mut world, "contracts.csv", text);
    let done = import(&mut world, &contracts);
    let events = file_of(&mut world, "events.csv", b"Contract,Title,Starts\n500,Gala,2027-06-13 18:00\n");
    let of_events = import(&mut world, &events);
    let changed = found(&world, 501);
    let draft = ContractDraft { notes: "Called".to_owned(), ..ContractDraft::from(&changed) };
    let (id, version) = (changed.id, changed.version);
    world.manage(&Request::Write(WriteRequest::UpdateContract { id, version, draft, difference: None }));
    let (before, log) = (records(&world), world.audit());
    let (restored, kept) = reverted(&mut world, &done);
    assert_eq!((restored, kept.len()), (0, 2), "{kept:?}");
    assert!(records(&world) == before && world.audit() == log);
    // Nothing was taken back, so it can be tried again.
    assert_eq!(reverted(&mut world, &of_events), (1, vec![]));
    let (restored, kept) = reverted(&mut world, &done);
    assert_eq!((restored, kept.len()), (1, 1), "{kept:?}");
    assert_eq!((found(&world, 500).due_cents, found(&world, 501).due_cents), (Cents(100_000), Cents(40_000)));
}

/// Somebody whom an import has made active again is not active any more.
#[rstest]
fn reverting_deactivates_whom_it_had_reactivated(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let of = |world: &World| storage::users::find(&mut world.connection(), world.support.actor.id).unwrap().unwrap();
    let support = of(&world);
    world.manage(&Request::Write(WriteRequest::DeactivateUser {
        id: support.id,
        version: support.version,
        heirs: None,
    }));
    let text = format!("Username,Full name,Role,Active\n{},Somebody,support,yes\n", support.username);
    let file = file_of(&mut world, "staff.csv", text.as_bytes());
    let done = import(&mut world, &file);
    assert!(of(&world).active);
    assert_eq!(reverted(&mut world, &done), (1, vec![]));
    assert_eq!((of(&world).active, of(&world).full_name), (false, support.full_name));
}

/// Imports that were made one upon the other are taken back in the opposite order.
#[rstest]
fn imports_are_taken_back_one_after_the_other(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let text = format!("{HEADINGS}{}", clients(1..3));
    let first = file_of(&mut world, "first.csv", text.as_bytes());
    let first = import(&mut world, &first);
    let second = file_of(&mut world, "second.csv", text.replace("Company", "Firm").as_bytes());
    let second = import(&mut world, &second);
    // As long as the second one is there, the first one stays, and can be tried again.
    assert_eq!(reverted(&mut world, &first).1.len(), 2);
    assert_eq!(reverted(&mut world, &second), (2, vec![]));
    assert_eq!(reverted(&mut world, &first), (2, vec![]));
    assert!(stored(&world).iter().all(|(_, company, archived)| *archived && company.starts_with("Company")));
}

/// A record that can be put back only in part stays as it is.
#[rstest]
fn reverting_takes_a_record_back_as_a_whole(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let text = |company: &str, owner: &str| {
        format!(
            "Full name,Company,E-mail,Phone,Sales contact\nClient 1,{company},c1@example.com,+33 1 00 00 00,{owner}\n"
        )
    };
    let first = file_of(&mut world, "first.csv", text("Company", "other.sales").as_bytes());
    import(&mut world, &first);
    let second = file_of(&mut world, "second.csv", text("Firm", "sales").as_bytes());
    let done = import(&mut world, &second);
    // Whoever had the client before has left.
    let leaver = storage::users::find(&mut world.connection(), world.other_sales.actor.id).unwrap().unwrap();
    let leave = WriteRequest::DeactivateUser { id: leaver.id, version: leaver.version, heirs: None };
    world.manage(&Request::Write(leave));
    let before = records(&world);
    let (restored, kept) = reverted(&mut world, &done);
    assert_eq!((restored, kept.len()), (0, 1));
    assert!(records(&world) == before);
}
