//! After a restore nobody goes on as before: sessions end, and forms that were open overwrite nothing.

use std::{
    fs,
    path::{Path, PathBuf},
};

use diesel::{connection::SimpleConnection, prelude::*};
use epic_events::{
    domain::{ClientId, Error, error::SignedOutBecause, settings::Settings},
    schema::clients,
    services::{ReadRequest, Request, SessionRequest, WriteRequest, admin},
    storage,
};
use secrecy::SecretString;

use crate::support::{
    Engine,
    world::{PASSWORD, World, client_draft},
};

/// A backup of this company, in this folder.
fn backup_of(world: &World, folder: &Path) -> PathBuf {
    let file = folder.join(format!("{}.db", fs::read_dir(folder).unwrap().count()));
    admin::backup(&world.db.url, &file).unwrap();
    file
}

/// A backup of another company, whose accounts and records have the same ids as those of a new world.
fn backup_of_another_company(folder: &Path) -> PathBuf {
    let mut other = World::new(Engine::Sqlite);
    other.pass_days(3);
    other.records();
    backup_of(&other, folder)
}

#[test]
fn a_restore_signs_everybody_out() {
    let folder = tempfile::tempdir().unwrap();
    let mut world = World::new(Engine::Sqlite);
    let set = |world: &World, sql: &str| world.connection().batch_execute(&format!("UPDATE users SET {sql}")).unwrap();
    set(&world, "auth_epoch = 3 WHERE username = 'sales'");
    let older = backup_of(&world, folder.path());
    set(&world, "auth_epoch = 7 - id");
    for (what, file) in [
        ("the same company", backup_of(&world, folder.path())),
        ("an older backup, with higher and lower epochs", older),
        ("another company", backup_of_another_company(folder.path())),
    ] {
        let people = ["manager", "sales", "other.sales", "support", "other.support"];
        let sessions = people.map(|login| world.sign_in(login, PASSWORD).unwrap());
        admin::restore(&world.db.url, &file, "test").unwrap();
        for session in &sessions {
            for request in [
                Request::Session(SessionRequest::Heartbeat),
                Request::Session(SessionRequest::Confirm { password: SecretString::from(PASSWORD) }),
                Request::Read(ReadRequest::Settings),
                Request::Write(WriteRequest::CreateClient { draft: client_draft("Nobody's"), sales_contact: None }),
            ] {
                let answer = world.ask(Some(session), &request);
                let ended = matches!(answer, Err(Error::SignedOut(SignedOutBecause::AccountChanged)));
                assert!(ended, "{what}, {}, {request:?}: {answer:?}", session.actor.username);
            }
        }
        let again = world.sign_in("sales", PASSWORD).unwrap();
        assert!(world.ask(Some(&again), &Request::Read(ReadRequest::Settings)).is_ok(), "{what}");
    }
}

fn settings(world: &World) -> Settings {
    storage::settings::load(&mut world.connection()).unwrap()
}

/// What forms send that showed the client and the settings in these versions.
fn forms(id: ClientId, version: i32, seen: &Settings, name: &str) -> [Request; 2] {
    let update = WriteRequest::UpdateClient { id, version, draft: client_draft(name) };
    let settings = Settings { company_name: name.to_owned(), ..seen.clone() };
    [Request::Write(update), Request::Write(WriteRequest::UpdateSettings(settings))]
}

/// A form shows a version of a record, or a record, that is no longer there after the restore. Nothing that is saved
/// afterwards gets the same version or the same id.
#[test]
fn a_form_that_was_open_during_a_restore_overwrites_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut world = World::new(Engine::Sqlite);
    let (client, older) = (world.records().client, backup_of(&world, folder.path()));
    for file in [older.clone(), older, backup_of_another_company(folder.path())] {
        let version = clients::table.find(client).select(clients::version).first(&mut world.connection()).unwrap();
        for request in forms(client, version, &settings(&world), "Saved after the backup") {
            world.manage(&request);
        }
        let added = world.client_of(world.sales.actor.id, "Added after the backup");
        let (before, company) = (world.state(), settings(&world));
        let open = forms(client, version + 1, &company, "Too late");
        admin::restore(&world.db.url, &file, "test").unwrap();

        for (table, id, version, at) in world.state() {
            let old = before.iter().find(|(of, old, ..)| (*of, *old) == (table, id));
            let goes_on = old.is_none_or(|(.., old, seen)| version > *old || (version, at) == (*old, *seen));
            assert!(goes_on, "{table} {id} has version {version} of {at} after {old:?}");
        }
        assert!(settings(&world).version > company.version);
        world.manager = world.sign_in("manager", PASSWORD).unwrap();
        let manager = world.manager.clone();
        for request in open {
            let answer = world.ask(Some(&manager), &request);
            assert!(matches!(answer, Err(Error::Conflict(_))), "{request:?}: {answer:?}");
        }
        let next = world.client_of(world.sales.actor.id, "Added after the restore");
        assert!(next.0 > added.0, "{next:?} after {added:?}");
        let [late, _] = forms(added, 1, &company, "Too late");
        let answer = world.ask(Some(&manager), &late);
        assert!(matches!(answer, Err(Error::NotFound)), "{answer:?}");
        assert_eq!(admin::verify_audit(&world.db.url, None).unwrap().fault, None);
    }
}

/// Two copies of one company were changed, each by somebody else, and one is restored over the other.
#[test]
fn settings_that_a_form_shows_are_not_those_of_a_copy_with_as_many_changes() {
    let folder = tempfile::tempdir().unwrap();
    let mut world = World::new(Engine::Sqlite);
    let copy = format!("sqlite://{}", folder.path().join("copy.db").display());
    admin::restore(&copy, &backup_of(&world, folder.path()), "test").unwrap();
    let before = settings(&world);
    let named = |name: &str| Settings { company_name: name.to_owned(), ..before.clone() };
    world.manage(&Request::Write(WriteRequest::UpdateSettings(named("Here"))));
    let seen = settings(&world);

    world.pass_days(1);
    let mut there = storage::Db::open(&storage::Target::parse(&copy).unwrap()).unwrap();
    let of_the_copy = storage::settings::load(&mut there).unwrap();
    storage::settings::save(&mut there, &of_the_copy, &named("There"), world.now().utc).unwrap();
    drop(there);
    let file = folder.path().join("there.db");
    admin::backup(&copy, &file).unwrap();
    admin::restore(&world.db.url, &file, "test").unwrap();

    let restored = settings(&world);
    assert_eq!(restored.company_name, "There");
    assert!(restored.version > seen.version, "version {} after {}", restored.version, seen.version);
    let manager = world.sign_in("manager", PASSWORD).unwrap();
    let late = Request::Write(WriteRequest::UpdateSettings(Settings { company_name: "Too late".to_owned(), ..seen }));
    let answer = world.ask(Some(&manager), &late);
    assert!(matches!(answer, Err(Error::Conflict(_))), "{answer:?}");
}
