//! The driver of these tests: an application with a company database, fed with keys, whose screen can be read.

pub use crossterm::event::{
    Event as TerminalEvent, KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};
pub use epic_events::{
    app::{App, AppEvent, Effect, Options},
    domain::{
        Error,
        entity::Query,
        error::ConnectionProblem,
        language::Language,
        session::{Moment, Session},
        settings::Settings,
    },
    services::{ReadRequest, Request, WriteRequest},
    ui::{
        Preferences,
        theme::{Look, Palette},
    },
};
use ratatui::buffer::CellWidth;
pub use ratatui::{Terminal, backend::TestBackend};

pub use crate::support::{
    self, Engine,
    world::{PASSWORD, World, client_draft, start},
};

/// A request whose reply is held back.
type Held = (u64, Option<Box<Session>>, Box<Request>);

/// The application and the database of its company.
pub struct Desk {
    pub world: World,
    pub app: App,
    pub terminal: Terminal<TestBackend>,
    pub now: Moment,
    /// The requests that wait for a reply, while replies are held back.
    pub held: Option<Vec<Held>>,
    pub quit: bool,
    /// The text that was copied to the clipboard last.
    pub copied: Option<String>,
    /// The preferences that the application asked to store for this computer.
    pub preferred: Option<Preferences>,
    /// The preferences that the application asked to store for a user.
    pub kept: Option<(String, Preferences)>,
}

impl Desk {
    pub fn new(language: Language) -> Self {
        Self::looking(language, Look::default())
    }

    /// With this look.
    pub fn looking(language: Language, look: Look) -> Self {
        let world = World::new(Engine::Sqlite);
        let preferences = Preferences { language, look, mouse: true };
        let options = Options { preferences, demo: Vec::new(), embedded: String::new(), server: None, suspends: true };
        let now = Moment { utc: start() + chrono::TimeDelta::hours(1), ticks: 10_000_000 };
        let app = App::new(options, false, now);
        let terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
        Self { world, app, terminal, now, held: None, quit: false, copied: None, preferred: None, kept: None }
    }

    /// Signed in as this person.
    pub fn of(name: &str, language: Language) -> Self {
        let mut desk = Self::new(language);
        desk.write(name).press(KeyCode::Tab).write(PASSWORD).press(KeyCode::Enter);
        desk
    }

    pub fn event(&mut self, event: AppEvent) {
        for effect in self.app.update(event, self.now) {
            match effect {
                Effect::Send { id, session, request } => match &mut self.held {
                    Some(held) => held.push((id, session, request)),
                    None => self.answer(id, session.as_deref(), &request),
                },
                Effect::Quit => self.quit = true,
                Effect::Copy(text) => self.copied = Some(text),
                Effect::Prefer(preferences) => self.preferred = Some(preferences),
                Effect::Keep { username, preferences } => self.kept = Some((username, preferences)),
                _ => {}
            }
        }
    }

    pub fn answer(&mut self, id: u64, session: Option<&Session>, request: &Request) {
        let reply = self.world.services.execute(session, request, self.now);
        self.event(AppEvent::Reply { id, reply: Box::new(reply) });
    }

    /// Executes all requests that were held back and delivers the replies.
    pub fn release(&mut self) {
        for (id, session, request) in self.held.take().unwrap_or_default() {
            self.answer(id, session.as_deref(), &request);
        }
    }

    /// Fails all requests that were held back, as if the database had gone away. Later requests are executed
    /// again.
    pub fn refuse(&mut self) {
        for (id, ..) in self.held.take().unwrap_or_default() {
            let reply = Box::new(Err(Error::Unavailable(ConnectionProblem::Lost)));
            self.event(AppEvent::Reply { id, reply });
        }
    }

    pub fn key(&mut self, code: KeyCode, modifiers: KeyModifiers) -> &mut Self {
        self.drawn().early_key(code, modifiers)
    }

    /// The screen is drawn in the present window.
    pub fn drawn(&mut self) -> &mut Self {
        let window = self.terminal.backend().buffer().area.as_size();
        self.event(AppEvent::Drawn(window));
        self
    }

    /// A key that is pressed before the screen shows what the key before it has done.
    pub fn early_key(&mut self, code: KeyCode, modifiers: KeyModifiers) -> &mut Self {
        self.event(AppEvent::Terminal(TerminalEvent::Key(KeyEvent::new(code, modifiers))));
        self
    }

    pub fn press(&mut self, code: KeyCode) -> &mut Self {
        self.key(code, KeyModifiers::NONE)
    }

    pub fn ctrl(&mut self, c: char) -> &mut Self {
        self.key(KeyCode::Char(c), KeyModifiers::CONTROL)
    }

    pub fn write(&mut self, text: &str) -> &mut Self {
        for c in text.chars() {
            self.press(KeyCode::Char(c));
        }
        self
    }

    /// Opens a screen by typing its name into the palette.
    pub fn go(&mut self, words: &str) -> &mut Self {
        self.press(KeyCode::Char(':')).write(words).press(KeyCode::Enter)
    }

    /// Lets time pass on the monotonic clock, and sends a tick.
    pub fn wait(&mut self, milliseconds: u64) -> &mut Self {
        self.now.ticks += milliseconds;
        self.event(AppEvent::Tick);
        self
    }

    /// In a window of this size.
    pub fn resize(&mut self, width: u16, height: u16) -> &mut Self {
        self.terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        self.event(AppEvent::Terminal(TerminalEvent::Resize(width, height)));
        self
    }

    pub fn screen(&mut self) -> String {
        self.terminal.draw(|frame| self.app.draw(frame)).unwrap();
        let buffer = self.terminal.backend().buffer();
        let columns = usize::from(buffer.area.width);
        let rows = buffer.content.chunks(columns).map(|row| {
            // Skip the cells that a wide character covers.
            let mut covered = 0;
            let symbols = row.iter().filter(|cell| {
                let hidden = covered > 0;
                covered = if hidden { covered - 1 } else { usize::from(cell.symbol().cell_width().max(1)) - 1 };
                !hidden
            });
            symbols.map(ratatui::buffer::Cell::symbol).collect::<String>()
        });
        rows.map(|row| row.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
    }

    pub fn see(&mut self, text: &str) -> &mut Self {
        let screen = self.screen();
        assert!(breakable(&screen).contains(&breakable(text)), "no \"{text}\" in:\n{screen}");
        self
    }

    pub fn not(&mut self, text: &str) -> &mut Self {
        let screen = self.screen();
        assert!(!breakable(&screen).contains(&breakable(text)), "\"{text}\" in:\n{screen}");
        self
    }
}

/// The text with ordinary spaces in place of those before French punctuation.
fn breakable(text: &str) -> String {
    text.replace('\u{a0}', " ")
}

/// Fills in everything that a new client needs, and leaves the caret in the phone number.
pub fn fill_in_client(desk: &mut Desk) {
    desk.go("new client").write("Kevin Casey").press(KeyCode::Tab).write("Cool Startup").press(KeyCode::Tab);
    desk.press(KeyCode::Tab).write("+678 123 456 78");
}

/// Moves to the field with this label.
pub fn to<'a>(desk: &'a mut Desk, label: &str) -> &'a mut Desk {
    for _ in 0..12 {
        let screen = desk.screen();
        if screen.lines().any(|line| format!("{line} ").trim_start().starts_with(&format!("> {label}"))) {
            return desk;
        }
        desk.press(KeyCode::Tab);
    }
    let screen = desk.screen();
    panic!("no field {label} in:\n{screen}")
}
