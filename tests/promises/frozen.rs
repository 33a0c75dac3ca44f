//! A server freezes or dies while forms are open: keys are still echoed, the user is told, the typed text
//! stays, and the save succeeds when the server is back.

use std::{
    thread,
    time::{Duration, Instant},
};

use rstest::rstest;
use rustix::process::Signal;

use crate::{
    common::{figure, rounds, within},
    support::{
        Engine, Server, TestDb,
        terminal::{ENTER, SAVE, TAB, Terminal},
        world::{PASSWORD, World, event_draft},
    },
};

/// A form: the user, its name, the keys that lead to it with the text that each shows, and the keys that are
/// typed into it.
type Form = (&'static str, &'static str, &'static [(&'static str, &'static str)], &'static [&'static str]);

const CLEAR: &str = "\x15";
/// A character that occurs in none of the forms.
const MARK: &str = "ß";
const CLIENT: (&str, &str) = ("kevin", "Client Cool Startup LLC");

const FORMS: &[Form] = &[
    ("sales", "new client", &[("new client\r", "New client")], &["Ice Cold", TAB, "Ice Ltd", TAB, TAB, "+678 123 456"]),
    ("sales", "edit client", &[CLIENT, (ENTER, "c1@example.org"), ("e", "Edit client")], &[" the Second"]),
    (
        "manager",
        "new contract",
        &[CLIENT, (ENTER, "c1@example.org"), ("n", "New contract")],
        &["12 000,50", TAB, CLEAR, "10"],
    ),
    (
        "manager",
        "edit contract",
        &[("contracts\r", "1,000.00"), (ENTER, "Still due"), ("e", "Edit contract")],
        &[TAB, CLEAR, "10"],
    ),
    (
        "manager",
        "new event",
        &[("contracts\r", "1,000.00"), (ENTER, "Still due"), ("n", "New event")],
        &["A Party on Ice"],
    ),
    ("manager", "edit event", &[("events\r", "Assembly"), (ENTER, "Mufflins"), ("e", "Edit event")], &[" on Ice"]),
    (
        "manager",
        "new member",
        &[("new member\r", "Password again")],
        &[
            "ice",
            TAB,
            "Ice Person",
            TAB,
            TAB,
            TAB,
            TAB,
            "support",
            TAB,
            "only for now, please",
            TAB,
            "only for now, please",
        ],
    ),
    ("manager", "settings", &[("settings\r", "Settings of the company")], &[" on Ice"]),
];

struct Frozen {
    name: &'static str,
    terminal: Terminal,
    /// The form as it was when the server froze.
    body: Vec<String>,
}

impl Frozen {
    /// How long it takes until a typed letter is visible. The form of a new member ends in a password field,
    /// which hides what is typed.
    fn echo(&mut self) -> Duration {
        if self.name == "new member" {
            return Duration::ZERO;
        }
        let typed = Instant::now();
        self.terminal.press(MARK).see(&[MARK]);
        let took = typed.elapsed();
        self.terminal.press("\x7f").gone(MARK);
        took
    }

    fn save(&mut self) {
        self.terminal.press(SAVE);
        // These forms ask for confirmation first.
        if self.name.starts_with("edit") || self.name == "settings" {
            self.terminal.see(&["Save these changes?"]).press(ENTER);
        }
    }
}

/// The screen without its header, its message line and its key line.
fn body(terminal: &Terminal) -> Vec<String> {
    terminal.screen().lines().skip(2).take(18).map(str::to_owned).collect()
}

fn sign_in(home: &std::path::Path, url: &str, who: &str) -> Terminal {
    let mut terminal = Terminal::start(home, url, &[]);
    terminal.see(&["Sign in", "Username"]).field(who).press(PASSWORD).press(ENTER).see(&["Waiting for you"]);
    terminal
}

fn fill_in(home: &std::path::Path, url: &str, (who, name, way, typed): &Form) -> Frozen {
    let mut terminal = sign_in(home, url, who);
    terminal.press(":").see(&["Go to, or do"]);
    for (keys, shows) in *way {
        terminal.press(keys).see(&[shows]);
    }
    for keys in *typed {
        terminal.press(keys);
    }
    // Once a mark typed at the end is visible, everything typed before has arrived.
    if *name == "new member" {
        terminal.see(&["Ice Person", "strong"]).see(&["> Password again *      ********************"]);
    } else {
        terminal.press(MARK).see(&[MARK]).press("\x7f").gone(MARK);
    }
    let body = body(&terminal);
    Frozen { name, terminal, body }
}

/// How the server fails.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Away {
    /// It accepts connections and data but never responds.
    Frozen,
    /// It was killed and does not listen any more.
    Gone,
}

#[rstest]
fn a_server_failure_during_any_form_loses_no_typed_text(
    #[values(Engine::MariaDb, Engine::Mysql)] engine: Engine,
    #[values(Away::Frozen, Away::Gone)] away: Away,
) {
    let mut server = Server::start_with(engine, &["--innodb-flush-log-at-trx-commit=1".to_owned()]);
    let url = server.url("frozen");
    let mut world = World::of(TestDb::on(&server, "frozen"));
    let client = world.client_of(world.sales.actor.id, "Kevin Casey");
    let contract = world.signed_contract(client);
    world.save(&epic_events::services::Request::Write(epic_events::services::WriteRequest::CreateEvent {
        contract,
        draft: event_draft("Assembly", 300),
    }));
    let home = tempfile::tempdir().unwrap();
    let mut forms: Vec<Frozen> = FORMS.iter().map(|form| fill_in(home.path(), &url, form)).collect();
    let mut leaving = sign_in(home.path(), &url, "manager");

    match away {
        Away::Frozen => server.freeze(),
        Away::Gone => server.signal(Signal::KILL),
    }
    let gone_at = Instant::now();
    let (mut told, mut echo) = (Duration::ZERO, Duration::ZERO);
    let mut pressed = Vec::new();
    for form in &mut forms {
        // A frozen server: measure while the save waits. A dead one fails at once, and a key would clear that
        // message, so measure before the save.
        if away == Away::Gone {
            echo = echo.max(form.echo());
        }
        pressed.push(Instant::now());
        form.save();
        if away == Away::Frozen {
            echo = echo.max(form.echo());
        }
    }
    for (form, pressed) in forms.iter_mut().zip(pressed) {
        // A frozen server: that it is slow to respond. A dead one: that nothing answers, or that the connection
        // was lost but nothing that was typed.
        let says = if away == Away::Frozen { "takes long to answer" } else { "Nothing " };
        form.terminal.see(&[says]);
        told = told.max(pressed.elapsed());
    }
    let quit = Instant::now();
    leaving.press("\x1b[15~").press("q");
    assert_eq!(leaving.end().0, 0);
    let quit = quit.elapsed();
    // Each form reports how the save ended and still holds what was typed.
    for form in &mut forms {
        let says = if away == Away::Frozen { "The database does not answer in time" } else { "Nothing " };
        form.terminal.gone("Saving...").see(&[says]);
        assert_eq!(body(&form.terminal), form.body, "{}", form.name);
    }
    let seconds = if rounds(0) == 0 { 0 } else { 30 };
    thread::park_timeout(Duration::from_secs(seconds).saturating_sub(gone_at.elapsed()));
    let gone = gone_at.elapsed();
    match away {
        Away::Frozen => server.signal(Signal::CONT),
        Away::Gone => server.start_again(),
    }
    let mut saved = Duration::ZERO;
    for form in &mut forms {
        assert_eq!(body(&form.terminal), form.body, "{}", form.name);
        let pressed = Instant::now();
        form.save();
        form.terminal.gone("Ctrl+S save");
        saved = saved.max(pressed.elapsed());
    }
    within(echo, Duration::from_millis(100));
    within(told.max(saved), Duration::from_secs(5));
    within(quit, Duration::from_secs(2));
    let words = format!(
        "{} forms, {away:?} for {gone:.0?}: a key echoed within {echo:.0?}, told within {told:.1?}, the same after it, \
         saved within {saved:.0?} of its return; quitting took {quit:.0?}",
        forms.len()
    );
    figure("11 server away", engine.name(), &words);
}
