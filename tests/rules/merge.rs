//! Merging two clients: everything moves, and undoing it brings back every row as it was.

use epic_events::{
    domain::{ContractId, UserId, clients::Client, session::Session},
    services::{Merge, Unmerge},
};

use super::{
    known::{Dice, random_client},
    *,
};

/// All rows that a merge may touch, without their versions and the times of their last changes.
fn rows(world: &World) -> Vec<String> {
    use diesel::prelude::*;
    use epic_events::schema::{clients as c, contracts as k, events as e, instalments as i, payments as p};
    type Time = chrono::NaiveDateTime;
    type Text = Option<String>;
    let db = &mut world.connection();
    let mut rows = Vec::new();
    macro_rules! all {
        ($table:ident: ($($column:ident),*) as $row:ty) => {{
            let found: Vec<$row> = $table::table.select(($($table::$column),*)).order($table::id).load(db).unwrap();
            rows.extend(found.iter().map(|row| format!("{} {row:?}", stringify!($table))));
        }};
    }
    all!(c: (id, full_name, company_name, email, email_key, phone, sales_contact_id, last_contact_at, notes)
        as (i64, String, String, Text, Text, String, i64, Option<chrono::NaiveDate>, String));
    all!(c: (id, name_key, company_key, sales_key, search, phone_key, person_key, twin_key, merged_into_id, archived_at)
        as (i64, String, String, String, String, Text, Text, Text, Option<i64>, Option<Time>));
    all!(k: (id, client_id, total_cents, due_cents, signed_at, notes, next_due_on, archived_at, created_at)
        as (i64, i64, i64, i64, Option<Time>, String, Option<chrono::NaiveDate>, Option<Time>, Time));
    all!(k: (id, client_key, company_key, sales_key, search) as (i64, String, String, String, String));
    all!(e: (id, contract_id, title, client_key, client_search, support_key, archived_at)
        as (i64, i64, String, String, String, Text, Option<Time>));
    all!(p: (id, contract_id, amount_cents, client_key, client_search, cancelled_at)
        as (i64, i64, i64, String, String, Option<Time>));
    all!(i: (id, contract_id, amount_cents, open_cents, open_on) as (i64, i64, i64, i64, Option<chrono::NaiveDate>));
    rows
}

fn stored(world: &World, id: ClientId) -> Client {
    storage::clients::find(&mut world.connection(), id).unwrap().unwrap()
}

/// Merges the second into the first, which stays as it is.
fn merge(world: &World, kept: ClientId, other: ClientId) -> Request {
    let (kept, other) = (stored(world, kept), stored(world, other));
    Request::Write(WriteRequest::MergeClients(Box::new(Merge {
        kept: (kept.id, kept.version),
        other: (other.id, other.version),
        sales_contact: kept.sales_contact_id,
        draft: ClientDraft::from(&kept),
    })))
}

/// The last audit rows, oldest first.
fn logged(world: &World, before: usize) -> Vec<String> {
    world.audit()[before..].to_vec()
}

