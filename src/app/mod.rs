//! Floor 4: the application as a state machine. [`App::update`] does no input or output;
//! what has to happen outside comes back as [`Effect`]s.

mod clock;
mod desk;
mod draw;
mod popups;
mod replies;
mod run;
mod terminal;
mod worker;

use crossterm::event::{
    Event as TerminalEvent, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent,
};
use ratatui::layout::Rect;
use secrecy::SecretString;

pub use clock::now;
pub use run::{Failure, Keep, run};
pub use terminal::has_shell;
pub use worker::{Executor, Job};

use crate::{
    domain::{
        Error, UserId,
        language::Language,
        session::{Actor, Moment, Session},
        settings::Settings,
        user::Role,
    },
    services::{Reply, Request},
    ui::{
        Action, Context, Notice, Preferences,
        actions::bind,
        keys::{Binding, Command, Key},
        popup::{self, Outcome, Popup},
        screens::{
            form::Form,
            setup::{Setup, Step, Wish},
        },
        text::W,
        theme::Theme,
        widgets::chrome,
    },
};
use desk::{Desk, Lock};

/// What comes in, one at a time and in order.
#[derive(Debug)]
pub enum Event {
    Terminal(TerminalEvent),
    Reply {
        id: u64,
        reply: Box<Result<Reply, Error>>,
    },
    /// Time has passed.
    Tick,
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
    /// Be like this from now on, and the next time.
    Prefer(Preferences),
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
    /// The company's server as the configuration names it.
    pub server: Option<String>,
    /// There is a shell that can let the program go on after Ctrl+Z.
    pub suspends: bool,
}

enum Stage {
    Setup(Box<Setup>),
    SignedOut(Box<Form>),
    SignedIn(Box<Desk>),
}

/// Who gets a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asker {
    /// Sign-in, set-up, heartbeat, confirmation, undo.
    App,
    Layer(u64),
    Popup(u64),
}

/// Something under way.
#[derive(Debug)]
struct Pending {
    id: u64,
    asker: Asker,
    request: Request,
    /// On the clock of [`Moment::ticks`].
    since: u64,
}

/// The whole application.
pub struct App {
    stage: Stage,
    options: Options,
    theme: Theme,
    /// The keys of the screens before sign-in, explained.
    help: Option<Popup>,
    notice: Option<Notice>,
    size: (u16, u16),
    next: u64,
    pending: Vec<Pending>,
    /// Nobody, for the screens before sign-in.
    nobody: Session,
    now: Moment,
}

/// Milliseconds until a spinner shows, and until a sentence says that it takes long.
const SPINNER_AFTER: u64 = 150;
const PATIENCE: u64 = 4_000;

impl App {
    /// At the sign-in screen, or at the set-up wizard.
    pub fn new(options: Options, set_up: bool, now: Moment) -> Self {
        let mut app = Self {
            stage: Stage::SignedOut(Box::new(Form::sign_in(""))),
            theme: Theme::of(options.preferences.look),
            options,
            help: None,
            notice: None,
            size: (80, 24),
            next: 1,
            pending: Vec::new(),
            nobody: nobody(),
            now,
        };
        if set_up {
            let setup = Setup::new(app.options.embedded.clone(), app.options.server.as_deref(), &app.context());
            app.stage = Stage::Setup(Box::new(setup));
        }
        app
    }

