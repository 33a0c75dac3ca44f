//! Layer 4: the application as a state machine. [`App::update`] does no input or output;
//! what has to happen outside comes back as [`Effect`]s.

mod clock;
mod draw;
mod pending;
mod popups;
mod replies;
mod run;
mod signed_out;
mod terminal;
mod worker;
mod workspace;

use std::collections::HashMap;

use crossterm::event::{
    Event as TerminalEvent, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent,
};
use ratatui::layout::{Position, Rect};
use secrecy::SecretString;

pub use clock::now;
pub use run::{Keep, RunError, run};
pub use terminal::{can_show, for_locale, has_shell};
pub use worker::{Executor, Job};

use crate::{
    domain::{
        Error, UserId,
        address::ServerAddress,
        language::Language,
        session::{Actor, Moment, Session},
        settings::Settings,
        users::Role,
    },
    services::{Reply, Request},
    ui::{
        Context, Notice, Preferences, actions,
        keys::{Binding, Command, Key},
        popup::Popup,
        screens::{form::Form, setup::Setup},
        text::Phrase,
        theme::Theme,
        widgets::chrome,
    },
};
use pending::Pending;
use workspace::Workspace;

/// What comes in, one at a time and in order.
#[derive(Debug)]
pub enum AppEvent {
    Terminal(TerminalEvent),
    Reply {
        id: u64,
        reply: Box<Result<Reply, Error>>,
    },
    /// Time has passed.
    Tick,
    /// What was to be written on the machine was not; what there is to be said about that.
    NotKept(String),
    /// Whoever started the program wants it to stop for a while.
    Suspend,
    /// The terminal is gone, or the system asks to stop.
    Stop,
}

/// What has to happen outside.
#[derive(Debug)]
pub enum Effect {
    Send {
        id: u64,
        session: Option<Box<Session>>,
        request: Box<Request>,
    },
    /// Nobody waits any more for what was sent.
    Abandon,
    Copy(String),
    Suspend,
    /// Be like this from now on.
    Prefer(Preferences),
    /// This person wants it like this the next time too.
    Keep {
        username: String,
        preferences: Preferences,
    },
    /// Work on this database from now on.
    Use(SecretString),
    /// The company's database and language, for the machine's configuration.
    Remember {
        url: SecretString,
        language: Language,
    },
    Quit,
}

/// What the app is started with.
#[derive(Debug, Clone)]
pub struct Options {
    pub preferences: Preferences,
    /// Accounts to try, shown beside the sign-in: username and password.
    pub demo: Vec<(String, String)>,
    /// The address of the embedded database, for the wizard.
    pub embedded: String,
    /// The company's server as the configuration names it, for the wizard.
    pub server: Option<ServerAddress>,
    /// There is a shell that can let the program go on after Ctrl+Z.
    pub suspends: bool,
}

enum Stage {
    Setup(Box<Setup>),
    SignedOut(Box<Form>),
    SignedIn(Box<Workspace>),
}

/// Who gets a reply. Screens, popups and locks have a number of their own: a reply to one that
/// has gone reaches no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asker {
    /// Sign-in, set-up, heartbeat.
    App,
    /// `u`, on whatever screen.
    Undo,
    Lock(u64),
    Layer(u64),
    Popup(u64),
}

/// The whole application.
pub struct App {
    stage: Stage,
    options: Options,
    /// How people who have signed in here before want it, by username in lower case.
    people: HashMap<String, Preferences>,
    /// The language was chosen at the sign-in screen, for whoever signs in.
    chose_language: bool,
    /// As the machine's configuration says: what the screens before sign-in are like, and those
    /// of people who have not signed in here before.
    of_machine: Preferences,
    theme: Theme,
    /// The keys of the screens before sign-in, explained.
    help: Option<Popup>,
    notice: Option<Notice>,
    size: (u16, u16),
    next: u64,
    pending: Vec<Pending>,
    /// Writes that nobody waits for any more. What became of them is told when it is known.
    given_up: Vec<Pending>,
    /// Nobody, for the screens before sign-in.
    nobody: Session,
    now: Moment,
}

impl App {
    /// At the sign-in screen, or at the set-up wizard.
    pub fn new(options: Options, set_up: bool, now: Moment) -> Self {
        let mut app = Self {
            stage: Stage::SignedOut(Box::new(Form::sign_in(""))),
            theme: Theme::of(options.preferences.look),
            of_machine: options.preferences,
            options,
            people: HashMap::new(),
            chose_language: false,
            help: None,
            notice: None,
            size: (80, 24),
            next: 1,
            pending: Vec::new(),
            given_up: Vec::new(),
            nobody: nobody(),
            now,
        };
        if set_up {
            let setup = Setup::new(app.options.embedded.clone(), app.options.server.as_ref(), &app.context());
            app.stage = Stage::Setup(Box::new(setup));
        }
        app
    }