#[rstest]
fn everything_of_the_other_client_moves_and_comes_back(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let one = world.records();
    let owner = world.other_sales.actor.id;
    let kept = world.client_of(owner, "Casey, Kevin");
    let before = rows(&world);
    let log = world.audit().len();
    let other = stored(&world, one.client);
    // What stays has the address and the number of the other one, which gives up its address.
    let draft = ClientDraft { email: other.email.clone(), phone: "06 12 34 56 78".to_owned(), ..client_draft("Kevin") };
    let Request::Write(WriteRequest::MergeClients(merging)) = merge(&world, kept, one.client) else { panic!() };
    let merging = Merge { draft, sales_contact: world.sales.actor.id, ..*merging };
    let done = world.manage(&Request::Write(WriteRequest::MergeClients(Box::new(merging))));
    let moved = ["client.merged", "client.merged", "contract.moved", "contract.moved"];
    assert_eq!(logged(&world, log), moved);
    let (after, gone) = (stored(&world, kept), stored(&world, one.client));
    assert_eq!(
        (after.full_name.as_str(), after.email, after.sales_contact_id),
        ("Kevin", other.email, other.sales_contact_id)
    );
    assert!(gone.archived_at.is_some());
    assert_eq!(gone.merged_into_id, Some(kept));
    let Reply::Client(detail) = world.manage(&ReadRequest::ViewClient(kept).into()) else { panic!() };
    assert_eq!((detail.contracts.rows.len(), detail.events.rows.len()), (2, 1));
    assert!(detail.contracts.rows.iter().all(|row| row.client == "Kevin"));
    // The list sorted by client and the search know the new name.
    let filter = EventFilter { text: "kevin 0612345678".to_owned(), ..EventFilter::default() };
    let events = Request::Read(ReadRequest::List(Query::Event(listing(filter, EventSort::Client, 10))));
    assert!(matches!(world.manage(&events), Reply::Page(page) if page.rows.len() == 1));
    // A list that names the merged client, such as a saved view, is that of the one that stays.
    let filter = ContractFilter { client: Some(one.client), ..ContractFilter::default() };
    let contracts = Request::Read(ReadRequest::List(Query::Contract(listing(filter, ContractSort::Created, 10))));
    assert!(matches!(world.manage(&contracts), Reply::Page(page) if page.rows.len() == 2));
    let Reply::Client(detail) = world.manage(&ReadRequest::ViewClient(one.client).into()) else { panic!() };
    assert_eq!(detail.merged_into.map(|row| row.client.id), Some(kept));
    let log = world.audit().len();
    world.manage(&done.undo().expect("offered"));
    assert_eq!(logged(&world, log), ["client.merge_undone", "client.merge_undone", "contract.moved", "contract.moved"]);
    assert_eq!(rows(&world), before);
}

#[rstest]
fn a_merge_is_undone_only_while_nothing_of_it_has_changed(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    for changed in 0..3 {
        let mut world = World::new(engine);
        let one = world.records();
        let kept = world.client_of(world.sales.actor.id, "Casey, Kevin");
        let undo = world.manage(&merge(&world, kept, one.client)).undo().unwrap();
        let manager = world.manager.clone();
        let reason = match changed {
            0 => {
                let version = stored(&world, kept).version;
                let draft = client_draft("Somebody");
                world.save(&Request::Write(WriteRequest::UpdateClient { id: kept, version, draft }));
                Reason::ClientChangedSince("Somebody".to_owned())
            }
            1 => {
                let draft = support::world::contract_draft(200_000);
                let edit = WriteRequest::UpdateContract { id: one.signed, version: 3, draft, difference: None };
                world.save(&Request::Write(edit));
                Reason::ContractChangedSince(one.signed.0)
            }
            _ => {
                // Somebody else got the address meanwhile.
                let email = Some("c1@example.org".to_owned());
                let draft = ClientDraft { email, ..client_draft("Third") };
                let sales_contact = Some(world.sales.actor.id);
                world.save(&Request::Write(WriteRequest::CreateClient { draft, sales_contact }));
                let (before, answer) = (rows(&world), world.ask(Some(&manager), &undo));
                assert_eq!(invalid(answer, Field::Email), Problem::Taken);
                assert_eq!(rows(&world), before);
                continue;
            }
        };
        let before = rows(&world);
        assert_eq!(denied(world.ask(Some(&manager), &undo)), reason);
        assert_eq!(rows(&world), before);
    }
}

/// The undo of the merge that has archived this client, as its details read it.
fn later(world: &mut World, other: ClientId) -> Unmerge {
    let Reply::UndoOfMerge(undo) = world.manage(&ReadRequest::UndoOfMerge(other).into()) else { panic!() };
    *undo
}

