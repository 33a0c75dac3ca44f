//! What happens while somebody is signed in: layers of screens, popups, the lock.

use crossterm::event::{KeyCode, KeyEvent};

use super::{App, Asker, Effect, Pending, Stage};
use crate::{
    domain::{
        Error,
        session::{Moment, Session},
        user::Role,
    },
    services::{Reply, Request},
    ui::{
        Action, Context, Notice,
        actions::{self, bind},
        keys::{Binding, Command, Key},
        popup::{Destination, Outcome, Popup, Source, Step},
        records::{Kind, Query},
        screens::{
            Screen,
            detail::Detail,
            form::Form,
            home::{self, HomeScreen},
            list::List,
        },
        text::W,
    },
};

/// How often the session is looked after, in milliseconds: a change of the account ends
/// an idle screen within five seconds.
const HEARTBEAT: u64 = 3_000;
/// The last minute before the lock is announced.
const WARNING: u64 = 60_000;

/// A screen in the pile.
pub(super) struct Layer {
    pub id: u64,
    pub screen: Screen,
    /// Something was written since it was loaded.
    stale: bool,
}

/// What an open popup is for, when it is not the screen's own.
#[derive(Debug)]
enum For {
    Screen,
    Quit,
    /// Help and palette.
    Go,
    /// The password for this request.
    Confirm(Asker, Box<Request>),
    Heir(Asker, Box<Request>),
}

/// A popup over the top screen.
pub(super) struct Open {
    id: u64,
    pub popup: Popup,
    purpose: For,
}

/// Everything of one session.
pub(super) struct Desk {
    pub session: Session,
    pub layers: Vec<Layer>,
    pub popup: Option<Open>,
    /// The password field, while the session is locked.
    pub locked: Option<Popup>,
    undo: Option<Request>,
    pub last_activity: u64,
    last_heartbeat: u64,
}

impl Desk {
    pub fn new(session: Session, now: Moment) -> Self {
        let home = Layer { id: 0, screen: Screen::Home(HomeScreen::default()), stale: false };
        Self {
            session,
            layers: vec![home],
            popup: None,
            locked: None,
            undo: None,
            last_activity: now.ticks,
            last_heartbeat: now.ticks,
        }
    }

    /// The screen that keys go to; there always is one.
    pub fn top(&self) -> Option<&Layer> {
        self.layers.last()
    }

    pub fn has_unsaved(&self) -> bool {
        self.layers.iter().any(|layer| layer.screen.has_unsaved())
    }

    /// Whether the wheel moves a selection here.
    pub fn scrolls(&self) -> bool {
        let list = matches!(
            self.top().map(|layer| &layer.screen),
            Some(Screen::Home(_) | Screen::List(_) | Screen::Detail(_))
        );
        self.locked.is_none() && (list || self.popup.is_some())
    }

    /// After giving up: forms can be saved again.
    pub fn stop_waiting(&mut self) {
        for layer in &mut self.layers {
            if let Screen::Form(form) = &mut layer.screen {
                form.saving = false;
            }
        }
    }

    /// Milliseconds until the lock, during the last minute before it.
    pub fn locks_in(&self, now: Moment) -> Option<u64> {
        let limit = u64::from(self.session.settings.session_minutes) * 60_000;
        let left = limit.saturating_sub(now.ticks.saturating_sub(self.last_activity));
        (self.locked.is_none() && left <= WARNING.min(limit / 2)).then_some(left)
    }

    fn is_forced(&self) -> bool {
        self.session.must_change_password
    }
}

impl App {
    fn desk(&mut self) -> Option<&mut Desk> {
        match &mut self.stage {
            Stage::SignedIn(desk) => Some(desk),
            _ => None,
        }
    }

