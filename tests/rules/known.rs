//! Clients that may be entered twice: what a form is told before it is saved, and which clients the list of possible
//! duplicates shows.

use epic_events::{
    domain::{
        UserId,
        known::{Keys, Known, KnownClient, Shared},
        session::Session,
        settings::Visibility,
    },
    schema::clients,
};

use super::*;

fn client(name: &str, company: &str, phone: &str) -> ClientDraft {
    ClientDraft {
        full_name: name.to_owned(),
        company_name: company.to_owned(),
        phone: phone.to_owned(),
        ..ClientDraft::default()
    }
}

fn create(world: &mut World, draft: &ClientDraft, owner: UserId) -> ClientId {
    let request = WriteRequest::CreateClient { draft: draft.clone(), sales_contact: Some(owner) };
    ClientId::new(world.save(&Request::Write(request)).0)
}

fn known(world: &mut World, who: &Session, like: ClientDraft, except: Option<ClientId>) -> Vec<Known> {
    match world.ask(Some(who), &Request::Read(ReadRequest::KnownClients { like, except })).unwrap() {
        Reply::KnownClients(known) => known,
        other => panic!("{other:?}"),
    }
}

/// What is told of a client that may be seen, whoever sees it is not its sales contact.
fn told(id: ClientId, shared: &[Shared], (name, company): (&str, &str), archived: bool) -> Known {
    let sales_contact = Some("Person sales".to_owned());
    let (full_name, company_name) = (name.to_owned(), company.to_owned());
    let client = Some(KnownClient { id, full_name, company_name, sales_contact, archived });
    Known { shared: shared.to_vec(), client }
}

#[rstest]
fn a_form_is_told_who_is_known_by_address_number_or_name(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let (manager, owner) = (world.manager.clone(), world.sales.actor.id);
    let lou = ClientDraft {
        email: Some("Jacky@LouBouzin.grd".to_owned()),
        ..client("Lou Bouzin", "Lou Bouzin SA", "+33 6 12 34 56 78")
    };
    let id = create(&mut world, &lou, owner);
    let other = create(&mut world, &client("Somebody Else", "", "+44 20 7946 0000"), owner);
    let seen = |shared: &[Shared]| vec![told(id, shared, ("Lou Bouzin", "Lou Bouzin SA"), false)];
    // The number in any spelling.
    for phone in ["06 12 34 56 78", "0033612345678", "+33 (0)6.12.34.56.78", "33 6 12 34 56 78", "612345678"] {
        let like = client("", "", phone);
        assert_eq!(known(&mut world, &manager, like, None), seen(&[Shared::Phone]), "{phone}");
    }
    // The name with the company, folded; one of them alone is no sign.
    let person = |name, company| client(name, company, "");
    assert_eq!(known(&mut world, &manager, person(" LÔU  bouzin", "lou bouzin SA"), None), seen(&[Shared::Person]));
    for unlike in [person("Lou Bouzin", ""), person("Lou Bouzin", "Other Ltd"), person("", "Lou Bouzin SA")] {
        assert_eq!(known(&mut world, &manager, unlike, None), []);
    }
    // The address, in any case.
    let like = ClientDraft { email: Some("jacky@loubouzin.grd ".to_owned()), ..ClientDraft::default() };
    assert_eq!(known(&mut world, &manager, like, None), seen(&[Shared::Email]));
    // Who shares several things is told once; who edits a client is not told of that client.
    let all = [Shared::Person, Shared::Email, Shared::Phone];
    assert_eq!(known(&mut world, &manager, lou.clone(), None), seen(&all));
    assert_eq!(known(&mut world, &manager, lou.clone(), Some(other)), seen(&all));
    assert_eq!(known(&mut world, &manager, lou.clone(), Some(id)), []);
    // Nothing typed is like nobody, and a number that only fills the field is nobody's.
    assert_eq!(known(&mut world, &manager, ClientDraft::default(), None), []);
    create(&mut world, &client("First", "", "000 000 0000"), owner);
    assert_eq!(known(&mut world, &manager, client("", "", "0000000000"), None), []);
    // An archived client is known too; its own sales contact is told that it is theirs.
    world.save(&Request::Write(WriteRequest::ArchiveClient { id, version: 1 }));
    let archived = vec![told(id, &[Shared::Phone], ("Lou Bouzin", "Lou Bouzin SA"), true)];
    assert_eq!(known(&mut world, &manager, client("", "", "0612345678"), None), archived);
    let sales = world.sales.clone();
    let own = known(&mut world, &sales, client("", "", "0612345678"), None);
    assert_eq!(own[0].client.as_ref().unwrap().sales_contact, None);
}