/// Whatever else was done meanwhile, in whatever session, a merge can be undone while nothing of it has changed.
#[rstest]
fn a_merge_is_undone_later_from_what_the_audit_log_knows(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let one = world.records();
    let (owner, manager) = (world.sales.actor.id, world.manager.clone());
    let [kept, third] = ["Casey, Kevin", "Third"].map(|name| world.client_of(owner, name));
    let before = rows(&world);
    let Request::Write(WriteRequest::MergeClients(merging)) = merge(&world, kept, one.client) else { panic!() };
    let last_contact_at = chrono::NaiveDate::from_ymd_opt(2026, 3, 29);
    let draft = ClientDraft { notes: "Both".to_owned(), last_contact_at, ..client_draft("Kevin") };
    let sales_contact = world.other_sales.actor.id;
    world.manage(&Request::Write(WriteRequest::MergeClients(Box::new(Merge { draft, sales_contact, ..*merging }))));
    // A client that was not merged has nothing to undo.
    for id in [kept, third] {
        assert_eq!(world.ask(Some(&manager), &ReadRequest::UndoOfMerge(id).into()).unwrap_err(), Error::NotFound);
    }
    let version = stored(&world, third).version;
    let as_before = ClientDraft::from(&stored(&world, third));
    let other = ClientDraft { full_name: "Fourth".to_owned(), ..as_before.clone() };
    for (version, draft) in [(version, other), (version + 1, as_before)] {
        world.manage(&Request::Write(WriteRequest::UpdateClient { id: third, version, draft }));
    }
    let undo = later(&mut world, one.client);
    world.manage(&Request::Write(WriteRequest::UndoMerge(Box::new(undo.clone()))));
    assert_eq!(rows(&world), before);
    // It was undone; nothing is undone twice.
    assert_eq!(world.ask(Some(&manager), &ReadRequest::UndoOfMerge(one.client).into()).unwrap_err(), Error::NotFound);
    let again = world.ask(Some(&manager), &Request::Write(WriteRequest::UndoMerge(Box::new(undo))));
    assert!(matches!(denied(again), Reason::ClientChangedSince(_)));
}

#[rstest]
fn a_merge_of_which_something_has_changed_is_not_undone_later(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let one = world.records();
    let (owner, manager) = (world.sales.actor.id, world.manager.clone());
    let kept = world.client_of(owner, "Casey, Kevin");
    world.manage(&merge(&world, kept, one.client));
    let undo = later(&mut world, one.client);
    let draft = support::world::contract_draft(200_000);
    let edit = WriteRequest::UpdateContract { id: one.signed, version: 3, draft, difference: None };
    world.save(&Request::Write(edit));
    let asked = ReadRequest::UndoOfMerge(one.client).into();
    assert_eq!(denied(world.ask(Some(&manager), &asked)), Reason::ContractChangedSince(one.signed.0));
    let version = stored(&world, kept).version;
    world.save(&Request::Write(WriteRequest::UpdateClient { id: kept, version, draft: client_draft("Somebody") }));
    assert_eq!(denied(world.ask(Some(&manager), &asked)), Reason::ClientChangedSince("Somebody".to_owned()));
    // What was read before the change is refused as well.
    let before = rows(&world);
    denied(world.ask(Some(&manager), &Request::Write(WriteRequest::UndoMerge(Box::new(undo)))));
    assert_eq!(rows(&world), before);
}

#[rstest]
fn a_merged_client_is_neither_restored_nor_changed_nor_merged_again(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let owner = world.sales.actor.id;
    let [kept, gone, third] = ["One", "Two", "Three"].map(|name| world.client_of(owner, name));
    world.manage(&merge(&world, kept, gone));
    let manager = world.manager.clone();
    let version = stored(&world, gone).version;
    for request in [
        Request::Write(WriteRequest::RestoreClient { id: gone, version }),
        Request::Write(WriteRequest::UpdateClient { id: gone, version, draft: client_draft("Two") }),
        new_contract(gone, 100, 100),
        merge(&world, gone, third),
        merge(&world, third, gone),
    ] {
        let before = world.state();
        assert_eq!(denied(world.ask(Some(&manager), &request)), Reason::Merged, "{request:?}");
        assert_eq!(world.state(), before);
    }
    assert_eq!(world.ask(Some(&manager), &merge(&world, kept, kept)).unwrap_err(), Error::NotFound);
    // Whoever has seen an older version of either is told.
    for (first, second) in [(1, 0), (0, 1)] {
        let Request::Write(WriteRequest::MergeClients(seen)) = merge(&world, kept, third) else { panic!() };
        let stale = Merge { kept: (kept, seen.kept.1 - first), other: (third, seen.other.1 - second), ..*seen };
        let answer = world.ask(Some(&manager), &Request::Write(WriteRequest::MergeClients(Box::new(stale))));
        assert!(matches!(answer, Err(Error::Conflict(_))), "{answer:?}");
    }
    // What one was merged into may be merged itself; lists of the first lead to the last.
    let contract = ContractId::new(world.save(&new_contract(kept, 100, 100)).0);
    world.manage(&merge(&world, third, kept));
    let filter = ContractFilter { client: Some(gone), ..ContractFilter::default() };
    let list = Request::Read(ReadRequest::List(Query::Contract(listing(filter, ContractSort::Created, 10))));
    let Reply::Page(page) = world.manage(&list) else { panic!() };
    assert_eq!(page.of::<ContractRow>().rows[0].contract.id, contract);
}

