//! Snapshots of the screens that each role uses in a day, in both languages, three sizes and every look. A
//! person has to look at them whenever they change.

use std::fmt::Write as _;

use super::desk::*;

/// A screen of the album: its title, and the keys that lead there from home.
struct Stop(&'static str, fn(&mut Desk));

/// Goes to the home screen from anywhere, and discards what was typed.
fn go_home(desk: &mut Desk) {
    let words = if desk.app.preferences().language == Language::Fr { "accueil" } else { "home" };
    desk.press(KeyCode::Esc).press(KeyCode::Esc).ctrl('p').write(words).press(KeyCode::Enter);
    if desk.screen().contains("[Keep editing]") || desk.screen().contains("[Continuer la saisie]") {
        desk.press(KeyCode::Right).press(KeyCode::Enter);
    }
    desk.press(KeyCode::Esc).press(KeyCode::Esc).press(KeyCode::Home);
}

fn with_record(desk: &mut Desk, kind: &str) {
    open(desk, kind);
    desk.press(KeyCode::Enter);
}

fn open(desk: &mut Desk, kind: &str) {
    let words = match (desk.app.preferences().language, kind) {
        (Language::Fr, "contracts") => "contrats",
        (Language::Fr, "events") => "événements",
        (Language::Fr, "staff") => "collaborateurs",
        _ => kind,
    };
    desk.ctrl('p').write(words).press(KeyCode::Enter);
}

const DAY: &[Stop] = &[
    Stop("home", |_| {}),
    Stop("clients", |desk| open(desk, "clients")),
    Stop("a client", |desk| with_record(desk, "clients")),
    Stop("contracts", |desk| open(desk, "contracts")),
    Stop("a contract", |desk| with_record(desk, "contracts")),
    Stop("events", |desk| open(desk, "events")),
    Stop("an event", |desk| with_record(desk, "events")),
    Stop("calendar", |desk| {
        open(desk, "events");
        desk.press(KeyCode::Char('c')).press(KeyCode::PageDown);
    }),
    Stop("month", |desk| {
        open(desk, "events");
        desk.press(KeyCode::Char('c')).press(KeyCode::PageDown).press(KeyCode::Char('v'));
    }),
    Stop("staff", |desk| open(desk, "staff")),
    Stop("help", |desk| {
        open(desk, "events");
        desk.press(KeyCode::Char('?'));
    }),
    Stop("palette", |desk| {
        desk.press(KeyCode::Char(':')).write("e");
    }),
];

/// The screens that only this role can open.
fn work(name: &str) -> &'static [Stop] {
    match name {
        "manager" => &[
            Stop("assigning", |desk| {
                open(desk, "events");
                desk.press(KeyCode::Char('a'));
            }),
            Stop("archiving", |desk| {
                open(desk, "events");
                desk.press(KeyCode::Char('x'));
            }),
            Stop("a form", |desk| {
                open(desk, "events");
                desk.press(KeyCode::Char('e'));
            }),
        ],
        "sales" => &[
            Stop("signing", |desk| {
                open(desk, "contracts");
                desk.press(KeyCode::Down).press(KeyCode::Char('S')).press(KeyCode::Enter);
            }),
            Stop("a form", |desk| {
                open(desk, "clients");
                desk.press(KeyCode::Char('n')).ctrl('s');
            }),
        ],
        _ => &[
            Stop("a status", |desk| {
                open(desk, "events");
                desk.press(KeyCode::Char('t'));
            }),
            Stop("a day", |desk| {
                open(desk, "events");
                desk.press(KeyCode::Char('e')).press(KeyCode::Tab).press(KeyCode::Tab).press(KeyCode::F(4));
            }),
        ],
    }
}

fn pictures(name: &str, language: Language, (width, height): (u16, u16), look: Look) -> String {
    let mut desk = Desk::looking(language, look);
    desk.terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    desk.event(AppEvent::Terminal(TerminalEvent::Resize(width, height)));
    let mut album = format!("{}\n", framed("sign in", &desk.screen()));
    desk.write(name).press(KeyCode::Tab).write(PASSWORD).press(KeyCode::Enter);
    let records = desk.world.records();
    for (title, days) in [("Mariage Élise & Zoë", 3), ("日本語の会議", 5), ("Gala", 5)] {
        let draft = support::world::event_draft(title, days);
        desk.world.save(&Request::Write(WriteRequest::CreateEvent { contract: records.signed, draft }));
    }
    for Stop(title, lead) in DAY.iter().chain(work(name)) {
        go_home(&mut desk);
        lead(&mut desk);
        writeln!(album, "{}", framed(title, &desk.screen())).unwrap();
    }
    album
}

fn framed(title: &str, screen: &str) -> String {
    format!("==== {title}\n{screen}\n")
}

const SIZES: [(u16, u16); 3] = [(80, 24), (60, 16), (200, 60)];

#[test]
fn a_day_of_each_role() {
    for name in ["manager", "sales", "support"] {
        for language in [Language::En, Language::Fr] {
            for (width, height) in SIZES {
                let album = pictures(name, language, (width, height), Look::default());
                insta::assert_snapshot!(format!("{name}_{language}_{width}x{height}"), album);
                // Without colours the text and its layout are the same.
                let plain = Look { palette: Palette::Plain, ..Look::default() };
                assert_eq!(pictures(name, language, (width, height), plain), album, "{name} without colours");
            }
        }
    }
}

#[test]
fn a_day_in_ascii_and_for_screen_readers() {
    let ascii = Look { ascii: true, ..Look::default() };
    let accessible = Look { accessible: true, ..Look::default() };
    for (look, mode) in [(ascii, "ascii"), (accessible, "accessible")] {
        for (language, size) in [(Language::En, (80, 24)), (Language::Fr, (60, 16)), (Language::En, (200, 60))] {
            let album = pictures("manager", language, size, look);
            insta::assert_snapshot!(format!("{mode}_{language}_{}x{}", size.0, size.1), album);
        }
    }
}
