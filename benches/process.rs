//! Benchmarks inside the process (`cargo bench`): drawing each screen at 200×60, the time from a key to its
//! frame, the filter including its query, parsing dates and amounts, evaluating all rights.
#![allow(clippy::unwrap_used, reason = "a bench that cannot go on has failed")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use crossterm::event::{Event as TerminalEvent, KeyCode, KeyEvent, KeyModifiers};
use epic_events::{
    app::{App, AppEvent, Effect, Options},
    domain::{
        Cents,
        dates::parse_date_time,
        language::Language,
        policy::{self, Permission},
        session::Moment,
        settings::Settings,
        users::Role,
    },
    services::{Services, demo},
    storage::Target,
    ui::{Preferences, theme::Look},
};
use ratatui::{Terminal, backend::TestBackend};
use strum::IntoEnumIterator;

/// The application with a company of a thousand events. Requests run on the same thread.
struct Desk {
    app: App,
    services: Services,
    terminal: Terminal<TestBackend>,
    now: Moment,
    _folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("bench.db").display());
        let now = epic_events::app::now();
        demo::prepare_scaled(&url, None, 1_000, Language::En, now, |_, _| {}).unwrap();
        let services = Services::new(Target::parse(&url).unwrap(), "bench".to_owned(), 4);
        let preferences = Preferences { language: Language::En, look: Look::default(), mouse: true };
        let options = Options { preferences, demo: Vec::new(), embedded: String::new(), server: None, suspends: true };
        let terminal = Terminal::new(TestBackend::new(200, 60)).unwrap();
        let mut desk = Self { app: App::new(options, false, now), services, terminal, now, _folder: folder };
        desk.write("manager").press(KeyCode::Tab).write("look-around-freely").press(KeyCode::Enter);
        desk
    }

    fn event(&mut self, event: AppEvent) {
        for effect in self.app.update(event, self.now) {
            if let Effect::Send { id, session, request } = effect {
                let reply = self.services.execute(session.as_deref(), &request, self.now);
                self.event(AppEvent::Reply { id, reply: Box::new(reply) });
            }
        }
    }

    fn press(&mut self, code: KeyCode) -> &mut Self {
        self.event(AppEvent::Drawn((200, 60).into()));
        self.event(AppEvent::Terminal(TerminalEvent::Key(KeyEvent::new(code, KeyModifiers::NONE))));
        self
    }

    fn write(&mut self, text: &str) -> &mut Self {
        for letter in text.chars() {
            self.press(KeyCode::Char(letter));
        }
        self
    }

    /// Opens a screen with the palette.
    fn go(&mut self, words: &str) -> &mut Self {
        self.press(KeyCode::Char(':')).write(words).press(KeyCode::Enter)
    }

    fn draw(&mut self) {
        self.terminal.draw(|frame| self.app.draw(frame)).unwrap();
    }
}

/// Name of the benchmark, what is typed into the palette, and the keys pressed after that.
const SCREENS: [(&str, &str, &[KeyCode]); 10] = [
    ("home", "home", &[]),
    ("clients", "clients", &[]),
    ("contracts", "contracts", &[]),
    ("events", "events", &[]),
    ("staff", "staff", &[]),
    ("audit log", "audit log", &[]),
    ("an event", "events", &[KeyCode::Enter]),
    ("a form", "events", &[KeyCode::Char('e')]),
    ("choosing support", "events", &[KeyCode::Char('a')]),
    ("help", "events", &[KeyCode::Char('?')]),
];

fn frames(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("frame at 200x60");
    for (name, palette, keys) in SCREENS {
        let mut desk = Desk::new();
        desk.go(palette);
        for key in keys {
            desk.press(*key);
        }
        group.bench_function(name, |bencher| bencher.iter(|| desk.draw()));
    }
    let mut empty = Terminal::new(TestBackend::new(200, 60)).unwrap();
    group.bench_function("empty", |bencher| bencher.iter(|| empty.draw(|_| {}).map(drop).unwrap()));
    group.finish();
}

fn keys(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("key to frame at 200x60");
    let mut desk = Desk::new();
    desk.go("events").draw();
    let mut down = true;
    group.bench_function("a row further", |bencher| {
        bencher.iter(|| {
            desk.press(if down { KeyCode::Down } else { KeyCode::Up }).draw();
            down = !down;
        });
    });
    desk.press(KeyCode::Char('/'));
    group.bench_function("a letter of the filter and back, two frames, answered", |bencher| {
        bencher.iter(|| {
            desk.press(KeyCode::Char('w')).draw();
            desk.press(KeyCode::Backspace).draw();
        });
    });
    desk.press(KeyCode::Esc).press(KeyCode::Char('n'));
    group.bench_function("a letter in a form and back, two frames", |bencher| {
        bencher.iter(|| {
            desk.press(KeyCode::Char('w')).draw();
            desk.press(KeyCode::Backspace).draw();
        });
    });
    group.finish();
}

fn parsing(criterion: &mut Criterion) {
    let now = epic_events::app::now().utc;
    criterion.bench_function("a date", |bencher| bencher.iter(|| parse_date_time(black_box("14/8 18h30"), now)));
    criterion.bench_function("an amount", |bencher| bencher.iter(|| Cents::parse(black_box("12 000,50"))));
    let settings = Settings::default();
    criterion.bench_function("all rights of all roles", |bencher| {
        bencher.iter(|| {
            Permission::iter()
                .flat_map(|permission| Role::iter().map(move |role| (permission, role)))
                .filter(|(permission, role)| policy::reach(*permission, *role, black_box(&settings)).is_some())
                .count()
        });
    });
}

criterion_group!(benches, frames, keys, parsing);
criterion_main!(benches);
