//! A backup is complete and can be restored.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use epic_events::{
    domain::{
        clients::{ClientFilter, ClientRow, ClientSort},
        entity::Query,
        page::{Edge, Listing},
    },
    services::{ReadRequest, Reply, Request, Services, SessionRequest, WriteRequest, admin},
    storage::{Db, Target},
};
use secrecy::SecretString;

use crate::{
    common::{figure, later, rounds, services},
    support::{
        Engine,
        world::{PASSWORD, World, client_draft},
    },
};

fn names(world: &mut World) -> Vec<String> {
    let filter = ClientFilter::default();
    let all = Listing { filter, sort: ClientSort::Name, descending: false, edge: Edge::Start, limit: 200 };
    let manager = world.manager.clone();
    match world.ask(Some(&manager), &Request::Read(ReadRequest::List(Query::Client(all)))).unwrap() {
        Reply::Page(page) => page.of::<ClientRow>().rows.into_iter().map(|row| row.client.full_name).collect(),
        other => panic!("{other:?}"),
    }
}

/// Does `work` while another thread writes without a pause.
pub fn under_load<T>(world: &World, work: impl FnOnce() -> T) -> T {
    let stop = AtomicBool::new(false);
    let (db, manager, sales) = (&world.db, &world.manager, world.sales.actor.id);
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut services = services(db);
            let mut number = 0;
            while !stop.load(Ordering::Relaxed) {
                let draft = client_draft(&format!("Load {number:04}"));
                let request = Request::Write(WriteRequest::CreateClient { draft, sales_contact: Some(sales) });
                services.execute(Some(manager), &request, later(60)).unwrap();
                number += 1;
            }
        });
        let done = work();
        stop.store(true, Ordering::Relaxed);
        done
    })
}

#[test]
fn a_backup_made_under_load_is_complete_and_can_be_restored() {
    let rounds = rounds(2);
    for _ in 0..rounds {
        let mut world = World::new(Engine::Sqlite);
        world.records();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("backup of today's.db");
        let url = world.db.url.clone();
        under_load(&world, || admin::backup(&url, &file)).unwrap();
        let mode = std::os::unix::fs::MetadataExt::mode(&file.metadata().unwrap());
        assert_eq!(mode & 0o077, 0, "only its owner may read a backup");
        assert!(admin::backup(&world.db.url, &file).is_err(), "an existing file is not overwritten");
        // The copy works as a database of its own, with an intact audit log.
        let copy = format!("sqlite://{}", file.display());
        assert_eq!(admin::verify_audit(&copy, None).unwrap().fault, None);
        let in_backup = {
            let mut services = Services::new(Target::parse(&copy).unwrap(), "test".to_owned(), 4);
            let login = Request::Session(SessionRequest::SignIn {
                login: "manager".to_owned(),
                password: SecretString::from(PASSWORD),
            });
            services.execute(None, &login, later(7_200)).unwrap();
            epic_events::storage::audit::count(&mut Db::open(&Target::parse(&copy).unwrap()).unwrap()).unwrap()
        };
        assert!(in_backup > 0);
        let before = names(&mut world);
        world.client_of(world.sales.actor.id, "After the backup");
        // Services that were open before the restore go on with the restored data, once somebody signs in again.
        let kept = admin::restore(&world.db.url, &file, "test").unwrap().unwrap();
        assert!(kept.exists());
        world.manager = world.sign_in("manager", PASSWORD).unwrap();
        let after = names(&mut world);
        assert!(!after.contains(&"After the backup".to_owned()) && before.len() >= after.len());
        assert!(after.contains(&"Kevin Casey".to_owned()));
        assert_eq!(admin::verify_audit(&world.db.url, None).unwrap().fault, None);
        world.client_of(world.sales.actor.id, "A new one");
        let filter = ClientFilter { text: "a new".to_owned(), ..ClientFilter::default() };
        let sought = Listing { filter, sort: ClientSort::Name, descending: false, edge: Edge::Start, limit: 10 };
        let Reply::Page(page) = world.manage(&Request::Read(ReadRequest::List(Query::Client(sought)))) else {
            panic!("clients")
        };
        let page = page.of::<ClientRow>();
        assert_eq!(page.rows.len(), 1, "the word index is restored as well");
    }
    figure("15 backup and restore", Engine::Sqlite.name(), &format!("{rounds} of {rounds} under load, whole and back"));
}

#[test]
fn a_file_that_is_not_an_intact_backup_is_not_restored() {
    let mut world = World::new(Engine::Sqlite);
    world.client_of(world.sales.actor.id, "Kevin Casey");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("backup.db");
    std::fs::write(&file, "not a database at all").unwrap();
    assert!(admin::restore(&world.db.url, &file, "test").is_err());
    let whole = folder.path().join("whole.db");
    admin::backup(&world.db.url, &whole).unwrap();
    // Overwrite a page in the middle.
    let mut bytes = std::fs::read(&whole).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 6_000].fill(0xA5);
    let torn = folder.path().join("torn.db");
    std::fs::write(&torn, bytes).unwrap();
    assert!(admin::restore(&world.db.url, &torn, "test").is_err());
    assert_eq!(names(&mut world), ["Kevin Casey"]);
}
