//! Somebody's session: the pile of screens, and the keys that work on all of them.

use std::collections::VecDeque;

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::layout::{Position, Rect};

use super::{App, Asker, Effect, Stage, terminal::MOST_COPIED};
use crate::{
    domain::session::{Moment, Session},
    services::Request,
    ui::{
        Action, Context, Notice,
        actions::bind,
        keys::{Binding, Command, Key},
        popup::{Destination, Popup, PopupResult},
        screens::{Screen, form::Form, home::HomeScreen, list::List},
        text::Phrase,
    },
};

/// How often the session is looked after, in milliseconds: a change of the account ends
/// an idle screen within five seconds.
pub(super) const HEARTBEAT: u64 = 3_000;
/// The last minute before the lock is announced.
const WARNING: u64 = 60_000;

/// A screen in the pile.
pub(super) struct Layer {
    pub id: u64,
    pub screen: Screen,
    /// Something was written since it was loaded.
    pub stale: bool,
}

/// What an open popup is for, when it is not the screen's own.
#[derive(Debug)]
pub(super) enum PopupPurpose {
    Screen,
    /// Leaving although something is unsaved.
    Leave(Destination),
    /// Help and palette.
    Go,
    /// The password for this request.
    Confirm(Asker, Box<Request>),
    Heir(Asker, Box<Request>),
}

/// The session while it is locked: everything stays below, nothing of it shows.
pub(super) struct Lock {
    pub id: u64,
    /// The password field, or the question whether to leave instead.
    pub popup: Popup,
    /// Where the question leads.
    pub leaving: Option<Destination>,
    /// What there was to say meanwhile; it may name records.
    pub said: Option<Notice>,
}

/// A popup over the top screen.
pub(super) struct Open {
    pub id: u64,
    pub popup: Popup,
    pub purpose: PopupPurpose,
}

/// Everything of one session.
pub(super) struct Workspace {
    pub session: Session,
    pub layers: Vec<Layer>,
    pub popup: Option<Open>,
    /// Questions and reports that a reply has brought while something else had the keys.
    pub later: VecDeque<(Asker, Popup, PopupPurpose)>,
    pub locked: Option<Lock>,
    /// Lists that were left, as they were: filter, order and selection come back with them.
    kept: Vec<List>,
    /// What takes back the last change of this session; none as long as the outcome of a later
    /// one is not known.
    pub undo: Option<Request>,
    pub last_activity: u64,
    pub last_heartbeat: u64,
}

impl Workspace {
    pub fn new(session: Session, now: Moment) -> Self {
        let home = Layer { id: 0, screen: Screen::Home(HomeScreen::default()), stale: false };
        Self {
            session,
            layers: vec![home],
            popup: None,
            later: VecDeque::new(),
            locked: None,
            kept: Vec::new(),
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
            Some(Screen::Home(_) | Screen::List(_) | Screen::Detail(_) | Screen::Calendar(_))
        );
        self.locked.is_none() && (list || self.popup.is_some())
    }

    /// Whether a popup of the asker's can have the keys: nobody is in the middle of another one,
    /// or types on another screen.
    pub fn is_free_for(&self, asker: Asker) -> bool {
        let free = |top: &Layer| asker == Asker::Layer(top.id) || !top.screen.takes_text();
        self.popup.is_none() && self.top().is_some_and(free)
    }

    /// Whether a letter is a command here.
    pub fn takes_commands(&self) -> bool {
        let typing = self.top().is_none_or(|layer| layer.screen.takes_text());
        self.locked.is_none() && self.popup.is_none() && !typing && !self.is_forced()
    }

    /// After giving up: forms can be saved again, lists and menus expect nothing.
    pub fn stop_waiting(&mut self) {
        for layer in &mut self.layers {
            layer.screen.stop_waiting();
        }
        if let Some(open) = &mut self.popup {
            open.popup.stop_waiting();
        }
    }

