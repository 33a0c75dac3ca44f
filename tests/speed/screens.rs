//! The response times that a user sees: the real program in a pseudo-terminal of 200×60, from the key to the
//! requested screen. The floor is the sum of two times: the best query in the engine's own client, and a frame
//! of an empty program after a key.

use std::{num::NonZeroU16, path::Path, time::Instant};

use super::{
    PASSWORD, ROUNDS,
    floor::{Client, page},
    median_and_worst, milliseconds, say, url,
};
use crate::support::terminal::{ENTER, ESC, Reaction, TAB, Terminal};

const COLUMNS: NonZeroU16 = NonZeroU16::new(200).unwrap();
const ROWS: NonZeroU16 = NonZeroU16::new(60).unwrap();

const END: &str = "\x1b[F";
const HOME: &str = "\x1b[H";
const DOWN: &str = "\x1b[B";
const PAGE_DOWN: &str = "\x1b[6~";

fn program(home: &Path) -> Terminal {
    let program = std::env::var("EPIC_EVENTS_SPEED_PROGRAM").expect("benches/run says which program");
    Terminal::of(&program, home, &url(), &[], (COLUMNS, ROWS), Vec::new())
}

/// The empty program that opens the same database.
fn empty(home: &Path) -> Terminal {
    let examples = Path::new(env!("CARGO_BIN_EXE_epic-events")).with_file_name("examples");
    let path = examples.join("floor").display().to_string();
    Terminal::of(&path, home, &url(), &[], (COLUMNS, ROWS), Vec::new())
}

fn until_seen(start: impl Fn() -> Terminal, text: &str) -> Vec<std::time::Duration> {
    let one = |_| {
        let begun = Instant::now();
        let mut terminal = start();
        terminal.see(&[text]);
        begun.elapsed()
    };
    (0..ROUNDS).map(one).collect()
}

struct Desk {
    terminal: Terminal,
    client: Client,
    /// The time from a key to a frame of the empty program, in milliseconds.
    frame: f64,
}

impl Desk {
    /// Repeats an action and prints how long it took until its result was shown.
    fn time(&mut self, name: &str, sql: Option<&str>, mut one: impl FnMut(usize, &mut Terminal) -> Reaction) {
        let floor = self.frame + sql.map_or(0.0, |sql| self.client.floor(sql));
        let seen: Vec<Reaction> = (0..ROUNDS).map(|round| one(round, &mut self.terminal)).collect();
        let mut bytes: Vec<usize> = seen.iter().map(|reaction| reaction.bytes).collect();
        bytes.sort_unstable();
        let rest = median_and_worst(seen.iter().map(|reaction| reaction.rest).collect()).0;
        let more = format!("{rest:.1} | {} |", bytes[ROUNDS / 2]);
        say(name, seen.iter().map(|reaction| reaction.shown).collect(), Some(floor), &more);
    }
}

fn is_list(screen: &str) -> bool {
    screen.contains("1–") && screen.contains(" of ")
}

fn anything(_: &str) -> bool {
    true
}

/// Opens a screen by the palette.
fn go(terminal: &mut Terminal, to: &str, shows: &dyn Fn(&str) -> bool) -> Reaction {
    terminal.react(&format!(":{to}"), anything);
    terminal.react(ENTER, shows)
}

#[test]
#[ignore = "measures; needs a company"]
fn screen_response_times() {
    let home = tempfile::tempdir().unwrap();
    let floor = median_and_worst(until_seen(|| empty(home.path()), "Frame 0")).0;
    say("start to the first frame", until_seen(|| program(home.path()), "Username or e-mail"), Some(floor), "| |");
    let frame = {
        let mut empty = empty(home.path());
        empty.see(&["Frame 0"]);
        let times = (0..ROUNDS).map(|_| empty.react("x", anything).first);
        median_and_worst(times.collect()).0
    };
    println!("SPEED | a frame of an empty program for a key | {frame:.2} | | | | | |");
    let sign_in = |_| {
        let mut terminal = program(home.path());
        terminal.see(&["Username or e-mail"]).press("manager").press(TAB).press(PASSWORD);
        terminal.react("", |screen: &str| screen.contains('•') || screen.contains('*') || !screen.is_empty());
        (terminal.react(ENTER, |screen| screen.contains("Waiting for you")), terminal)
    };
    let mut all: Vec<(Reaction, Terminal)> = (0..ROUNDS).map(sign_in).collect();
    say("sign-in, hash of the least cost", all.iter().map(|(one, _)| one.shown).collect(), None, "| |");
    let (_, terminal) = all.pop().unwrap();
    drop(all);
    let mut desk = Desk { terminal, client: Client::of(&url()), frame };
    lists(&mut desk);
    words(&mut desk);
    records(&mut desk);
    let status = std::fs::read_to_string(format!("/proc/{}/status", desk.terminal.process().as_raw_nonzero())).unwrap();
    let line =
        |name| status.lines().find_map(|line: &str| line.strip_prefix(name)).unwrap_or_default().trim().to_owned();
    println!("SPEED | memory of the program: most, now | {} | {} | | | | |", line("VmHWM:"), line("VmRSS:"));
}