    /// Knows how these people, by username in lower case, want the program to be.
    pub fn knowing(self, people: HashMap<String, Preferences>) -> Self {
        Self { people, ..self }
    }

    fn context(&self) -> Context<'_> {
        let session = match &self.stage {
            Stage::SignedIn(workspace) => &workspace.session,
            _ => &self.nobody,
        };
        Context {
            language: self.options.preferences.language,
            theme: &self.theme,
            preferences: self.options.preferences,
            session,
            now: session.settings.wall_clock(self.now.utc),
            beat: self.now.ticks / 120,
        }
    }

    /// Takes one event and says what has to happen.
    pub fn update(&mut self, event: AppEvent, now: Moment) -> Vec<Effect> {
        self.now = now;
        let mut effects = Vec::new();
        let preferred = self.options.preferences;
        // Before anything counts as activity: the key that wakes a laptop must not keep
        // open what has slept too long, and it is no letter of the password either.
        let woke = self.lock_when_idle();
        match event {
            AppEvent::Terminal(TerminalEvent::Key(_) | TerminalEvent::Paste(_) | TerminalEvent::Mouse(_)) if woke => {}
            AppEvent::Terminal(TerminalEvent::Key(key)) if key.kind != KeyEventKind::Release => {
                self.touch();
                let before = self.question();
                for (number, key) in apart(key).into_iter().enumerate() {
                    // A question that the first of two keys has opened was not seen by
                    // whoever pressed the second.
                    if number == 0 || self.question().is_none_or(|open| Some(open) == before) {
                        self.seen_key(key, &mut effects);
                    }
                }
            }
            AppEvent::Terminal(TerminalEvent::Paste(_) | TerminalEvent::Mouse(_)) if self.is_too_small() => {}
            AppEvent::Terminal(TerminalEvent::Paste(text)) => {
                self.touch();
                self.paste(&text, &mut effects);
            }
            AppEvent::Terminal(TerminalEvent::Mouse(mouse)) => self.mouse(mouse, &mut effects),
            AppEvent::Terminal(TerminalEvent::Resize(width, height)) => self.size = (width, height),
            AppEvent::Terminal(_) => {}
            AppEvent::Reply { id, reply } => self.reply(id, *reply, &mut effects),
            AppEvent::Tick => self.tick(&mut effects),
            AppEvent::NotKept(words) => self.say(Notice::bad(words)),
            AppEvent::Suspend => effects.push(Effect::Suspend),
            AppEvent::Stop => effects.push(Effect::Quit),
        }
        if self.options.preferences != preferred {
            effects.push(Effect::Prefer(self.options.preferences));
        }
        self.open_next(&mut effects);
        effects
    }

    /// Milliseconds until the app wants to be told that time has passed.
    pub fn patience(&self) -> u64 {
        match &self.stage {
            _ if self.is_waiting() => 120,
            Stage::SignedIn(workspace) if workspace.locks_in(self.now).is_some() => 500,
            _ => 1_000,
        }
    }

    /// Whether something was typed that is not saved.
    pub fn has_unsaved(&self) -> bool {
        matches!(&self.stage, Stage::SignedIn(workspace) if workspace.has_unsaved())
    }

    /// Whether the window has no room for more than saying so.
    fn is_too_small(&self) -> bool {
        self.size.0 < chrome::SMALLEST.0 || self.size.1 < chrome::SMALLEST.1
    }

    /// The number of the popup that takes the keys, if one does.
    fn question(&self) -> Option<u64> {
        let Stage::SignedIn(workspace) = &self.stage else { return None };
        match &workspace.locked {
            Some(lock) => lock.leaving.map(|_| lock.id),
            None => workspace.popup.as_ref().map(|open| open.id),
        }
    }

    /// Everything that can be done now by a key: what the bottom line, the help and the
    /// dispatcher are made of.
    pub fn bindings(&self) -> Vec<Binding> {
        match &self.stage {
            Stage::SignedIn(_) => [self.screen_bindings(), self.shell_bindings()].concat(),
            _ => self.signed_out_bindings(),
        }
    }

    /// How the person wants it to be.
    pub fn preferences(&self) -> Preferences {
        self.options.preferences
    }

    fn touch(&mut self) {
        if let Stage::SignedIn(workspace) = &mut self.stage {
            workspace.last_activity = self.now.ticks;
        }
    }

    /// A key, unless it would change what the window is too small to show: there only what
    /// needs no eyes is left, leaving, stopping and locking.
    fn seen_key(&mut self, key: KeyEvent, effects: &mut Vec<Effect>) {
        let pressed = Key::from_event(key);
        let leaves = ['c', 'q', 'z'].map(Key::ctrl).contains(&pressed);
        let locks = pressed == actions::key_of(Command::Lock)
            && matches!(&self.stage, Stage::SignedIn(workspace) if workspace.takes_commands());
        if !self.is_too_small() || leaves || locks {
            self.key(key, effects);
        }
    }

    fn key(&mut self, key: KeyEvent, effects: &mut Vec<Effect>) {
        let pressed = Key::from_event(key);
        self.notice = None;
        if pressed == Key::ctrl('z') {
            if self.options.suspends {
                effects.push(Effect::Suspend);
            } else {
                self.say(Notice::bad(self.context().say(Phrase::NoShell)));
            }
            return;
        }
        if pressed.code == KeyCode::Esc && self.give_up(effects) {
            return;
        }
        let signed_in = matches!(self.stage, Stage::SignedIn(_));
        if signed_in {
            self.workspace_key(key, effects);
        } else if !self.signed_out_key(key, effects) {
            match &self.stage {
                Stage::Setup(_) => self.setup_key(key, effects),
                _ => self.login_key(key, effects),
            }
        }
    }

    /// Looks and speaks like this from now on.
    fn look_like(&mut self, preferences: Preferences) {
        self.options.preferences = preferences;
        self.theme = Theme::of(preferences.look);
    }

    /// The same, also the next time for whoever is signed in.
    fn prefer(&mut self, preferences: Preferences, effects: &mut Vec<Effect>) {
        self.look_like(preferences);
        if let Stage::SignedIn(workspace) = &self.stage {
            let username = workspace.session.actor.username.clone();
            self.people.insert(username.to_lowercase(), preferences);
            effects.push(Effect::Keep { username, preferences });
        }
    }

    fn paste(&mut self, text: &str, effects: &mut Vec<Effect>) {
        match &mut self.stage {
            Stage::Setup(_) | Stage::SignedOut(_) if self.help.is_some() => {}
            Stage::Setup(setup) => setup.paste(text),
            Stage::SignedOut(form) => drop(form.paste(text)),
            Stage::SignedIn(_) => self.workspace_paste(text, effects),
        }
    }

    fn mouse(&mut self, mouse: MouseEvent, effects: &mut Vec<Effect>) {
        use crossterm::event::MouseEventKind as M;
        let code = match mouse.kind {
            M::ScrollUp => KeyCode::Up,
            M::ScrollDown => KeyCode::Down,
            M::Down(MouseButton::Left) => return self.click(Position::new(mouse.column, mouse.row), effects),
            _ => return,
        };
        self.touch();
        let scrolls = matches!(&self.stage, Stage::SignedIn(workspace) if workspace.scrolls());
        if scrolls {
            self.key(KeyEvent::new(code, KeyModifiers::NONE), effects);
        }
    }

    fn click(&mut self, at: Position, effects: &mut Vec<Effect>) {
        self.touch();
        let body = chrome::areas(Rect::new(0, 0, self.size.0, self.size.1)).body;
        let open = matches!(&self.stage, Stage::SignedIn(workspace) if workspace.popup.is_none() && workspace.locked.is_none());
        if open && body.contains(at) {
            self.workspace_click(at, body, effects);
        }
    }

    /// Says it at the bottom; while the session is locked, once it is unlocked.
    fn say(&mut self, notice: Notice) {
        if notice.text.is_empty() {
            return;
        }
        match self.workspace().and_then(|workspace| workspace.locked.as_mut()) {
            Some(lock) => lock.said = Some(notice),
            None => self.notice = Some(notice),
        }
    }

    /// Forgets everything of the session, and how its owner wanted the program to be.
    fn sign_out(&mut self, notice: Option<Notice>) {
        self.pending.clear();
        self.look_like(self.of_machine);
        self.given_up.clear();
        self.stage = Stage::SignedOut(Box::new(Form::sign_in("")));
        self.notice = notice;
    }

    fn tick(&mut self, effects: &mut Vec<Effect>) {
        if matches!(self.stage, Stage::SignedIn(_)) {
            self.workspace_tick(effects);
        }
    }
}

/// Esc and a key right after it arrive from a terminal as one key with Alt, which
/// nothing here is bound to.
fn apart(key: KeyEvent) -> Vec<KeyEvent> {
    if key.modifiers.contains(KeyModifiers::ALT) && !key.modifiers.contains(KeyModifiers::CONTROL) {
        let alone = KeyEvent { modifiers: key.modifiers - KeyModifiers::ALT, ..key };
        vec![KeyEvent::new(KeyCode::Esc, KeyModifiers::NONE), alone]
    } else {
        vec![key]
    }
}

/// Nobody: what screens look at before somebody has signed in.
fn nobody() -> Session {
    let actor = Actor { id: UserId::new(0), username: String::new(), full_name: String::new(), role: Role::Management };
    Session {
        id: String::new(),
        actor,
        auth_epoch: 0,
        must_change_password: false,
        confirmed_at: None,
        settings: Settings::default(),
    }
}