    /// Lets a screen work with the context, which borrows the session beside it.
    fn with_layer<T>(&mut self, id: u64, work: impl FnOnce(&mut Screen, &Context) -> T) -> Option<T> {
        let desk = self.desk()?;
        let at = desk.layers.iter().position(|layer| layer.id == id)?;
        let placeholder = Screen::Home(HomeScreen::default());
        let mut screen = std::mem::replace(&mut desk.layers[at].screen, placeholder);
        let done = work(&mut screen, &self.context());
        self.desk()?.layers[at].screen = screen;
        Some(done)
    }

    fn top_id(&self) -> u64 {
        match &self.stage {
            Stage::SignedIn(desk) => desk.top().map_or(0, |layer| layer.id),
            _ => 0,
        }
    }

    pub(super) fn load_top(&mut self, effects: &mut Vec<Effect>) {
        let id = self.top_id();
        if let Some(Some(request)) = self.with_layer(id, |screen, _| screen.load()) {
            self.send(Asker::Layer(id), request, effects);
        }
    }

    pub(super) fn open_own_password(&mut self) {
        let id = self.next;
        self.next += 1;
        if let Some(desk) = self.desk() {
            let screen = Screen::Form(Box::new(Form::own_password(true)));
            desk.layers.push(Layer { id, screen, stale: false });
        }
    }

    pub(super) fn desk_key(&mut self, key: KeyEvent, effects: &mut Vec<Effect>) {
        let Stage::SignedIn(desk) = &mut self.stage else { return };
        if desk.locked.is_some() {
            self.locked_key(key, effects);
        } else if let Some(open) = &mut desk.popup {
            let pressed = Key::from_event(key);
            let step = if pressed == Key::ctrl('c') { Step::Close } else { open.popup.key(key) };
            self.popup_step(step, effects);
        } else if !self.shell_key(key, effects) {
            let id = self.top_id();
            if let Some(action) = self.with_layer(id, |screen, ctx| screen.key(key, ctx)) {
                self.act(Asker::Layer(id), action, effects);
            }
        }
    }

    pub(super) fn desk_paste(&mut self, text: &str, effects: &mut Vec<Effect>) {
        let Stage::SignedIn(desk) = &mut self.stage else { return };
        if let Some(locked) = &mut desk.locked {
            locked.paste(text);
        } else if let Some(open) = &mut desk.popup {
            let step = open.popup.paste(text);
            self.popup_step(step, effects);
        } else {
            let id = self.top_id();
            if let Some(action) = self.with_layer(id, |screen, _| screen.paste(text)) {
                self.act(Asker::Layer(id), action, effects);
            }
        }
    }

    /// The keys that work on every screen; letters only where no text is typed.
    pub(super) fn shell_bindings(&self) -> Vec<Binding> {
        let ctx = self.context();
        let undo = match &self.stage {
            Stage::SignedIn(desk) if desk.undo.is_some() => None,
            _ => Some(ctx.say(W::NothingToUndo)),
        };
        vec![
            bind(Command::Undo, &ctx, undo),
            bind(Command::Palette, &ctx, None),
            bind(Command::Lock, &ctx, None),
            bind(Command::Quit, &ctx, None),
            bind(Command::Help, &ctx, None),
        ]
    }

    fn shell_key(&mut self, key: KeyEvent, effects: &mut Vec<Effect>) -> bool {
        let pressed = Key::from_event(key);
        let typing = self.desk().and_then(|desk| desk.top()).is_some_and(|layer| layer.screen.takes_text());
        let forced = self.desk().is_some_and(|desk| desk.is_forced());
        if forced {
            return match pressed {
                key if key == Key::plain(KeyCode::Esc) => {
                    self.sign_out(None);
                    true
                }
                key if key == Key::ctrl('c') => {
                    effects.push(Effect::Quit);
                    true
                }
                _ => false,
            };
        }
        let command = match (pressed.code, pressed.ctrl) {
            (KeyCode::Char('c'), true) => Command::Quit,
            (KeyCode::Char('p'), true) => Command::Palette,
            (KeyCode::F(1), _) => Command::Help,
            _ if typing || pressed.ctrl => return false,
            _ => match self.shell_bindings().into_iter().find(|binding| binding.key == pressed) {
                Some(Binding { unavailable: Some(reason), .. }) => {
                    self.say(Notice::plain(reason));
                    return true;
                }
                Some(binding) => binding.command,
                None => return false,
            },
        };
        self.shell_run(command, effects)
    }

