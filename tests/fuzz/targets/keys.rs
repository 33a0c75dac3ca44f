//! Any sequence of keys, pastes and window sizes in a session of any role: no panic, and a frame can always be
//! drawn. Of all requests only the sign-in succeeds.
#![no_main]

use chrono::NaiveDate;
use crossterm::event::{Event as TerminalEvent, KeyCode, KeyEvent, KeyModifiers};
use epic_events::{app::{App, Effect, AppEvent, Options}, domain::{Error, UserId, error::ConnectionProblem, language::Language, session::{Actor, Moment, Session}, settings::Settings, users::Role}, services::{Reply, Request, SessionRequest}, ui::{Preferences, theme::Look}};
use libfuzzer_sys::fuzz_target;
use ratatui::{Terminal, backend::TestBackend};

const KEYS: [KeyCode; 16] = [
    KeyCode::Enter,
    KeyCode::Esc,
    KeyCode::Tab,
    KeyCode::BackTab,
    KeyCode::Up,
    KeyCode::Down,
    KeyCode::Left,
    KeyCode::Right,
    KeyCode::Home,
    KeyCode::End,
    KeyCode::PageUp,
    KeyCode::PageDown,
    KeyCode::Backspace,
    KeyCode::Delete,
    KeyCode::F(4),
    KeyCode::F(5),
];

struct Desk {
    app: App,
    now: Moment,
    role: Role,
}

impl Desk {
    fn feed(&mut self, event: AppEvent) {
        for effect in self.app.update(event, self.now) {
            let Effect::Send { id, request, .. } = effect else { continue };
            let reply = match *request {
                Request::Session(SessionRequest::SignIn { .. }) => Ok(Reply::SignedIn(Box::new(self.session()))),
                _ => Err(Error::Unavailable(ConnectionProblem::Lost)),
            };
            self.feed(AppEvent::Reply { id, reply: Box::new(reply) });
        }
    }

    fn session(&self) -> Session {
        let actor =
            Actor { id: UserId::new(1), username: "anna".into(), full_name: "Anna".into(), role: self.role };
        let settings = Settings::default();
        Session { id: "s".into(), actor, auth_epoch: 0, must_change_password: false, confirmed_at: None, settings }
    }

    fn key(&mut self, code: KeyCode, modifiers: KeyModifiers) {
        self.feed(AppEvent::Drawn((80, 24).into()));
        self.feed(AppEvent::Terminal(TerminalEvent::Key(KeyEvent::new(code, modifiers))));
    }
}

fuzz_target!(|input: (u8, Vec<(u8, u16)>)| {
    let (role, events) = input;
    let role = [Role::Management, Role::Sales, Role::Support][usize::from(role) % 3];
    let language = if events.len() % 2 == 0 { Language::En } else { Language::Fr };
    let preferences = Preferences { language, look: Look::default(), mouse: true };
    let options = Options { preferences, demo: Vec::new(), embedded: String::new(), server: None, suspends: false };
    let utc = NaiveDate::from_ymd_opt(2026, 11, 21).and_then(|day| day.and_hms_opt(9, 0, 0)).unwrap_or_default();
    let now = Moment { utc, ticks: 1_000 };
    let mut desk = Desk { app: App::new(options, false, now), now, role };
    for code in [KeyCode::Char('a'), KeyCode::Tab, KeyCode::Char('b'), KeyCode::Enter] {
        desk.key(code, KeyModifiers::NONE);
    }
    let Ok(mut terminal) = Terminal::new(TestBackend::new(80, 24));
    for (kind, value) in events.into_iter().take(200) {
        desk.now.ticks += u64::from(value);
        let letter = char::from_u32(value.into()).unwrap_or('x');
        match kind % 8 {
            0 => desk.feed(AppEvent::Terminal(TerminalEvent::Paste(letter.to_string().repeat(20)))),
            1 => {
                let (width, height) = (1 + value % 300, 1 + (value >> 8) % 100);
                let Ok(other) = Terminal::new(TestBackend::new(width, height));
                terminal = other;
                desk.feed(AppEvent::Terminal(TerminalEvent::Resize(width, height)));
            }
            2 => desk.key(KeyCode::Char(letter), KeyModifiers::CONTROL),
            3 => desk.feed(AppEvent::Tick),
            4 | 5 => desk.key(KeyCode::Char(char::from(b' ' + (value % 95) as u8)), KeyModifiers::NONE),
            _ => desk.key(KEYS[usize::from(value) % KEYS.len()], KeyModifiers::NONE),
        }
        let Ok(_) = terminal.draw(|frame| desk.app.draw(frame));
    }
});
