//! Layer 4: the application as a state machine. [`App::update`] does no input or output;
//! what has to happen outside comes back as [`Effect`]s.

mod clock;
mod dispatch;
mod draw;
mod event;
mod global_keys;
mod heirs;
mod leave;
mod lock;
mod open_screens;
mod palette;
mod pending;
mod replies;
mod run;
mod signed_out;
mod temporary;
mod terminal;
mod unseen;
mod worker;
mod workspace;

use std::collections::HashMap;

use crossterm::event::{
    Event as TerminalEvent, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent,
};
use ratatui::layout::{Position, Rect};

pub use clock::now;
pub use event::{AppEvent, Effect, Options};
pub use run::{Keep, RunError, run};
pub use terminal::{can_show, complain, for_locale, has_shell};
pub use worker::{Executor, Job, SESSIONS};

use crate::{
    domain::{
        lists::Lists,
        payments::Method,
        session::{Moment, Session},
    },
    ui::{
        Context, Notice, Preferences,
        keymap::Keys,
        keys::{Binding, Command, Key},
        popup::Popup,
        screens::{Screen, form::Form, setup::Setup},
        text::Phrase,
        theme::Theme,
        widgets::chrome,
    },
};
use pending::Pending;
use signed_out::sign_in;
use workspace::Workspace;

/// What is shown: one of the screens before sign-in, or the screens of a session.
enum Stage {
    Setup(Box<Setup>),
    /// The sign-in.
    SignedOut(Box<Form>),
    SignedIn(Box<Workspace>),
}

/// Who gets the reply to a request. Screens, popups and locks have a number that is never used again,
/// so the reply to one that was closed reaches no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asker {
    /// The app itself, or a screen before sign-in.
    App,
    /// The undo command, which works on every screen.
    Undo,
    Lock(u64),
    Screen(u64),
    Popup(u64),
}

/// The whole application.
pub struct App {
    stage: Stage,
    options: Options,
    /// The username of the only account that may sign in.
    user: Option<String>,
    /// The preferences of users who have signed in on this machine before, by username in lower case.
    people: HashMap<String, Preferences>,
    /// The language was chosen before sign-in; it then applies to the user who signs in.
    chose_language: bool,
    /// The preferences in the machine's configuration, for the screens before sign-in and for users
    /// who have not signed in here before.
    of_machine: Preferences,
    theme: Theme,
    keys: Keys,
    /// The help or a picker over the screens before sign-in, while it is open.
    over: Option<Popup>,
    notice: Option<Notice>,
    /// Columns and rows of the window.
    size: (u16, u16),
    /// The next free number for a request, a layer, a popup or a lock.
    next: u64,
    pending: Vec<Pending>,
    /// Writes that the user no longer waits for. Their outcome is shown when it is known.
    given_up: Vec<Pending>,
    /// The session of the signed-in user; nobody's before sign-in. It stands beside the stage, so
    /// that a screen can change itself while it looks at the session.
    session: Session,
    /// How the signed-in user's lists are arranged, as it was last read.
    lists: Lists,
    /// How the payment was made that was recorded last in this session.
    method: Method,
    /// What has to happen outside, collected during one [`App::update`].
    effects: Vec<Effect>,
    /// The popup that took the keys when it was on the screen last.
    seen: Option<u64>,
    now: Moment,
}

impl App {
    /// Starts at the sign-in, or at the wizard if the company has to be `set_up`.
    pub fn new(options: Options, set_up: bool, now: Moment) -> Self {
        let mut app = Self {
            stage: Stage::SignedOut(Box::new(sign_in("", None))),
            theme: Theme::of(options.preferences.look),
            of_machine: options.preferences,
            options,
            user: None,
            keys: Keys::default(),
            people: HashMap::new(),
            chose_language: false,
            over: None,
            notice: None,
            size: (80, 24),
            next: 1,
            pending: Vec::new(),
            given_up: Vec::new(),
            session: Session::nobody(),
            lists: Lists::default(),
            method: Method::default(),
            effects: Vec::new(),
            seen: None,
            now,
        };
        if set_up {
            let setup = Setup::new(app.options.embedded.clone(), app.options.server.as_ref(), &app.context());
            app.stage = Stage::Setup(Box::new(setup));
        }
        app
    }

    /// Lets only the account with this username sign in, if one is named.
    pub fn for_user(mut self, user: Option<String>) -> Self {
        if let (Stage::SignedOut(form), Some(user)) = (&mut self.stage, &user) {
            **form = sign_in("", Some(user));
        }
        Self { user, ..self }
    }