    fn shell_run(&mut self, command: Command, effects: &mut Vec<Effect>) -> bool {
        match command {
            Command::Quit if self.has_unsaved() => {
                let ctx = self.context();
                let popup = Popup::confirm(ctx.say(W::QuitTitle), vec![ctx.say(W::QuitMeans)], ctx.say(W::VerbQuit));
                self.open_popup(popup, For::Quit, effects);
            }
            Command::Quit => effects.push(Effect::Quit),
            Command::Lock => self.lock(),
            Command::Help => {
                let mut bindings = self.screen_bindings();
                bindings.extend(self.shell_bindings());
                let popup = Popup::help(&bindings, &self.context());
                self.open_popup(popup, For::Go, effects);
            }
            Command::Palette => {
                let popup = Popup::palette(self.destinations(), &self.context());
                self.open_popup(popup, For::Go, effects);
            }
            Command::Undo => {
                if let Some(request) = self.desk().and_then(|desk| desk.undo.take()) {
                    let id = self.top_id();
                    self.send(Asker::Layer(id), request, effects);
                }
            }
            _ => return false,
        }
        true
    }

    pub(super) fn screen_bindings(&self) -> Vec<Binding> {
        match &self.stage {
            Stage::SignedIn(desk) => desk.top().map(|layer| layer.screen.bindings(&self.context())).unwrap_or_default(),
            _ => Vec::new(),
        }
    }

    /// Where the palette leads: the screens of this role, and what can be made or done.
    fn destinations(&self) -> Vec<(String, Outcome)> {
        use strum::IntoEnumIterator;
        let ctx = self.context();
        let go = |label: String, to| (label, Outcome::Go(to));
        let mut all = vec![go(ctx.say(W::Home), Destination::Home)];
        let lists = Kind::iter().filter(|kind| List::may_open(*kind, &ctx));
        all.extend(lists.map(|kind| go(ctx.say(W::ListOf(kind)), Destination::List(kind))));
        let news = [
            (Kind::Clients, W::NewClient),
            (Kind::Contracts, W::NewContract),
            (Kind::Events, W::NewEvent),
            (Kind::Staff, W::NewUser),
        ];
        let allowed = news.into_iter().filter(|(kind, _)| actions::creation_refusal(*kind, &ctx).is_none());
        all.extend(allowed.map(|(kind, label)| go(ctx.say(label), Destination::New(kind))));
        for line in HomeScreen::lines(&ctx) {
            match line {
                home::Line::Settings => all.push(go(ctx.say(W::Settings), Destination::Settings)),
                home::Line::Password => all.push(go(ctx.say(W::OwnPassword), Destination::Password)),
                home::Line::Waiting(_) | home::Line::Section(_) => {}
            }
        }
        for binding in self.screen_bindings() {
            if binding.unavailable.is_none() && !binding.label.is_empty() {
                all.push((format!("{} ({})", binding.help, binding.key.name()), Outcome::Run(binding.command)));
            }
        }
        all.push(go(ctx.say(W::Lock), Destination::Lock));
        all.push(go(ctx.say(W::SignOut), Destination::SignOut));
        all.push(go(ctx.say(W::VerbQuit), Destination::Quit));
        all
    }

    fn open_popup(&mut self, mut popup: Popup, purpose: For, effects: &mut Vec<Effect>) {
        let id = self.next;
        self.next += 1;
        let request = popup.load();
        if let Some(desk) = self.desk() {
            desk.popup = Some(Open { id, popup, purpose });
        }
        if let Some(request) = request {
            self.send(Asker::Popup(id), request, effects);
        }
    }