/// Neither name nor number nor how many: only that a colleague has such a client, archived or not.
#[rstest]
fn under_the_restricted_setting_nothing_is_told_of_others_clients(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let owner = world.sales.actor.id;
    let draft = client("Kevin Casey", "Cool Startup LLC", "+678 123 456 78");
    let shown = create(&mut world, &draft, owner);
    let second = create(&mut world, &draft, owner);
    let archived = create(&mut world, &client("Old Friend", "", "01 02 03 04 05"), owner);
    world.save(&Request::Write(WriteRequest::ArchiveClient { id: archived, version: 1 }));
    let settings = storage::settings::load(&mut world.connection()).unwrap();
    let restricted = Settings { visibility: Visibility::Restricted, ..settings };
    world.manage(&Request::Write(WriteRequest::UpdateSettings(restricted.clone())));
    let (manager, sales, other) = (world.manager.clone(), world.sales.clone(), world.other_sales.clone());
    // Also while the session does not know yet that the setting has changed.
    let informed = Session { settings: storage::settings::load(&mut world.connection()).unwrap(), ..other.clone() };
    for session in [&other, &informed] {
        let hidden = |shared: &[Shared]| vec![Known { shared: shared.to_vec(), client: None }];
        let phone = client("", "", "12345678");
        assert_eq!(known(&mut world, session, phone, None), hidden(&[Shared::Phone]));
        assert_eq!(known(&mut world, session, draft.clone(), None), hidden(&[Shared::Person, Shared::Phone]));
        let old = client("", "", "+33 1 02 03 04 05");
        assert_eq!(known(&mut world, session, old, None), hidden(&[Shared::Phone]));
    }
    for session in [&manager, &sales] {
        let seen = known(&mut world, session, draft.clone(), None);
        let ids: Vec<ClientId> = seen.iter().filter_map(|known| Some(known.client.as_ref()?.id)).collect();
        assert_eq!(ids, [shown, second]);
    }
    // An own client is told, and the others only after it.
    let mine = create(&mut world, &client("Kevin Casey", "Cool Startup LLC", "+33 1 00 00 00 01"), other.actor.id);
    let seen = known(&mut world, &other, draft, None);
    assert_eq!(seen.len(), 2);
    assert_eq!(seen[0].client.as_ref().map(|client| client.id), Some(mine));
    assert_eq!(seen[1].client, None);
}

/// The twin keys as they are stored, by id.
pub fn stored(world: &World) -> Vec<(i64, Option<String>)> {
    use diesel::prelude::*;
    clients::table.select((clients::id, clients::twin_key)).order(clients::id).load(&mut world.connection()).unwrap()
}

/// The same, computed from names and numbers alone.
pub fn computed(world: &World) -> Vec<(i64, Option<String>)> {
    use diesel::prelude::*;
    type Row = (i64, String, String, String, Option<chrono::NaiveDateTime>);
    let columns = (clients::id, clients::full_name, clients::company_name, clients::phone, clients::archived_at);
    let rows: Vec<Row> = clients::table.select(columns).order(clients::id).load(&mut world.connection()).unwrap();
    let keys = |row: &Row| Keys::of(&row.1, &row.2, &row.3);
    let active: Vec<(i64, Keys)> = rows.iter().filter(|row| row.4.is_none()).map(|row| (row.0, keys(row))).collect();
    let twin = |row: &Row| {
        let own = keys(row);
        let others: Vec<&Keys> = active.iter().filter(|(id, _)| *id != row.0).map(|(_, keys)| keys).collect();
        let person = own.person.filter(|key| others.iter().any(|other| other.person.as_ref() == Some(key)));
        let phone = own.phone.filter(|key| others.iter().any(|other| other.phone.as_ref() == Some(key)));
        person.or(phone).filter(|_| row.4.is_none())
    };
    rows.iter().map(|row| (row.0, twin(row))).collect()
}

/// Random numbers that are the same in each run.
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }
}

pub fn random_client(dice: &mut Dice) -> ClientDraft {
    const NAMES: [&str; 3] = ["Lou Bouzin", "lou bouzin", "Kevin Casey"];
    const PHONES: [&str; 5] = ["+33 6 12 34 56 78", "0612345678", "+678 123 456 78", "01 02 03 04 05", "000000"];
    client(NAMES[dice.roll(3)], ["", "Cool Startup LLC"][dice.roll(2)], PHONES[dice.roll(5)])
}

