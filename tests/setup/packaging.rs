//! The scripts of `packaging/systemd`, run as their units run them.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    time::{Duration, SystemTime},
};

use crate::{
    init, run,
    support::{Engine, TestDb, terminal::environment},
};

/// A script of the units.
fn script(name: &str) -> Command {
    let mut command = Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/systemd").join(name));
    command.env_clear().env("PATH", "/usr/bin:/bin");
    command
}

fn verify(home: &Path, url: &str, heads: &Path) -> Output {
    let program = Path::new(env!("CARGO_BIN_EXE_epic-events")).parent().unwrap();
    let mut verify = script("epic-events-verify");
    verify.envs(environment(home, url)).env("PATH", format!("{}:/usr/bin:/bin", program.display()));
    verify.env("HEADS", heads).output().unwrap()
}

fn lines(file: &Path) -> Vec<String> {
    fs::read_to_string(file).unwrap().lines().map(str::to_owned).collect()
}

/// A log that is whole in itself, but lacks its newest rows, is found by the head that was kept elsewhere.
#[test]
fn the_daily_check_keeps_each_head_and_compares_it_with_the_last() {
    let (home, db) = (tempfile::tempdir().unwrap(), TestDb::new(Engine::Sqlite));
    init(home.path(), &db.url);
    let elsewhere = tempfile::tempdir().unwrap();
    let heads = elsewhere.path().join("not there yet/heads");
    assert!(verify(home.path(), &db.url, &heads).status.success());
    let (code, said) = run(home.path(), &db.url, &["backup", "before.db"]);
    assert_eq!(code, 0, "{said}");
    assert_eq!(run(home.path(), &db.url, &["reset-password", "boss"]).0, 0);
    assert!(verify(home.path(), &db.url, &heads).status.success());
    let kept = lines(&heads);
    let (code, said) = run(home.path(), &db.url, &["audit", "verify"]);
    assert!(code == 0 && said.contains(kept[1].split(' ').nth(1).unwrap()), "{kept:?}: {said}");
    assert_ne!(kept[0].split(' ').nth(1), kept[1].split(' ').nth(1));

    // An older state is whole in itself.
    assert_eq!(run(home.path(), &db.url, &["restore", "before.db"]).0, 0);
    assert_eq!(run(home.path(), &db.url, &["audit", "verify"]).0, 0);
    let output = verify(home.path(), &db.url, &heads);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert_eq!(lines(&heads), kept, "the head of a log with a fault is not kept");
}

/// Finished exports go to the folders in which people collect them, and nobody else's.
#[test]
fn exports_are_handed_over_to_the_person_who_made_them() {
    let folder = tempfile::tempdir().unwrap();
    let made = |path: &str, minutes: u64| -> PathBuf {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &*path.to_string_lossy()).unwrap();
        let at = SystemTime::now() - Duration::from_secs(minutes * 60);
        fs::File::options().write(true).open(&path).unwrap().set_modified(at).unwrap();
        path
    };
    let anna = made("exports/anna/clients 2.csv", 5);
    let (fresh, part) = (made("exports/anna/fresh.csv", 0), made("exports/anna/.part", 5));
    let bill = made("exports/bill/clients 2.csv", 5);
    for name in ["collect/anna", "collect/carl"] {
        fs::create_dir_all(folder.path().join(name)).unwrap();
    }
    let names = ["EXPORTS", "COLLECT"].map(|name| (name, folder.path().join(name.to_lowercase())));
    for _ in 0..2 {
        let output = script("epic-events-exports").envs(names.clone()).output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    }
    let collected = folder.path().join("collect/anna/clients 2.csv");
    assert_eq!(fs::read_to_string(collected).unwrap(), anna.to_string_lossy());
    assert!(!anna.exists() && fresh.exists() && part.exists() && bill.exists());
    assert_eq!(fs::read_dir(folder.path().join("collect/carl")).unwrap().count(), 0);
}