    fn popup_step(&mut self, step: Step, effects: &mut Vec<Effect>) {
        match step {
            Step::Stay => {}
            Step::Close => {
                let closed = self.desk().and_then(|desk| desk.popup.take());
                // Whoever waits for this request does so no more.
                if let Some(Open { purpose: For::Confirm(..) | For::Heir(..), .. }) = closed
                    && let Some(desk) = self.desk()
                {
                    desk.stop_waiting();
                }
            }
            Step::Ask(request) => {
                let id = self.desk().and_then(|desk| desk.popup.as_ref()).map_or(0, |open| open.id);
                self.send(Asker::Popup(id), request, effects);
            }
            Step::Done(outcome) => self.popup_done(outcome, effects),
        }
    }

    fn popup_done(&mut self, outcome: Outcome, effects: &mut Vec<Effect>) {
        let Some(open) = self.desk().and_then(|desk| desk.popup.take()) else { return };
        match (open.purpose, outcome) {
            (For::Screen, outcome) => {
                let id = self.top_id();
                if let Some(action) = self.with_layer(id, |screen, ctx| screen.on_popup(outcome, ctx)) {
                    self.act(Asker::Layer(id), action, effects);
                }
            }
            (For::Quit, Outcome::Confirmed) => effects.push(Effect::Quit),
            (For::Confirm(asker, request), Outcome::Password(password)) => {
                // Open until the password has been found right.
                let popup = open.popup;
                if let Some(desk) = self.desk() {
                    desk.popup = Some(Open { id: open.id, popup, purpose: For::Confirm(asker, request) });
                }
                self.send(Asker::Popup(open.id), Request::Confirm { password }, effects);
            }
            (For::Heir(asker, request), Outcome::Person(Some(heir), _)) => {
                let request = match *request {
                    Request::DeactivateUser { id, version, .. } => {
                        Request::DeactivateUser { id, version, heir: Some(heir) }
                    }
                    Request::UpdateUser { id, version, draft, .. } => {
                        Request::UpdateUser { id, version, draft, heir: Some(heir) }
                    }
                    other => other,
                };
                self.send(asker, request, effects);
            }
            (For::Go, Outcome::Run(command)) => self.run(command, effects),
            (For::Go, Outcome::Go(to)) => self.go(to, effects),
            _ => {}
        }
    }

    /// A command that was chosen in help or palette instead of by its key.
    fn run(&mut self, command: Command, effects: &mut Vec<Effect>) {
        if self.shell_run(command, effects) {
            return;
        }
        let id = self.top_id();
        if let Some(action) = self.with_layer(id, |screen, ctx| screen.run(command, ctx)) {
            self.act(Asker::Layer(id), action, effects);
        }
    }

    fn go(&mut self, to: Destination, effects: &mut Vec<Effect>) {
        let ctx = self.context();
        let screen = match to {
            Destination::Home => {
                if !self.has_unsaved()
                    && let Some(desk) = self.desk()
                {
                    desk.layers.truncate(1);
                    self.load_top(effects);
                }
                return;
            }
            Destination::List(kind) => Screen::List(Box::new(List::new(Query::all(kind)))),
            Destination::Record(kind, id) => Screen::Detail(Box::new(Detail::new(kind, id))),
            Destination::New(kind) => Screen::Form(Box::new(match kind {
                Kind::Clients => Form::new_client(&ctx),
                Kind::Contracts => Form::new_contract(None),
                Kind::Events => Form::new_event(None),
                Kind::Staff | Kind::Audit => Form::new_user(&ctx),
            })),
            Destination::Settings => Screen::Form(Box::new(Form::settings(&ctx))),
            Destination::Password => Screen::Form(Box::new(Form::own_password(false))),
            Destination::Lock => return self.lock(),
            Destination::SignOut => {
                let notice = Notice::plain(ctx.say(W::SignedOutNow));
                return self.sign_out(Some(notice));
            }
            Destination::Quit => {
                self.shell_run(Command::Quit, effects);
                return;
            }
        };
        self.act(Asker::App, Action::Open(Box::new(screen)), effects);
    }