/// Creating, editing, archiving and restoring in any order: the possible duplicates are those that a comparison of all
/// clients finds. `EPIC_EVENTS_ROUNDS` is how many histories are tried.
#[rstest]
fn twins_are_right_after_any_history(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    // So many histories share a company, since each step looks at all of its clients.
    const SHARED: u64 = 10;
    let mut world = World::new(engine);
    let histories = u64::try_from(support::rounds(3)).unwrap();
    for seed in 0..histories {
        if seed > 0 && seed.is_multiple_of(SHARED) {
            world = World::new(engine);
        }
        let owner = world.sales.actor.id;
        let (mut dice, mut known) = (Dice(seed), Vec::<(ClientId, i32, bool)>::new());
        for step in 0..25 {
            let draft = random_client(&mut dice);
            if known.len() < 3 || dice.roll(4) == 0 {
                known.push((create(&mut world, &draft, owner), 1, false));
            } else {
                let at = dice.roll(known.len());
                let (id, version, archived) = known[at];
                let (write, archives) = match (dice.roll(2), archived) {
                    (_, true) => (WriteRequest::RestoreClient { id, version }, false),
                    (0, false) => (WriteRequest::ArchiveClient { id, version }, true),
                    (_, false) => (WriteRequest::UpdateClient { id, version, draft }, false),
                };
                known[at] = (id, world.save(&Request::Write(write)).1, archives);
            }
            assert_eq!(stored(&world), computed(&world), "history {seed}, step {step}");
        }
    }
    println!("FIGURE 31 possible duplicates ({}): {histories} histories, exactly these found", engine.name());
}

/// Neither sees the other's client while it writes its own; afterwards both are possible duplicates.
#[rstest]
fn clients_that_are_created_at_the_same_time_find_each_other(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    const PEOPLE: usize = 4;
    let mut world = World::new(engine);
    let (session, now, target) = (world.sales.clone(), world.now(), Target::parse(&world.db.url).unwrap());
    for round in 0..5 {
        let draft = client("Kevin Casey", &format!("Company {round}"), &format!("+33 6 00 00 00 {:02}", round + 10));
        let together = std::sync::Barrier::new(PEOPLE);
        thread::scope(|scope| {
            for _ in 0..PEOPLE {
                scope.spawn(|| {
                    let mut services = Services::new(target.clone(), "test".to_owned(), 4);
                    services.connect().unwrap();
                    together.wait();
                    let request = WriteRequest::CreateClient { draft: draft.clone(), sales_contact: None };
                    services.execute(Some(&session), &Request::Write(request), now).unwrap();
                });
            }
        });
        assert_eq!(stored(&world), computed(&world), "round {round}");
    }
    // The same for two that are archived at the same time, which leave the others or nobody.
    let all: Vec<i64> = stored(&world).into_iter().map(|(id, _)| id).collect();
    let manager = world.manager.clone();
    for some in all.chunks(PEOPLE) {
        let together = std::sync::Barrier::new(PEOPLE - 1);
        thread::scope(|scope| {
            for id in &some[1..] {
                let (together, target, manager) = (&together, &target, &manager);
                scope.spawn(move || {
                    let mut services = Services::new(target.clone(), "test".to_owned(), 4);
                    services.connect().unwrap();
                    together.wait();
                    let request = WriteRequest::ArchiveClient { id: ClientId::new(*id), version: 1 };
                    services.execute(Some(manager), &Request::Write(request), now).unwrap();
                });
            }
        });
        assert_eq!(stored(&world), computed(&world));
    }
    assert!(stored(&world).iter().all(|(_, twin)| twin.is_none()));
}

/// Possible duplicates stand beside each other, from either end of the list and over the edges of pages; sales people
/// under the restricted setting see their own.
#[rstest]
fn possible_duplicates_stand_beside_each_other(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let owner = world.sales.actor.id;
    for number in 0..3 {
        for phone in ["+33 6 12 34 56 78", "0611111111", "0622222222"] {
            create(&mut world, &client(&format!("{phone} {number}"), "", phone), owner);
        }
        create(&mut world, &client(&format!("Single {number}"), "", &format!("061000000{number}")), owner);
    }
    let filter = ClientFilter { view: ClientView::Duplicates, ..ClientFilter::default() };
    let query = |edge| Query::Client(Listing { edge, ..listing(filter.clone(), ClientSort::Twins, 2) });
    let (mut edge, mut phones) = (Edge::Start, Vec::new());
    loop {
        let Reply::Page(page) = world.manage(&ReadRequest::List(query(edge)).into()) else { panic!("clients") };
        let page = page.of::<ClientRow>();
        phones.extend(page.rows.iter().map(|row| row.client.phone.clone()));
        let Some(last) = page.rows.last().filter(|_| page.after) else { break };
        edge = Edge::After(Cursor { key: last.key(ClientSort::Twins), id: last.id() });
    }
    assert_eq!(phones.len(), 9);
    phones.dedup();
    assert_eq!(phones.len(), 3, "{phones:?}");
    let settings = storage::settings::load(&mut world.connection()).unwrap();
    world.manage(&Request::Write(WriteRequest::UpdateSettings(Settings {
        visibility: Visibility::Restricted,
        ..settings
    })));
    for (who, count) in [(world.sales.clone(), 9), (world.other_sales.clone(), 0)] {
        let total = world.ask(Some(&who), &ReadRequest::List(query(Edge::Total)).into()).unwrap();
        assert!(matches!(total, Reply::Page(page) if page.total == Some(Count::Exactly(count))));
    }
}
