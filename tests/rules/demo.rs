//! The demo database, also when several programs use it at the same time.

use epic_events::services::demo;

use super::*;

fn company_of(path: &std::path::Path) -> Services {
    Services::new(Target::Sqlite(path.to_owned()), "test".to_owned(), 4)
}

fn moment(day: i64) -> Moment {
    Moment { utc: start() + chrono::TimeDelta::days(day), ticks: 1_000 }
}

fn enter(
    services: &mut Services,
    (login, password): &(String, String),
    day: i64,
) -> epic_events::domain::session::Session {
    let request = Request::Session(SessionRequest::SignIn {
        login: login.clone(),
        password: SecretString::from(password.clone()),
    });
    match services.execute(None, &request, moment(day)) {
        Ok(Reply::SignedIn(session)) => *session,
        other => panic!("{other:?}"),
    }
}

fn open(path: &std::path::Path) -> storage::Db {
    storage::Db::open(&Target::Sqlite(path.to_owned())).unwrap()
}

fn signed_in(path: &std::path::Path) -> i64 {
    use diesel::prelude::*;
    use epic_events::schema::audit_log;
    audit_log::table.filter(audit_log::action.eq("session.signed_in")).count().get_result(&mut open(path)).unwrap()
}

fn clients(path: &std::path::Path, name: &str) -> i64 {
    use diesel::prelude::*;
    use epic_events::schema::clients;
    clients::table.filter(clients::full_name.eq(name)).count().get_result(&mut open(path)).unwrap()
}

#[test]
fn a_demo_in_use_is_not_recreated() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("demo.db");
    let accounts = demo::prepare(&path, Language::En, moment(0)).unwrap();
    let mut running = company_of(&path);
    let sales = enter(&mut running, &accounts[1], 0);
    // Its dates are outdated by now, but it is still in use.
    assert_eq!(demo::prepare(&path, Language::En, moment(30)).unwrap(), accounts);
    let create =
        Request::Write(WriteRequest::CreateClient { draft: client_draft("Of the one inside"), sales_contact: None });
    running.execute(Some(&sales), &create, moment(30)).unwrap();
    assert_eq!(clients(&path, "Of the one inside"), 1, "the client is in the demo that other programs open");
    let mut beside = company_of(&path);
    enter(&mut beside, &accounts[0], 30);
    drop((running, beside));
    demo::prepare(&path, Language::En, moment(30)).unwrap();
    assert_eq!(clients(&path, "Of the one inside"), 0, "the demo was not in use, so it was recreated");
}

/// Programs that look at an outdated demo at the same moment do not take each other for programs that use it.
#[test]
fn simultaneous_demo_starts_share_one_database() {
    // Each has an account to itself: of two who sign in to one account at the same moment, one has to wait.
    const STARTERS: [&str; 6] = ["manager", "sales", "support", "henri.dumas", "ines.carvalho", "tom.baker"];
    let folder = tempfile::tempdir().unwrap();
    let outdated = folder.path().join("outdated.db");
    demo::prepare(&outdated, Language::En, moment(-30)).unwrap();
    for round in 0..5 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("demo.db");
        if round > 0 {
            std::fs::copy(&outdated, &path).unwrap();
        }
        let together = std::sync::Barrier::new(STARTERS.len());
        let start = &|who: &str| {
            together.wait();
            let accounts = demo::prepare(&path, Language::En, moment(0)).unwrap();
            let mut services = company_of(&path);
            enter(&mut services, &(who.to_owned(), accounts[0].1.clone()), 0);
            services
        };
        let running = thread::scope(|scope| {
            let started = STARTERS.map(|who| scope.spawn(move || start(who)));
            started.map(|one| one.join().unwrap())
        });
        assert_eq!(signed_in(&path), i64::try_from(STARTERS.len()).unwrap(), "round {round}: all use the same file");
        let made = storage::settings::set_up_at(&mut open(&path)).unwrap();
        assert_eq!(made, Some(moment(0).utc), "round {round}: the outdated demo was recreated");
        drop(running);
        let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
        assert_eq!(left, ["demo.db"], "round {round}");
    }
}