    /// Where the asker's screen is in the pile; the top one for who has none.
    fn place_of(&self, asker: Asker) -> Option<usize> {
        match asker {
            Asker::Layer(id) => self.layers.iter().position(|layer| layer.id == id),
            Asker::App | Asker::Undo | Asker::Lock(_) | Asker::Popup(_) => self.layers.len().checked_sub(1),
        }
    }

    /// Forgets a screen; a list is put away, the last ones of them.
    pub(super) fn keep(&mut self, layer: Layer) {
        const MOST: usize = 12;
        // What a figure has opened is another question than its view.
        if let Screen::List(list) = layer.screen
            && !(list.counted && list.query.is_refined())
        {
            self.kept.insert(0, list.put_away());
            self.kept.truncate(MOST);
        }
    }

    /// A question of the top screen goes with it.
    fn close_question(&mut self, at: usize) {
        if at + 1 == self.layers.len() && matches!(&self.popup, Some(Open { purpose: PopupPurpose::Screen, .. })) {
            self.popup = None;
        }
    }

    /// Milliseconds until the lock, during the last minute before it.
    pub fn locks_in(&self, now: Moment) -> Option<u64> {
        let limit = u64::from(self.session.settings.session_minutes) * 60_000;
        let left = limit.saturating_sub(now.ticks.saturating_sub(self.last_activity));
        (self.locked.is_none() && left <= WARNING.min(limit / 2)).then_some(left)
    }

    pub(super) fn is_forced(&self) -> bool {
        self.session.must_change_password
    }
}

impl App {
    pub(super) fn workspace(&mut self) -> Option<&mut Workspace> {
        match &mut self.stage {
            Stage::SignedIn(workspace) => Some(workspace),
            _ => None,
        }
    }

    /// Lets a screen work with the context, which borrows the session beside it.
    pub(super) fn with_layer<T>(&mut self, id: u64, work: impl FnOnce(&mut Screen, &Context) -> T) -> Option<T> {
        let workspace = self.workspace()?;
        let at = workspace.layers.iter().position(|layer| layer.id == id)?;
        let placeholder = Screen::Home(HomeScreen::default());
        let mut screen = std::mem::replace(&mut workspace.layers[at].screen, placeholder);
        let done = work(&mut screen, &self.context());
        self.workspace()?.layers[at].screen = screen;
        Some(done)
    }

    pub(super) fn has_layer(&self, id: u64) -> bool {
        matches!(&self.stage, Stage::SignedIn(workspace) if workspace.layers.iter().any(|layer| layer.id == id))
    }