    /// Carries out what a screen wants.
    fn act(&mut self, asker: Asker, action: Action, effects: &mut Vec<Effect>) {
        match action {
            Action::None => {}
            Action::Send(request) => self.send(asker, request, effects),
            Action::Open(screen) => self.push(*screen, effects),
            Action::Replace(screen) => {
                self.pop();
                self.push(*screen, effects);
            }
            Action::Back => self.back(effects),
            Action::Done(notice) => {
                self.back(effects);
                self.say(notice);
            }
            Action::Refine(query) => {
                self.pop();
                let id = self.top_id();
                let refined = self.with_layer(id, |screen, _| match screen {
                    Screen::List(list) => list.refine(*query),
                    _ => Action::None,
                });
                self.act(Asker::Layer(id), refined.unwrap_or(Action::None), effects);
            }
            Action::Popup(popup) => self.open_popup(*popup, For::Screen, effects),
            Action::Notice(notice) => self.say(notice),
            Action::Undoable(notice, request) => {
                if let Some(desk) = self.desk() {
                    desk.undo = Some(request);
                }
                self.say(notice);
            }
            Action::Copy(text) => {
                effects.push(Effect::Copy(text));
                self.say(Notice::plain(self.context().say(W::Copied)));
            }
            Action::All(actions) => {
                for action in actions {
                    self.act(asker, action, effects);
                }
            }
        }
    }

    fn push(&mut self, screen: Screen, effects: &mut Vec<Effect>) {
        let id = self.next;
        self.next += 1;
        if let Some(desk) = self.desk() {
            desk.layers.push(Layer { id, screen, stale: false });
        }
        self.load_top(effects);
    }

    fn pop(&mut self) {
        if let Some(desk) = self.desk().filter(|desk| desk.layers.len() > 1) {
            desk.layers.pop();
        }
    }

    fn back(&mut self, effects: &mut Vec<Effect>) {
        self.pop();
        let stale =
            self.desk().and_then(|desk| desk.layers.last_mut()).is_some_and(|top| std::mem::take(&mut top.stale));
        let home = matches!(self.desk().and_then(|desk| desk.top()).map(|top| &top.screen), Some(Screen::Home(_)));
        if stale || home {
            self.load_top(effects);
        }
    }

    pub(super) fn desk_reply(&mut self, pending: Pending, reply: Result<Reply, Error>, effects: &mut Vec<Effect>) {
        let Pending { asker, request, .. } = pending;
        match reply {
            Err(error @ Error::SignedOut(_)) => {
                let text = self.context().error(&error);
                self.sign_out(Some(Notice::bad(text)));
            }
            Err(Error::PasswordNeeded) => {
                let popup = Popup::password(self.context().say(W::PasswordWhy));
                self.open_popup(popup, For::Confirm(asker, Box::new(request)), effects);
            }
            Err(Error::NeedsHeir(inheritance)) => {
                let title = self.context().say(W::HeirFor(inheritance));
                let role: Role = inheritance.role;
                let popup = Popup::picker(title, Source::People(role), None);
                self.open_popup(popup, For::Heir(asker, Box::new(request)), effects);
            }
            Ok(Reply::Alive(settings)) => {
                if let Some(desk) = self.desk() {
                    desk.session.settings = *settings;
                }
            }
            Err(_) if matches!(request, Request::Heartbeat) => {}
            reply if matches!(request, Request::Confirm { .. }) => self.confirmed(reply, effects),
            reply => self.deliver(asker, &request, reply, effects),
        }
    }