#[test]
fn a_demo_of_a_newer_program_is_recreated_once_it_is_not_in_use() {
    use diesel::connection::SimpleConnection;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("demo.db");
    let newer = || {
        let mut db = open(&path);
        db.batch_execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')").unwrap();
        db
    };
    demo::prepare(&path, Language::En, moment(0)).unwrap();
    // While it is in use it is kept, and no accounts that would not work are offered.
    let inside = newer();
    let answer = demo::prepare(&path, Language::En, moment(0));
    assert!(matches!(answer, Err(Error::Unavailable(ConnectionProblem::SchemaTooNew))), "{answer:?}");
    drop(inside);
    let accounts = demo::prepare(&path, Language::En, moment(0)).unwrap();
    for account in &accounts {
        enter(&mut company_of(&path), account, 0);
    }
}

/// The titles, the notes and the places of a demo, in the order of its events.
fn texts(path: &std::path::Path) -> Vec<(String, String, String)> {
    use diesel::prelude::*;
    use epic_events::schema::events;
    let texts = events::table.select((events::title, events::notes, events::location)).order(events::id);
    texts.load(&mut open(path)).unwrap()
}

#[test]
fn a_french_demo_speaks_french_and_has_as_many_records() {
    let folder = tempfile::tempdir().unwrap();
    let [english, french] = [Language::En, Language::Fr].map(|language| {
        let path = folder.path().join(format!("{language}.db"));
        demo::prepare(&path, language, moment(0)).unwrap();
        path
    });
    let (in_english, in_french) = (texts(&english), texts(&french));
    assert_eq!(in_english.len(), in_french.len());
    assert!(in_french.iter().any(|(title, ..)| title.starts_with("Mariage ")));
    for (title, notes, place) in &in_french {
        for word in ["Wedding", "Annual", "launch", "dinner", "party", "Anniversary", "Vegetarian", "Ask ", "Hall"] {
            assert!(![title, notes, place].iter().any(|text| text.contains(word)), "{title}, {notes}, {place}");
        }
    }
    assert!(in_english.iter().any(|(title, ..)| title == "John Ouick Wedding"));
}

/// Whoever tries the program can see and merge possible duplicates: two pairs at least, each beside each other.
#[test]
fn a_demo_has_possible_duplicates() {
    for language in [Language::En, Language::Fr] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("demo.db");
        let accounts = demo::prepare(&path, language, moment(0)).unwrap();
        let mut services = company_of(&path);
        let session = enter(&mut services, &accounts[0], 0);
        let filter = ClientFilter { view: ClientView::Duplicates, ..ClientFilter::default() };
        let sort = ClientView::Duplicates.sort();
        let list = ReadRequest::List(Query::Client(listing(filter, sort, 20))).into();
        let Ok(Reply::Page(page)) = services.execute(Some(&session), &list, moment(0)) else { panic!() };
        let rows: Vec<_> =
            page.rows.iter().filter_map(|row| if let Record::Client(row) = row { Some(row) } else { None }).collect();
        let name = |at: usize| rows[at].client.full_name.as_str();
        assert!(rows.len() >= 4, "{rows:?}");
        let mut pairs = [[name(0), name(1)], [name(2), name(3)]];
        for pair in &mut pairs {
            pair.sort_unstable();
        }
        pairs.sort_unstable();
        assert_eq!(pairs, [["C. Roussel", "Camille Roussel"], ["Helene MARCHAND", "Hélène Marchand"]]);
        // One pair can be merged.
        let [one, other] = [0, 1].map(|at| rows[at].client.id);
        let sides = ReadRequest::MergeSides([one, other]).into();
        assert!(matches!(services.execute(Some(&session), &sides, moment(0)), Ok(Reply::MergeSides(_))));
    }
}