    pub(super) fn top_id(&self) -> u64 {
        match &self.stage {
            Stage::SignedIn(workspace) => workspace.top().map_or(0, |layer| layer.id),
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
        if let Some(workspace) = self.workspace() {
            let screen = Screen::Form(Box::new(Form::own_password(true)));
            workspace.layers.push(Layer { id, screen, stale: false });
        }
    }

    pub(super) fn workspace_key(&mut self, key: KeyEvent, effects: &mut Vec<Effect>) {
        let Stage::SignedIn(workspace) = &mut self.stage else { return };
        if workspace.locked.is_some() {
            self.locked_key(key, effects);
        } else if let Some(open) = &mut workspace.popup {
            let pressed = Key::from_event(key);
            let step = if pressed == Key::ctrl('c') { PopupResult::Close } else { open.popup.key(key) };
            self.popup_step(step, effects);
        } else if !self.shell_key(key, effects) {
            let id = self.top_id();
            if let Some(action) = self.with_layer(id, |screen, ctx| screen.key(key, ctx)) {
                self.act(Asker::Layer(id), action, effects);
            }
        }
    }

    pub(super) fn workspace_paste(&mut self, text: &str, effects: &mut Vec<Effect>) {
        let Stage::SignedIn(workspace) = &mut self.stage else { return };
        if let Some(locked) = &mut workspace.locked {
            locked.popup.paste(text);
        } else if let Some(open) = &mut workspace.popup {
            let step = open.popup.paste(text);
            self.popup_step(step, effects);
        } else {
            let id = self.top_id();
            if let Some(action) = self.with_layer(id, |screen, _| screen.paste(text)) {
                self.act(Asker::Layer(id), action, effects);
            }
        }
    }

    pub(super) fn workspace_click(&mut self, at: Position, body: Rect, effects: &mut Vec<Effect>) {
        let id = self.top_id();
        if let Some(action) = self.with_layer(id, |screen, ctx| screen.click(at, body, ctx)) {
            self.act(Asker::Layer(id), action, effects);
        }
    }

    /// The keys that work on every screen: letters only where no text is typed. Those
    /// without a label do the same as their neighbours.
    pub(super) fn shell_bindings(&self) -> Vec<Binding> {
        let ctx = self.context();
        let (typing, undo) = match &self.stage {
            Stage::SignedIn(workspace) => {
                (workspace.top().is_some_and(|layer| layer.screen.takes_text()), workspace.undo.is_some())
            }
            _ => (true, false),
        };
        let with = |command, key| Binding { key, ..bind(command, &ctx, None) };
        let second = |command, key| Binding { key, label: "".into(), ..bind(command, &ctx, None) };
        let (palette, quit) = (Key::ctrl('p'), Key::ctrl('c'));
        let help = Key::plain(KeyCode::F(1));
        if typing {
            return vec![second(Command::Palette, palette), second(Command::Quit, quit), with(Command::Help, help)];
        }
        let nothing = match (self.is_writing(), undo) {
            (true, _) => Some(ctx.say(Phrase::StillSaving)),
            (false, undo) => (!undo).then(|| ctx.say(Phrase::NothingToUndo)),
        };
        vec![
            bind(Command::Undo, &ctx, nothing),
            bind(Command::Palette, &ctx, None),
            second(Command::Palette, palette),
            bind(Command::Lock, &ctx, None),
            bind(Command::Quit, &ctx, None),
            second(Command::Quit, quit),
            second(Command::Help, help),
            bind(Command::Help, &ctx, None),
        ]
    }

    pub(super) fn shell_key(&mut self, key: KeyEvent, effects: &mut Vec<Effect>) -> bool {
        let pressed = Key::from_event(key);
        if self.workspace().is_some_and(|workspace| workspace.is_forced()) {
            match (pressed.code, pressed.ctrl) {
                (KeyCode::Esc, _) if self.is_writing() => self.ask_to_leave(Destination::SignOut, effects),
                (KeyCode::Esc, _) => self.sign_out(None),
                (KeyCode::Char('c'), true) => self.ask_to_leave(Destination::Quit, effects),
                _ => return false,
            }
            return true;
        }
        match self.shell_bindings().into_iter().find(|binding| binding.key == pressed) {
            Some(Binding { unavailable: Some(reason), .. }) => self.say(Notice::plain(reason)),
            Some(binding) => return self.shell_run(binding.command, effects),
            None => return false,
        }
        true
    }

    pub(super) fn shell_run(&mut self, command: Command, effects: &mut Vec<Effect>) -> bool {
        match command {
            Command::Quit => self.ask_to_leave(Destination::Quit, effects),
            Command::Lock => self.lock(),
            Command::Help => {
                let mut bindings = self.screen_bindings();
                bindings.extend(self.shell_bindings());
                let popup = Popup::help(&bindings, &self.context());
                self.open_popup(popup, PopupPurpose::Go, effects);
            }
            Command::Palette => {
                let popup = Popup::palette(self.destinations(), &self.context());
                self.open_popup(popup, PopupPurpose::Go, effects);
            }
            Command::Undo => {
                if let Some(request) = self.workspace().and_then(|workspace| workspace.undo.take()) {
                    self.send(Asker::Undo, request, effects);
                }
            }
            _ => return false,
        }
        true
    }

    pub(super) fn screen_bindings(&self) -> Vec<Binding> {
        match &self.stage {
            Stage::SignedIn(workspace) => {
                workspace.top().map(|layer| layer.screen.bindings(&self.context())).unwrap_or_default()
            }
            _ => Vec::new(),
        }
    }

    /// Carries out what a screen wants.
    pub(super) fn act(&mut self, asker: Asker, action: Action, effects: &mut Vec<Effect>) {
        match action {
            Action::None => {}
            Action::Send(request) => self.send(asker, request, effects),
            Action::Open(screen) => self.push(*screen, effects),
            Action::Replace(screen) => self.replace(asker, *screen, effects),
            Action::Back => self.back(asker, effects),
            Action::Done(notice) => {
                self.back(asker, effects);
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
            Action::Popup(popup) => self.open_for(asker, *popup, PopupPurpose::Screen, effects),
            Action::Notice(notice) => self.say(notice),
            Action::Copy(text) if text.len() > MOST_COPIED => {
                self.say(Notice::bad(self.context().say(Phrase::TooMuchToCopy)));
            }
            Action::Copy(text) => {
                effects.push(Effect::Copy(text));
                self.say(Notice::plain(self.context().say(Phrase::Copied)));
            }
            Action::Prefer(preferences) => self.prefer(preferences, effects),
            Action::All(actions) => {
                for action in actions {
                    self.act(asker, action, effects);
                }
            }
        }
    }

    pub(super) fn push(&mut self, screen: Screen, effects: &mut Vec<Effect>) {
        let id = self.next;
        self.next += 1;
        let screen = self.as_it_was_left(screen);
        if let Some(workspace) = self.workspace() {
            workspace.layers.push(Layer { id, screen, stale: false });
        }
        self.load_top(effects);
    }

    pub(super) fn pop(&mut self) {
        if let Some(workspace) = self.workspace().filter(|workspace| workspace.layers.len() > 1) {
            workspace.layers.pop();
        }
    }

    /// A list comes back as it was left.
    fn as_it_was_left(&mut self, screen: Screen) -> Screen {
        let Screen::List(fresh) = screen else { return screen };
        let ctx = self.context();
        let Stage::SignedIn(workspace) = &self.stage else { return Screen::List(fresh) };
        let at = workspace.kept.iter().position(|kept| kept.comes_back_for(&fresh, &ctx));
        match (at, self.workspace()) {
            (Some(at), Some(workspace)) => Screen::List(Box::new(workspace.kept.remove(at))),
            _ => Screen::List(fresh),
        }
    }

    /// Puts a screen where the asker's is. A reply that took long may find others on top.
    fn replace(&mut self, asker: Asker, screen: Screen, effects: &mut Vec<Effect>) {
        let id = self.next;
        self.next += 1;
        let screen = self.as_it_was_left(screen);
        if let Some(workspace) = self.workspace()
            && let Some(at) = workspace.place_of(asker)
        {
            workspace.close_question(at);
            let left = std::mem::replace(&mut workspace.layers[at], Layer { id, screen, stale: true });
            workspace.keep(left);
        }
        self.refresh_top(effects);
    }

    /// Closes the asker's screen, wherever it is in the pile.
    pub(super) fn back(&mut self, asker: Asker, effects: &mut Vec<Effect>) {
        if let Some(workspace) = self.workspace()
            && let Some(at) = workspace.place_of(asker).filter(|at| *at > 0)
        {
            workspace.close_question(at);
            let left = workspace.layers.remove(at);
            workspace.keep(left);
        }
        self.refresh_top(effects);
    }

    /// Reads the top screen again when something was written since, and home always.
    fn refresh_top(&mut self, effects: &mut Vec<Effect>) {
        let Some(top) = self.workspace().and_then(|workspace| workspace.layers.last_mut()) else { return };
        let stale = std::mem::take(&mut top.stale);
        if stale || matches!(top.screen, Screen::Home(_)) {
            self.load_top(effects);
        }
    }
}
