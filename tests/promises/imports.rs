//! An import that is killed has written all of its file or nothing.

use std::{
    fs,
    io::Write,
    path::Path,
    process::{Child, Command, Stdio},
    time::Instant,
};

use diesel::prelude::*;
use epic_events::{
    schema::{audit_log, clients, imports},
    services::admin,
    storage::Db,
};
use rstest::rstest;

use crate::{
    common::{figure, integrity, rounds},
    support::{
        Engine,
        world::{PASSWORD, World},
    },
};

/// How many clients a file has.
const CLIENTS: usize = 60;

fn started(world: &World, home: &Path, file: &Path) -> Child {
    let mut program = Command::new(env!("CARGO_BIN_EXE_epic-events"))
        .args(["import", "clients", &file.display().to_string()])
        .args([
            "--username",
            "manager",
            "--password-stdin",
            "--sales-contact",
            "sales",
            "--database-url",
            &world.db.url,
        ])
        .current_dir(home)
        .env_clear()
        .env("HOME", home)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    program.stdin.take().unwrap().write_all(format!("{PASSWORD}\n").as_bytes()).unwrap();
    program
}

/// A file of clients whose names begin with the number of the round.
fn file(home: &Path, round: usize) -> std::path::PathBuf {
    let line = |n: usize| format!("Round {round:05} client {n},r{round}c{n}@example.org,+33 1 {round:05} {n:04}\n");
    let path = home.join(format!("{round}.csv"));
    let lines: String = (0..CLIENTS).map(line).collect();
    fs::write(&path, format!("Full name,E-mail,Phone\n{lines}")).unwrap();
    path
}

#[rstest]
fn a_killed_import_has_written_all_or_nothing(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let world = World::new(engine);
    let home = tempfile::tempdir().unwrap();
    let rounds = rounds(4);
    // How long an import takes that is not killed.
    let begun = Instant::now();
    assert!(started(&world, home.path(), &file(home.path(), 0)).wait().unwrap().success());
    let whole = begun.elapsed();
    let mut random: u64 = 7;
    let (mut all, mut nothing) = (0, 0);
    for round in 1..=rounds {
        let mut victim = started(&world, home.path(), &file(home.path(), round));
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let share = u32::try_from(random >> 44).unwrap() % 1_100;
        std::thread::park_timeout(whole * share / 1_000);
        victim.kill().unwrap();
        victim.wait().unwrap();
        let named = || clients::full_name.like(format!("Round {round:05} %"));
        let count = |db: &mut _| clients::table.filter(named()).count().get_result::<i64>(db).unwrap();
        let noted = |db: &mut _| {
            let of = imports::table.filter(imports::file_name.eq(format!("{round}.csv")));
            of.count().get_result::<i64>(db).unwrap()
        };
        let db = &mut world.connection();
        await_the_end(db, engine);
        let counted = (count(db), noted(db));
        match counted {
            (0, 0) => nothing += 1,
            (clients, 1) if clients == i64::try_from(CLIENTS).unwrap() => all += 1,
            half => panic!("{half:?}"),
        }
    }
    let db = &mut world.connection();
    let created: i64 = audit_log::table.filter(audit_log::action.eq("client.created")).count().get_result(db).unwrap();
    assert_eq!(clients::table.count().get_result::<i64>(db).unwrap(), created);
    assert_eq!(admin::verify_audit(&world.db.url, None).unwrap().fault, None);
    if engine == Engine::Sqlite {
        assert_eq!(integrity(db), ["ok"]);
    }
    figure("30 killed import", engine.name(), &format!("{rounds} kills: {all} whole files, {nothing} times nothing"));
}

/// Waits until the server has ended the transaction of the connection that was lost: it holds the row of its user.
fn await_the_end(db: &mut Db, engine: Engine) {
    match engine {
        Engine::Sqlite => {}
        Engine::MariaDb | Engine::Mysql => {
            db.texts("SELECT CONCAT(id) AS text FROM users WHERE username = 'manager' FOR UPDATE").unwrap();
        }
    }
}