/// Of two managers who merge the same clients the other way round at the same time, one does it, and the other is told.
#[rstest]
fn of_two_opposite_merges_one_is_done(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let (manager, owner) = (world.manager.clone(), world.sales.actor.id);
    let (now, target) = (world.now(), Target::parse(&world.db.url).unwrap());
    for _ in 0..3 {
        let [one, other] = ["One", "Other"].map(|name| world.client_of(owner, name));
        let together = std::sync::Barrier::new(2);
        let answers: Vec<Result<Reply, Error>> = thread::scope(|scope| {
            let both = [merge(&world, one, other), merge(&world, other, one)].map(|request| {
                let (together, target, manager): (_, _, &Session) = (&together, &target, &manager);
                scope.spawn(move || {
                    let mut services = Services::new(target.clone(), "test".to_owned(), 4);
                    services.connect().unwrap();
                    together.wait();
                    services.execute(Some(manager), &request, now)
                })
            });
            both.map(|one| one.join().unwrap()).into()
        });
        let (done, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
        assert_eq!(done.len(), 1, "{refused:?}");
        assert!(matches!(refused[0], Err(Error::Denied(Reason::Merged) | Error::Conflict(_))), "{refused:?}");
        let into = [one, other].map(|id| stored(&world, id).merged_into_id);
        assert!(into == [None, Some(one)] || into == [Some(other), None], "{into:?}");
    }
}

/// Random pairs with random contracts and random values that stay. `EPIC_EVENTS_ROUNDS` is how many are merged.
#[rstest]
fn undoing_a_merge_brings_back_every_row(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let pairs = support::rounds(6);
    let (mut dice, owners) = (Dice(7), [world.sales.actor.id, world.other_sales.actor.id]);
    let mut all = Vec::new();
    for number in 0..6 {
        let owner: UserId = owners[dice.roll(2)];
        let email = (dice.roll(2) == 0).then(|| format!("random{number}@example.org"));
        let draft = ClientDraft { email, ..random_client(&mut dice) };
        let create = WriteRequest::CreateClient { draft, sales_contact: Some(owner) };
        let id = ClientId::new(world.save(&Request::Write(create)).0);
        for _ in 0..dice.roll(3) {
            let contract = world.signed_contract(id);
            let draft = event_draft("Something", 10);
            world.save(&Request::Write(WriteRequest::CreateEvent { contract, draft }));
        }
        all.push(id);
    }
    for _ in 0..pairs {
        let kept = dice.roll(all.len());
        let other = (kept + 1 + dice.roll(all.len() - 1)) % all.len();
        let (kept, other) = (all[kept], all[other]);
        let before = rows(&world);
        let Request::Write(WriteRequest::MergeClients(merging)) = merge(&world, kept, other) else { panic!() };
        let email = [stored(&world, kept).email, stored(&world, other).email, None][dice.roll(3)].clone();
        let draft = ClientDraft { email, ..random_client(&mut dice) };
        let merging = Merge { draft, sales_contact: owners[dice.roll(2)], ..*merging };
        let done = world.manage(&Request::Write(WriteRequest::MergeClients(Box::new(merging))));
        assert_eq!(super::known::stored(&world), super::known::computed(&world), "{kept:?} {other:?}");
        // What is read from the audit log undoes the same.
        let undo = done.undo().unwrap();
        let later = later(&mut world, other);
        assert_eq!(format!("{undo:?}"), format!("{:?}", Request::Write(WriteRequest::UndoMerge(Box::new(later)))));
        world.manage(&undo);
        assert_eq!(rows(&world), before, "{kept:?} {other:?}");
    }
    println!("FIGURE 31 undone merges ({}): {pairs}, every row as before", engine.name());
}
