//! How long the real program takes to import a file of clients, and how much memory: first only the preview
//! (`--dry-run`), then the import, into a new company on each engine; afterwards the same with a file that changes
//! each of these clients.

use std::{
    fs::{self, File},
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use diesel::prelude::*;
use epic_events::{domain::users::Role, schema::clients};

use crate::support::{
    Engine, Server, TestDb,
    world::{PASSWORD, World},
};

/// The sales people of the file, beside those that every company of the tests has.
const SALES: [&str; 6] = ["amelie", "bruno", "chiara", "dragan", "elsa", "farid"];

const GIVEN: [&str; 20] = [
    "Anne",
    "Benoît",
    "Camille",
    "David",
    "Élodie",
    "François",
    "Gaëlle",
    "Hugo",
    "Inès",
    "Julien",
    "Karim",
    "Léa",
    "Marie-Claude",
    "Noémie",
    "Olivier",
    "Pénélope",
    "Quentin",
    "Rosa",
    "Søren",
    "Thérèse",
];
const FAMILY: [&str; 20] = [
    "Bernard",
    "Casey",
    "Dubois",
    "Étienne",
    "Faure",
    "Garnier",
    "Hoarau",
    "Ivanović",
    "Jansen",
    "Kowalski",
    "Lefèvre",
    "Moreau",
    "Nguyen",
    "O'Neill",
    "Petit",
    "Quéré",
    "Rossi",
    "Schmidt",
    "Traoré",
    "Vichum",
];
const TRADE: [&str; 10] = [
    "Traiteur",
    "Conseil",
    "Assurances",
    "Architectes",
    "Startup LLC",
    "Imprimerie",
    "Voyages",
    "Logistique",
    "Galerie",
    "Brasserie",
];

/// A file of so many clients with names, companies, addresses and telephone numbers of their own, who were met at
/// this place.
fn write_file(path: &Path, rows: usize, place: &str) {
    let mut writer = csv::Writer::from_path(path).unwrap();
    writer.write_record(["Full name", "Company", "E-mail", "Phone", "Last contact", "Sales contact", "Notes"]).unwrap();
    for row in 0..rows {
        let [given, family, second] =
            [(&GIVEN, row), (&FAMILY, row / 20), (&FAMILY, row / 400)].map(|(of, at)| of[at % 20]);
        let company = format!("{second} {} {}", TRADE[row % 10], row / 8_000 + 1);
        let phone =
            format!("+33 6 {:02} {:02} {:02} {:02}", row / 1_000_000, row / 10_000 % 100, row / 100 % 100, row % 100);
        let day = format!("{}-{:02}-{:02}", 2019 + row % 7, row % 12 + 1, row % 28 + 1);
        let notes = format!(
            "Met at the {place} of {}, wants an offer for {} guests; \"call back\" in spring, prefers the morning.",
            2019 + row % 7,
            row % 90 * 10 + 20
        );
        writer
            .write_record([
                &format!("{given} {family}-{second} {}", row / 8_000 + 1),
                &company,
                &format!("contact{row}@client{}.example.com", row / 3),
                &phone,
                &day,
                SALES[row % SALES.len()],
                &notes,
            ])
            .unwrap();
    }
    writer.flush().unwrap();
}

/// A company on this engine; a server is set up as `benches/run` sets it up.
fn company(engine: Engine) -> (World, Option<Server>) {
    let common = ["--innodb-flush-log-at-trx-commit=1", "--innodb-buffer-pool-size=1G"];
    let own: &[&str] = match engine {
        Engine::Sqlite => &[],
        Engine::MariaDb => &["--innodb-log-file-size=512M"],
        Engine::Mysql => &["--innodb-redo-log-capacity=1G", "--sync-binlog=1"],
    };
    let options: Vec<String> = common.iter().chain(own).map(|option| (*option).to_owned()).collect();
    let server = (engine != Engine::Sqlite).then(|| Server::start_with(engine, &options));
    let mut world =
        World::of(server.as_ref().map_or_else(|| TestDb::new(engine), |server| TestDb::on(server, "imports")));
    for name in SALES {
        world.hire(name, Role::Sales);
    }
    (world, server)
}

/// Runs the program until it ends. Returns how long that took, and the most memory that it used, in KiB.
fn run(world: &World, home: &Path, more: &[&str]) -> (Duration, u64) {
    let program = std::env::var("EPIC_EVENTS_SPEED_PROGRAM").expect("benches/imports says which program");
    let said = home.join("said");
    let begun = Instant::now();
    let mut child = Command::new(program)
        .args(["import", "clients", "clients.csv", "--username", "manager", "--password-stdin"])
        .args(["--database-url", &world.db.url])
        .args(more)
        .current_dir(home)
        .env_clear()
        .env("HOME", home)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(File::create(&said).unwrap())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), format!("{PASSWORD}\n").as_bytes()).unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    let ended = loop {
        if let Some(ended) = child.try_wait().unwrap() {
            break ended;
        }
        // The most so far. When the process has ended, nobody knows it any more.
        let status = fs::read_to_string(&status).unwrap_or_default();
        let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        peak = most.and_then(|most| most.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(peak);
        std::thread::park_timeout(Duration::from_millis(2));
    };
    let took = begun.elapsed();
    assert!(ended.success(), "{}", fs::read_to_string(said).unwrap());
    (took, peak)
}

#[test]
#[ignore = "measures; benches/imports runs it"]
fn imports_of_clients() {
    let rows: usize = std::env::var("EPIC_EVENTS_SPEED_SIZE").unwrap().parse().unwrap();
    for engine in [Engine::Sqlite, Engine::MariaDb, Engine::Mysql] {
        let (world, _server) = company(engine);
        let home = tempfile::tempdir().unwrap();
        for (name, place, more, written) in [
            ("preview", "fair", &["--dry-run"][..], 0),
            ("import", "fair", &[], rows),
            ("preview of changes", "market", &["--dry-run"], rows),
            ("import of changes", "market", &[], rows),
        ] {
            write_file(&home.path().join("clients.csv"), rows, place);
            let (took, peak) = run(&world, home.path(), more);
            let stored: i64 = clients::table.count().get_result(&mut world.connection()).unwrap();
            assert_eq!(usize::try_from(stored).unwrap(), written);
            let peak = peak.div_ceil(1_024);
            println!("SPEED | {name} of {rows} rows, {} | {:.2} | {peak} |", engine.name(), took.as_secs_f64());
        }
    }
}
