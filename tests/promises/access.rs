//! Guessing passwords is slowed down, the response time of a failed sign-in does not reveal its cause, and an
//! idle screen is signed out.

use std::{
    io::{self, BufRead, BufReader, Lines, Write},
    process::{Child, ChildStdout, Command, Stdio},
    time::{Duration, Instant},
};

use epic_events::{
    domain::{Error, error::SignInProblem, users::Role},
    services::{Reply, Request, Services, SessionRequest, WriteRequest},
    storage::Target,
};
use rstest::rstest;
use secrecy::SecretString;

use crate::{
    common::{figure, later, rounds, services, within},
    support::{
        Engine, TestDb,
        terminal::{ENTER, Terminal},
        world::{PASSWORD, World},
    },
};

fn attempt(login: &str, password: &str) -> Request {
    Request::Session(SessionRequest::SignIn { login: login.to_owned(), password: SecretString::from(password) })
}

/// A child process that guesses passwords. The test below starts this test binary again with these variables.
/// The child waits for a line on standard input, then prints how many of its guesses were checked against a
/// password.
#[test]
fn child_process_that_guesses_passwords() {
    let (Ok(url), Ok(login)) = (std::env::var("GUESSER_URL"), std::env::var("GUESSER_LOGIN")) else { return };
    let db = TestDb::at(url);
    println!("READY");
    io::stdin().read_line(&mut String::new()).unwrap();
    let looked_at = |number: &usize| {
        // New services for each guess, as if the program had been restarted.
        let guess = attempt(&login, &format!("guess number {number}"));
        matches!(services(&db).execute(None, &guess, later(60)), Err(Error::SignIn(SignInProblem::Wrong)))
    };
    println!("LOOKED AT {}", (0..rounds(2).min(20)).filter(looked_at).count());
}

fn guesser(url: &str, login: &str) -> (Child, Lines<BufReader<ChildStdout>>) {
    let mut process = Command::new(std::env::current_exe().unwrap())
        .args(["access::child_process_that_guesses_passwords", "--exact", "--nocapture"])
        .env("GUESSER_URL", url)
        .env("GUESSER_LOGIN", login)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let said = BufReader::new(process.stdout.take().unwrap()).lines();
    (process, said)
}

#[rstest]
fn few_of_many_simultaneous_guesses_are_checked(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    const MANY: usize = 50;
    let world = World::new(engine);
    for login in ["sales", "nobody.at.all"] {
        let mut guessers: Vec<_> = (0..MANY).map(|_| guesser(&world.db.url, login)).collect();
        for (_, said) in &mut guessers {
            said.find(|line| line.as_ref().unwrap().contains("READY")).unwrap().unwrap();
        }
        for (process, _) in &mut guessers {
            process.stdin.as_mut().unwrap().write_all(b"\n").unwrap();
        }
        let mut looked_at = 0;
        for (mut process, mut said) in guessers {
            let number =
                said.find_map(|line| Some(line.unwrap().split_once("LOOKED AT ")?.1.parse::<usize>().unwrap()));
            looked_at += number.unwrap();
            assert!(process.wait().unwrap().success());
        }
        assert!(looked_at <= 6, "{looked_at} guesses at {login} were checked");
        let guesses = MANY * rounds(2).min(20);
        let words = format!("{guesses} from {MANY} processes at once at {login}, {looked_at} checked");
        figure("3 guesses", engine.name(), &words);
    }
    // The right password works once the delay is over.
    let mut services = services(&world.db);
    assert!(matches!(services.execute(None, &attempt("sales", PASSWORD), later(7_200)), Ok(Reply::SignedIn(_))));
}

/// Compares the median times for an unknown user, a wrong password and a deactivated account.
#[rstest]
fn response_time_does_not_reveal_why_a_sign_in_failed(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    const COST: u32 = 8;
    let mut world = World::new(engine);
    world.hire("gone", Role::Support);
    let gone = epic_events::storage::users::by_login(&mut world.connection(), "gone").unwrap().unwrap();
    let version = epic_events::storage::users::find(&mut world.connection(), gone.id).unwrap().unwrap().version;
    world.save(&Request::Write(WriteRequest::DeactivateUser { id: gone.id, version, heirs: None }));
    let mut services = Services::new(Target::parse(&world.db.url).unwrap(), "test".to_owned(), COST);
    // Store hashes of the same cost as the dummy hash that is checked for unknown users.
    for name in ["manager", "gone"] {
        let hash = bcrypt::hash(PASSWORD, COST).unwrap();
        let sql = format!("UPDATE users SET password_hash = '{hash}' WHERE username = '{name}'");
        diesel::connection::SimpleConnection::batch_execute(&mut world.connection(), &sql).unwrap();
    }
    // The shortest times are compared, since other tests share the machine and make any single one longer. More
    // tries are made until they are alike; a difference of the work itself remains however many there are.
    let (tries, most) = (rounds(15), 20 * rounds(15));
    let mut shortest = [Duration::MAX; 3];
    let spread = |all: &[Duration; 3]| all.iter().max().unwrap().saturating_sub(*all.iter().min().unwrap());
    let mut made = 0;
    while made < tries || (spread(&shortest) >= shortest[1] / 2 && made < most) {
        for (at, login) in [format!("unknown{made}"), "manager".to_owned(), "gone".to_owned()].iter().enumerate() {
            // Late enough for every sign-in delay to have expired.
            let now = later(100_000 * (1 + u64::try_from(made).unwrap()));
            let begun = Instant::now();
            let answer = services.execute(None, &attempt(login, "not the password"), now);
            shortest[at] = shortest[at].min(begun.elapsed());
            assert!(matches!(answer, Err(Error::SignIn(SignInProblem::Wrong))), "{login}: {answer:?}");
        }
        made += 1;
    }
    let spread = spread(&shortest);
    figure("3 same time", engine.name(), &format!("{made} tries each, shortest {shortest:?}, {spread:?} apart"));
    assert!(spread < shortest[1] / 2, "{shortest:?}");
}

/// The account is deactivated from elsewhere while nobody presses a key in the real program.
#[rstest]
fn an_idle_screen_is_signed_out_within_five_seconds(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let home = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::start(home.path(), &world.db.url, &[]);
    terminal.see(&["Username"]).field("support").press(PASSWORD).press(ENTER).see(&["my next events"]);
    let id = world.support.actor.id;
    let version = epic_events::storage::users::find(&mut world.connection(), id).unwrap().unwrap().version;
    world.save(&Request::Write(WriteRequest::DeactivateUser { id, version, heirs: None }));
    let begun = Instant::now();
    terminal.see(&["Your account was changed, or a backup was restored. Please sign in again."]).gone("my next events");
    let took = begun.elapsed();
    within(took, Duration::from_secs(5));
    figure("2 idle screen", engine.name(), &format!("signed out {took:.1?} after the end of its account"));
}