    fn deliver(&mut self, asker: Asker, request: &Request, reply: Result<Reply, Error>, effects: &mut Vec<Effect>) {
        if let Ok(Reply::PasswordChanged { auth_epoch }) = &reply
            && let Some(desk) = self.desk()
        {
            desk.session.auth_epoch = *auth_epoch;
            desk.session.must_change_password = false;
        }
        if reply.is_ok() && request.writes() {
            let top = self.top_id();
            if let Some(desk) = self.desk() {
                for layer in desk.layers.iter_mut().filter(|layer| layer.id != top) {
                    layer.stale = true;
                }
            }
            if let Request::UpdateSettings(settings) = request
                && let Some(desk) = self.desk()
            {
                desk.session.settings = settings.clone();
            }
        }
        match asker {
            Asker::Layer(id) => {
                if let Some(action) = self.with_layer(id, |screen, ctx| screen.on_reply(reply, ctx)) {
                    self.act(Asker::Layer(id), action, effects);
                }
            }
            Asker::Popup(id) => self.popup_reply(id, reply),
            Asker::App => {
                if let Err(error) = reply {
                    self.say(Notice::bad(self.context().error(&error)));
                }
            }
        }
    }

    fn popup_reply(&mut self, id: u64, reply: Result<Reply, Error>) {
        let open = self.desk().and_then(|desk| desk.popup.take());
        let Some(mut open) = open else { return };
        if open.id == id {
            match reply {
                Ok(reply) => open.popup.on_reply(reply, &self.context()),
                Err(error) => self.say(Notice::bad(self.context().error(&error))),
            }
        }
        if let Some(desk) = self.desk() {
            desk.popup = Some(open);
        }
    }

    /// The password was right, or not: for the lock, or for a request that waits.
    fn confirmed(&mut self, reply: Result<Reply, Error>, effects: &mut Vec<Effect>) {
        let problem = reply.as_ref().err().map(|error| self.context().error(error));
        let now = self.now.ticks;
        let Some(desk) = self.desk() else { return };
        if let Some(locked) = &mut desk.locked {
            if let (Popup::Password(password), Some(text)) = (locked, problem) {
                password.problem = Some(text);
            } else {
                desk.locked = None;
                desk.last_activity = now;
            }
            return;
        }
        match (desk.popup.take(), reply) {
            (Some(Open { purpose: For::Confirm(asker, request), .. }), Ok(Reply::Confirmed { at })) => {
                desk.session.confirmed_at = Some(at);
                self.send(asker, *request, effects);
            }
            (Some(mut open), _) => {
                if let Popup::Password(password) = &mut open.popup {
                    password.problem = problem;
                }
                desk.popup = Some(open);
            }
            (None, _) => {}
        }
    }

    fn lock(&mut self) {
        let why = self.context().say(W::LockedMeans);
        if let Some(desk) = self.desk() {
            desk.locked = Some(Popup::password(why));
        }
        self.notice = None;
    }

    fn locked_key(&mut self, key: KeyEvent, effects: &mut Vec<Effect>) {
        let ctrl_c = Key::from_event(key) == Key::ctrl('c');
        let Some(locked) = self.desk().and_then(|desk| desk.locked.as_mut()) else { return };
        if let Popup::Password(password) = &mut *locked {
            password.problem = None;
        }
        match locked.key(key) {
            Step::Done(Outcome::Password(password)) => self.send(Asker::App, Request::Confirm { password }, effects),
            // Somebody else: nobody can look at what was typed, so it may as well go.
            Step::Close => self.sign_out(None),
            _ if ctrl_c => effects.push(Effect::Quit),
            _ => {}
        }
    }

    pub(super) fn desk_tick(&mut self, effects: &mut Vec<Effect>) {
        let now = self.now;
        let Some(desk) = self.desk() else { return };
        let limit = u64::from(desk.session.settings.session_minutes) * 60_000;
        let idle = now.ticks.saturating_sub(desk.last_activity);
        let due = now.ticks.saturating_sub(desk.last_heartbeat) >= HEARTBEAT;
        if due {
            desk.last_heartbeat = now.ticks;
        }
        if desk.locked.is_none() && idle >= limit {
            self.lock();
        }
        let beating = self.pending.iter().any(|pending| matches!(pending.request, Request::Heartbeat));
        if due && !beating {
            self.send(Asker::App, Request::Heartbeat, effects);
        }
    }
}