    /// Uses these preferences for the users who sign in, by username in lower case.
    pub fn knowing(self, people: HashMap<String, Preferences>) -> Self {
        Self { people, ..self }
    }

    /// With the keys of the configuration.
    pub fn with_keys(self, keys: Keys) -> Self {
        Self { keys, ..self }
    }

    fn context(&self) -> Context<'_> {
        let saving = self.is_writing();
        let (look, session) = ((&self.theme, &self.keys), (&self.session, &self.lists));
        context(look, session, self.options.preferences, (self.now, saving), self.method)
    }

    /// The stage, and what its screens may look at. They are borrowed separately, so that a screen can
    /// be changed while it reads the context.
    fn parts(&mut self) -> (&mut Stage, Context<'_>) {
        let session = (&self.session, &self.lists);
        let saving = self.is_writing();
        let look = (&self.theme, &self.keys);
        let ctx = context(look, session, self.options.preferences, (self.now, saving), self.method);
        (&mut self.stage, ctx)
    }

    /// Handles one event; returns what has to happen outside.
    pub fn update(&mut self, event: AppEvent, now: Moment) -> Vec<Effect> {
        self.now = now;
        if let AppEvent::Drawn(window) = event {
            self.drawn(window);
            return Vec::new();
        }
        let preferred = self.options.preferences;
        // This comes before the event counts as activity: the key that wakes a laptop must not keep a
        // session open that was idle for too long. Nor is it a letter of the password.
        let woke = self.lock_when_idle();
        match event {
            AppEvent::Terminal(TerminalEvent::Key(_) | TerminalEvent::Paste(_) | TerminalEvent::Mouse(_)) if woke => {}
            AppEvent::Terminal(TerminalEvent::Key(key)) if key.kind != KeyEventKind::Release => {
                self.touch();
                self.keys_of(key);
            }
            AppEvent::Terminal(TerminalEvent::Paste(_) | TerminalEvent::Mouse(_)) if self.is_too_small() => {}
            AppEvent::Terminal(TerminalEvent::Paste(text)) => {
                self.touch();
                self.paste(&text);
            }
            AppEvent::Terminal(TerminalEvent::Mouse(mouse)) => self.mouse(mouse),
            AppEvent::Terminal(TerminalEvent::Resize(width, height)) => self.size = (width, height),
            AppEvent::Terminal(_) => {}
            AppEvent::Reply { id, reply } => self.reply(id, *reply),
            AppEvent::Drawn(_) => {}
            AppEvent::Tick => self.tick(),
            AppEvent::NotKept(words) => self.say(Notice::bad(words)),
            AppEvent::Suspend => self.effects.push(Effect::Suspend),
            AppEvent::Stop => self.effects.push(Effect::Quit),
        }
        if self.options.preferences != preferred {
            self.effects.push(Effect::Prefer(self.options.preferences));
        }
        self.open_next();
        std::mem::take(&mut self.effects)
    }

    /// The most milliseconds until the next [`AppEvent::Tick`] is needed.
    pub fn patience(&self) -> u64 {
        match &self.stage {
            _ if self.is_waiting() => 120,
            Stage::SignedIn(_) if self.locks_in().is_some() => 500,
            _ => 1_000,
        }
    }

    /// Whether something was typed that is not saved.
    pub fn has_unsaved(&self) -> bool {
        matches!(&self.stage, Stage::SignedIn(workspace) if workspace.has_unsaved())
    }

    /// Whether the window is too small to show a screen.
    fn is_too_small(&self) -> bool {
        chrome::is_too_small(self.size.into())
    }

    /// The keys that do something now, for the bottom line, the help and the key handling.
    pub fn bindings(&self) -> Vec<Binding> {
        match &self.stage {
            Stage::SignedIn(_) => [self.screen_bindings(), self.global_bindings()].concat(),
            _ => self.signed_out_bindings(),
        }
    }

    /// The preferences that apply now.
    pub fn preferences(&self) -> Preferences {
        self.options.preferences
    }

    fn touch(&mut self) {
        if let Stage::SignedIn(workspace) = &mut self.stage {
            workspace.last_activity = self.now.ticks;
        }
    }

    /// Handles a key. If the window is too small to show what the key changes, only the keys that
    /// lock, suspend or quit work.
    fn seen_key(&mut self, key: KeyEvent) {
        let pressed = Key::from_event(key);
        let leaves = ['c', 'q', 'z'].map(Key::ctrl).contains(&pressed);
        let locks = pressed == self.keys.of(Command::Lock)
            && !self.session.must_change_password
            && matches!(&self.stage, Stage::SignedIn(workspace) if workspace.takes_commands());
        if !self.is_too_small() || leaves || locks {
            self.key(key);
        }
    }

    fn key(&mut self, key: KeyEvent) {
        let pressed = Key::from_event(key);
        self.notice = None;
        if pressed == Key::ctrl('z') {
            if self.options.suspends {
                self.effects.push(Effect::Suspend);
            } else {
                self.say(Notice::bad(self.context().say(Phrase::NoShell)));
            }
            return;
        }
        if pressed.code == KeyCode::Esc && self.give_up() {
            return;
        }
        let signed_in = matches!(self.stage, Stage::SignedIn(_));
        if signed_in {
            self.workspace_key(key);
        } else if !self.signed_out_key(key) {
            match &self.stage {
                Stage::Setup(_) => self.setup_key(key),
                _ => self.login_key(key),
            }
        }
    }

    /// Applies these preferences until the user signs out.
    fn look_like(&mut self, preferences: Preferences) {
        self.options.preferences = preferences;
        self.theme = Theme::of(preferences.look);
    }

    /// Applies these preferences, and stores them for the signed-in user.
    fn prefer(&mut self, preferences: Preferences) {
        self.look_like(preferences);
        if matches!(self.stage, Stage::SignedIn(_)) {
            let username = self.session.actor.username.clone();
            self.people.insert(username.to_lowercase(), preferences);
            self.effects.push(Effect::Keep { username, preferences });
        }
    }

    fn paste(&mut self, text: &str) {
        match &mut self.stage {
            Stage::Setup(_) | Stage::SignedOut(_) if self.over.is_some() => {}
            Stage::Setup(setup) => setup.paste(text),
            Stage::SignedOut(form) => drop(form.paste(text)),
            Stage::SignedIn(_) => self.workspace_paste(text),
        }
    }

    fn mouse(&mut self, mouse: MouseEvent) {
        use crossterm::event::MouseEventKind as M;
        let code = match mouse.kind {
            M::ScrollUp => KeyCode::Up,
            M::ScrollDown => KeyCode::Down,
            M::Down(MouseButton::Left) => return self.click(Position::new(mouse.column, mouse.row)),
            _ => return,
        };
        self.touch();
        let scrolls = matches!(&self.stage, Stage::SignedIn(workspace) if workspace.scrolls());
        if scrolls {
            self.key(KeyEvent::new(code, KeyModifiers::NONE));
        }
    }

    fn click(&mut self, at: Position) {
        self.touch();
        let body = self.areas(Rect::new(0, 0, self.size.0, self.size.1)).body;
        let open = matches!(&self.stage, Stage::SignedIn(workspace) if workspace.popup.is_none() && workspace.locked.is_none());
        if open && body.contains(at) {
            self.workspace_click(at, body);
        }
    }

    /// Shows a notice in the message line; if the session is locked, after it is unlocked.
    fn say(&mut self, notice: Notice) {
        if notice.text.is_empty() {
            return;
        }
        match self.workspace().and_then(|workspace| workspace.locked.as_mut()) {
            Some(lock) => lock.said = Some(notice),
            None => self.notice = Some(notice),
        }
    }

    /// Ends the session: forgets its screens, its replies and its preferences.
    fn sign_out(&mut self, notice: Option<Notice>) {
        self.stop_imports();
        self.pending.clear();
        self.look_like(self.of_machine);
        self.given_up.clear();
        self.stage = Stage::SignedOut(Box::new(sign_in("", self.user.as_deref())));
        (self.session, self.lists, self.method) = (Session::nobody(), Lists::default(), Method::default());
        self.notice = notice;
    }

    fn tick(&mut self) {
        if matches!(self.stage, Stage::SignedIn(_)) {
            self.workspace_tick();
        }
    }
}

fn context<'a>(
    (theme, keys): (&'a Theme, &'a Keys),
    (session, lists): (&'a Session, &'a Lists),
    preferences: Preferences,
    (now, saving): (Moment, bool),
    method: Method,
) -> Context<'a> {
    Context {
        language: preferences.language,
        theme,
        preferences,
        session,
        lists,
        now: session.settings.wall_clock(now.utc),
        beat: now.ticks / 120,
        saving,
        keys,
        method,
    }
}