    fn context(&self) -> Context<'_> {
        let session = match &self.stage {
            Stage::SignedIn(desk) => &desk.session,
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
    pub fn update(&mut self, event: Event, now: Moment) -> Vec<Effect> {
        self.now = now;
        let mut effects = Vec::new();
        // Before anything counts as activity: the key that wakes a laptop must not keep
        // open what has slept too long, and it is no letter of the password either.
        let woke = self.lock_when_idle();
        match event {
            Event::Terminal(TerminalEvent::Key(_) | TerminalEvent::Paste(_) | TerminalEvent::Mouse(_)) if woke => {}
            Event::Terminal(TerminalEvent::Key(key)) if key.kind != KeyEventKind::Release => {
                self.touch();
                for key in apart(key) {
                    self.key(key, &mut effects);
                }
            }
            Event::Terminal(TerminalEvent::Paste(text)) => {
                self.touch();
                self.paste(&text, &mut effects);
            }
            Event::Terminal(TerminalEvent::Mouse(mouse)) => self.mouse(mouse, &mut effects),
            Event::Terminal(TerminalEvent::Resize(width, height)) => self.size = (width, height),
            Event::Terminal(_) => {}
            Event::Reply { id, reply } => self.reply(id, *reply, &mut effects),
            Event::Tick => self.tick(&mut effects),
            Event::Suspend => effects.push(Effect::Suspend),
            Event::Stop => effects.push(Effect::Quit),
        }
        effects
    }

    /// Milliseconds until the app wants to be told that time has passed.
    pub fn patience(&self) -> u64 {
        match &self.stage {
            _ if self.is_waiting() => 120,
            Stage::SignedIn(desk) if desk.locks_in(self.now).is_some() => 500,
            _ => 1_000,
        }
    }

    /// Whether anything would be lost by stopping now.
    pub fn has_unsaved(&self) -> bool {
        matches!(&self.stage, Stage::SignedIn(desk) if desk.has_unsaved())
    }

    /// Everything that can be done now by a key: what the bottom line, the help and the
    /// dispatcher are made of.
    pub fn bindings(&self) -> Vec<Binding> {
        match &self.stage {
            Stage::SignedIn(_) => [self.screen_bindings(), self.shell_bindings()].concat(),
            _ => self.entrance_bindings(),
        }
    }

    /// How the person wants it to be.
    pub fn preferences(&self) -> Preferences {
        self.options.preferences
    }

    fn is_waiting(&self) -> bool {
        self.pending.iter().any(|pending| !matches!(pending.request, Request::Heartbeat))
    }

    fn touch(&mut self) {
        if let Stage::SignedIn(desk) = &mut self.stage {
            desk.last_activity = self.now.ticks;
        }
    }

    fn key(&mut self, key: KeyEvent, effects: &mut Vec<Effect>) {
        let pressed = Key::from_event(key);
        self.notice = None;
        if pressed == Key::ctrl('z') {
            if self.options.suspends {
                effects.push(Effect::Suspend);
            } else {
                self.say(Notice::bad(self.context().say(W::NoShell)));
            }
            return;
        }
        if pressed.code == KeyCode::Esc && self.give_up(effects) {
            return;
        }
        let signed_in = matches!(self.stage, Stage::SignedIn(_));
        if signed_in {
            self.desk_key(key, effects);
        } else if !self.entrance_key(key, effects) {
            match &self.stage {
                Stage::Setup(_) => self.setup_key(key, effects),
                _ => self.login_key(key, effects),
            }
        }
    }

    /// Esc while something is awaited: nobody waits for it any more.
    fn give_up(&mut self, effects: &mut Vec<Effect>) -> bool {
        let waited = |pending: &Pending| {
            !matches!(pending.request, Request::Heartbeat)
                && self.now.ticks.saturating_sub(pending.since) > SPINNER_AFTER
        };
        if !self.pending.iter().any(waited) {
            return false;
        }
        // Whatever is under way is given up, also what was sent after the one that takes long.
        let writing = self.pending.iter().any(|pending| pending.request.writes());
        self.pending.clear();
        effects.push(Effect::Abandon);
        if let Stage::SignedIn(desk) = &mut self.stage {
            desk.stop_waiting();
        }
        if let Stage::Setup(setup) = &mut self.stage {
            setup.waiting = false;
        }
        let notice = Notice::bad(self.context().say(if writing { W::GaveUpWriting } else { W::GaveUp }));
        if let Some(Lock { popup: Popup::Password(password), .. }) = self.desk().and_then(|desk| desk.locked.as_mut()) {
            password.problem = Some(notice.text.clone());
        }
        self.say(notice);
        true
    }

    /// The keys of the screens before sign-in.
    fn entrance_bindings(&self) -> Vec<Binding> {
        let ctx = self.context();
        let named = |command, key: Key, label: W| {
            let binding = bind(command, &ctx, None);
            Binding { key, label: ctx.say(label).into(), ..binding }
        };
        let quit = named(Command::Quit, Key::ctrl('c'), W::QuitKey);
        let help = Binding { key: Key::plain(KeyCode::F(1)), ..bind(Command::Help, &ctx, None) };
        let Stage::Setup(setup) = &self.stage else {
            let enter = Binding { help: ctx.say(W::SignIn).into(), ..bind(Command::Open, &ctx, None) };
            return vec![
                Binding { label: ctx.say(W::SignIn).to_lowercase().into(), ..enter },
                named(Command::NextField, Key::plain(KeyCode::Tab), W::NextKey),
                bind(Command::Language, &ctx, None),
                quit,
                help,
            ];
        };
        let next = match setup.step {
            Step::Server => W::TestKey,
            Step::Summary => W::CreateKey,
            _ => W::NextKey,
        };
        let on = Binding { help: ctx.say(next).into(), ..named(Command::Save, Key::ctrl('s'), next) };
        let (at, _) = setup.progress();
        let back = if at == 1 { quit } else { named(Command::Back, Key::plain(KeyCode::Esc), W::BackKey) };
        vec![on, bind(Command::NextField, &ctx, None), back, help]
    }

    /// Help, and what leaves the program, before sign-in; whether the key was one of these.
    fn entrance_key(&mut self, key: KeyEvent, effects: &mut Vec<Effect>) -> bool {
        let pressed = Key::from_event(key);
        if let Some(mut help) = self.help.take() {
            match help.key(key) {
                popup::Step::Done(Outcome::Run(command)) => {
                    let bound = self.entrance_bindings().into_iter().find(|binding| binding.command == command);
                    if let Some(Binding { key: Key { code, ctrl }, .. }) = bound {
                        let modifiers = if ctrl { KeyModifiers::CONTROL } else { KeyModifiers::NONE };
                        self.key(KeyEvent::new(code, modifiers), effects);
                    }
                }
                popup::Step::Close => {}
                _ => self.help = Some(help),
            }
            return true;
        }
        if pressed == Key::plain(KeyCode::F(1)) {
            self.help = Some(Popup::help(&self.entrance_bindings(), &self.context()));
        } else if pressed == Key::ctrl('c') || pressed == Key::ctrl('q') {
            effects.push(Effect::Quit);
        } else {
            return false;
        }
        true
    }

    fn login_key(&mut self, key: KeyEvent, effects: &mut Vec<Effect>) {
        if Key::from_event(key) == Key::plain(KeyCode::F(2)) {
            let other = if self.options.preferences.language == Language::En { Language::Fr } else { Language::En };
            self.prefer(Preferences { language: other, ..self.options.preferences }, effects);
            return;
        }
        if self.is_waiting() {
            return;
        }
        let Stage::SignedOut(mut form) =
            std::mem::replace(&mut self.stage, Stage::SignedOut(Box::new(Form::sign_in(""))))
        else {
            return;
        };
        let action = if key.code == KeyCode::Esc { Action::None } else { form.key(key, &self.context()) };
        self.stage = Stage::SignedOut(form);
        if let Action::Send(request) = action {
            self.send(Asker::App, request, effects);
        }
    }

    fn prefer(&mut self, preferences: Preferences, effects: &mut Vec<Effect>) {
        self.options.preferences = preferences;
        self.theme = Theme::of(preferences.look);
        effects.push(Effect::Prefer(preferences));
    }

    fn setup_key(&mut self, key: KeyEvent, effects: &mut Vec<Effect>) {
        let wish = self.with_setup(|setup, ctx| setup.key(key, ctx));
        match wish {
            Some(Wish::Speak(language)) => {
                self.options.preferences.language = language;
                self.with_setup(Setup::speak);
            }
            Some(Wish::Act(Action::Send(request))) => self.send(Asker::App, request, effects),
            Some(Wish::Act(Action::Notice(notice))) => self.say(notice),
            _ => {}
        }
    }

    /// The wizard with the context that it needs, when it is on.
    fn with_setup<T>(&mut self, work: impl FnOnce(&mut Setup, &Context) -> T) -> Option<T> {
        let parked = Stage::SignedOut(Box::new(Form::sign_in("")));
        match std::mem::replace(&mut self.stage, parked) {
            Stage::Setup(mut setup) => {
                let done = work(&mut setup, &self.context());
                self.stage = Stage::Setup(setup);
                Some(done)
            }
            other => {
                self.stage = other;
                None
            }
        }
    }

    fn paste(&mut self, text: &str, effects: &mut Vec<Effect>) {
        match &mut self.stage {
            Stage::Setup(_) | Stage::SignedOut(_) if self.help.is_some() => {}
            Stage::Setup(setup) => setup.paste(text),
            Stage::SignedOut(form) => drop(form.paste(text)),
            Stage::SignedIn(_) => self.desk_paste(text, effects),
        }
    }

    fn mouse(&mut self, mouse: MouseEvent, effects: &mut Vec<Effect>) {
        use crossterm::event::MouseEventKind as M;
        let code = match mouse.kind {
            M::ScrollUp => KeyCode::Up,
            M::ScrollDown => KeyCode::Down,
            M::Down(MouseButton::Left) => return self.click(mouse.row, effects),
            _ => return,
        };
        self.touch();
        let scrolls = matches!(&self.stage, Stage::SignedIn(desk) if desk.scrolls());
        if scrolls {
            self.key(KeyEvent::new(code, KeyModifiers::NONE), effects);
        }
    }

    fn click(&mut self, row: u16, effects: &mut Vec<Effect>) {
        self.touch();
        let body = chrome::areas(Rect::new(0, 0, self.size.0, self.size.1)).body;
        let open = matches!(&self.stage, Stage::SignedIn(desk) if desk.popup.is_none() && desk.locked.is_none());
        if let Some(row) = row.checked_sub(body.y).filter(|row| open && *row < body.height) {
            self.desk_click(row, body.height, effects);
        }
    }

    fn send(&mut self, asker: Asker, request: Request, effects: &mut Vec<Effect>) {
        let id = self.next;
        self.next += 1;
        let session = match &self.stage {
            Stage::SignedIn(desk) => Some(Box::new(desk.session.clone())),
            _ => None,
        };
        effects.push(Effect::Send { id, session, request: Box::new(request.clone()) });
        self.pending.push(Pending { id, asker, request, since: self.now.ticks });
    }

    /// Says it at the bottom; while the session is locked, once it is unlocked.
    fn say(&mut self, notice: Notice) {
        if notice.text.is_empty() {
            return;
        }
        match self.desk().and_then(|desk| desk.locked.as_mut()) {
            Some(lock) => lock.said = Some(notice),
            None => self.notice = Some(notice),
        }
    }

    fn reply(&mut self, id: u64, reply: Result<Reply, Error>, effects: &mut Vec<Effect>) {
        // Late replies of what nobody waits for have no place here any more.
        let Some(at) = self.pending.iter().position(|pending| pending.id == id) else { return };
        let pending = self.pending.remove(at);
        match &self.stage {
            Stage::Setup(_) => self.setup_reply(reply, effects),
            Stage::SignedOut(_) => self.login_reply(reply, effects),
            Stage::SignedIn(_) => self.desk_reply(pending, reply, effects),
        }
    }

    fn setup_reply(&mut self, reply: Result<Reply, Error>, effects: &mut Vec<Effect>) {
        let answered = self.with_setup(|setup, ctx| {
            let (done, action) = setup.on_reply(reply, ctx);
            (done, action, setup.url())
        });
        let Some((done, action, url)) = answered else { return };
        if let Action::Notice(notice) = action {
            self.say(notice);
        }
        if done {
            effects.push(Effect::Remember { url, language: self.options.preferences.language });
            self.sign_out(Some(Notice::good(self.context().say(W::SetUpDone))));
        }
    }

    fn login_reply(&mut self, reply: Result<Reply, Error>, effects: &mut Vec<Effect>) {
        match reply {
            Ok(Reply::SignedIn(session)) => self.enter(*session, effects),
            Ok(_) => {}
            Err(error) => {
                let text = self.context().error(&error);
                if let Stage::SignedOut(form) = &mut self.stage {
                    let login = form.text(crate::domain::Field::Login).to_owned();
                    **form = Form::sign_in(&login);
                    form.at = usize::from(!login.is_empty());
                }
                self.say(Notice::bad(text));
            }
        }
    }

    fn enter(&mut self, session: Session, effects: &mut Vec<Effect>) {
        let forced = session.must_change_password;
        self.notice = None;
        self.stage = Stage::SignedIn(Box::new(Desk::new(session, self.now)));
        if forced {
            self.open_own_password();
            self.say(Notice::plain(self.context().say(W::ChangeFirst)));
        } else {
            self.load_top(effects);
        }
    }

    /// Forgets everything of the session.
    fn sign_out(&mut self, notice: Option<Notice>) {
        self.pending.clear();
        self.stage = Stage::SignedOut(Box::new(Form::sign_in("")));
        self.notice = notice;
    }

    fn tick(&mut self, effects: &mut Vec<Effect>) {
        if matches!(self.stage, Stage::SignedIn(_)) {
            self.desk_tick(effects);
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