fn lists(desk: &mut Desk) {
    for (name, title, order) in [
        ("clients", "Clients", "e.name_key, e.id"),
        ("contracts", "Contracts", "e.id"),
        ("audit log", "Audit", "e.at DESC, e.id DESC"),
        ("events", "Events", "e.starts_at, e.id"),
    ] {
        let table = if name == "audit log" { "audit_log" } else { name };
        desk.time(&format!("opening {name}"), Some(&page(table, order)), |_, terminal| {
            let opened = go(terminal, name, &|screen: &str| screen.contains(title) && is_list(screen));
            if name != "events" {
                terminal.react(ESC, anything);
            }
            opened
        });
    }
    let events = page("events", "e.starts_at, e.id");
    desk.time("jump to the end", Some(&page("events", "e.starts_at DESC, e.id DESC")), |_, terminal| {
        let reaction = terminal.react(END, anything);
        terminal.react(HOME, is_list);
        reaction
    });
    desk.time("back to the start", Some(&events), |_, terminal| {
        terminal.react(END, anything);
        terminal.react(HOME, is_list)
    });
    desk.time("a row further", None, |_, terminal| terminal.react(DOWN, anything));
    desk.time("a page further", None, |_, terminal| terminal.react(PAGE_DOWN, anything));
    desk.terminal.react(HOME, is_list);
    for (at, order) in [(1, "title_key"), (5, "status"), (6, "support_key")] {
        let best = page("events", &format!("e.{order}, e.id"));
        desk.time(&format!("sorting events by {order}"), Some(&best), |round, terminal| {
            // Choosing the same order again would reverse it, so another one is chosen in between.
            if round > 0 {
                sort(terminal, 0);
            }
            sort(terminal, at)
        });
    }
}

/// Sorts by the column with this number. The menu opens on the column in use.
fn sort(terminal: &mut Terminal, at: usize) -> Reaction {
    terminal.react(&format!("s{HOME}{}", DOWN.repeat(at)), anything);
    terminal.react(ENTER, is_list)
}

/// Types into the filter and the palette, measuring each letter from the third one on.
fn words(desk: &mut Desk) {
    const TYPED: [(&str, &str, &str); 5] = [
        ("/", "filter", "wedding yuki"),
        ("/", "filter", "rossi hanna"),
        ("/", "filter", "summer"),
        (":", "palette", "yuki rossi"),
        (":", "palette", "wedding"),
    ];
    for (key, name, text) in TYPED {
        desk.terminal.react(key, anything);
        let (start, rest) = text.split_at(2);
        desk.terminal.react(start, anything);
        let letters = rest.chars().filter(|letter| *letter != ' ');
        let typed: Vec<_> = letters.map(|letter| desk.terminal.react(&letter.to_string(), anything)).collect();
        desk.terminal.react(ESC, anything);
        say_typed(&format!("{name} \"{text}\", for each letter"), &typed);
    }
}

/// Prints the time until everything is shown, including the count.
fn say_typed(name: &str, typed: &[Reaction]) {
    let first = median_and_worst(typed.iter().map(|one| one.first).collect()).0;
    let rest = typed.iter().map(|one| one.rest).collect();
    say(name, rest, None, &format!("(echo {first:.1}) | |"));
}

fn records(desk: &mut Desk) {
    desk.terminal.react(HOME, anything);
    let one = "SELECT * FROM events WHERE id = 100;\nSELECT * FROM contracts WHERE id = 100;\n\
               SELECT * FROM audit_log WHERE record_type = 'event' AND record_id = 100";
    desk.time("opening an event", Some(one), |_, terminal| {
        // The list has shown a preview of the event already.
        let opened = terminal.react(ENTER, |screen| !screen.contains("Events: all"));
        terminal.react(ESC, anything);
        terminal.react(DOWN, anything);
        opened
    });
    desk.time("choosing support", None, |_, terminal| {
        terminal.react(DOWN, anything);
        let opened = terminal.react("a", |screen| screen.contains(" that week"));
        terminal.react(ESC, anything);
        opened
    });
    desk.time("assigning support", None, |_, terminal| {
        terminal.react(DOWN, anything);
        terminal.react("a", |screen| screen.contains(" that week"));
        terminal.react(DOWN, anything);
        terminal.react(ENTER, |screen| !screen.contains(" that week"))
    });
    desk.time("going home", None, |_, terminal| {
        let home = go(terminal, "home", &|screen: &str| screen.contains("events without support"));
        go(terminal, "events", &|screen: &str| screen.contains("Events: all"));
        home
    });
    let worst = milliseconds(desk.terminal.react(DOWN, anything).first);
    println!("SPEED | a key on the home screen | {worst:.2} | | | | | |");
}
