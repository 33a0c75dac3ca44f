//! The keys that work on every screen, and the palette.

use crossterm::event::{KeyCode, KeyEvent};

use super::{App, Asker, Stage, workspace::PopupPurpose};
use crate::{
    services::{ImportRequest, Request},
    ui::{
        Leave, Notice,
        actions::bind,
        keys::{Binding, Command, Key},
        popup::Popup,
        question,
        text::{ImportPhrase, Phrase},
    },
};

impl App {
    /// The keys that work on every screen; no letters while text is typed. A key without a label does
    /// the same as the key before or after it.
    pub(super) fn global_bindings(&self) -> Vec<Binding> {
        let ctx = self.context();
        let (typing, undo, lasted, home) = match &self.stage {
            Stage::SignedIn(workspace) => {
                let typing = workspace.top().is_some_and(|layer| layer.screen.takes_text());
                (typing, workspace.undo.as_ref(), workspace.lasted.as_ref(), workspace.layers.len() == 1)
            }
            _ => (true, None, None, false),
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
            (false, Some(_)) => None,
            (false, None) => Some(lasted.map_or_else(|| ctx.say(Phrase::NothingToUndo), |last| last.words(&ctx))),
        };
        // Home has nothing to filter: whoever searches there searches everything.
        let search = home.then(|| second(Command::Palette, ctx.keys.of(Command::Filter)));
        let mut take_back = bind(Command::Undo, &ctx, nothing);
        if let Some(Request::Import(asked)) = undo {
            let file = asked.file_name().unwrap_or_default();
            take_back.label = ctx.say(ImportPhrase::VerbTakeBack).into();
            take_back.help = ctx.say(ImportPhrase::TakeBackLastMeans(file)).into();
        }
        let mut all = vec![
            take_back,
            bind(Command::Palette, &ctx, None),
            second(Command::Palette, palette),
            bind(Command::Lock, &ctx, None),
            bind(Command::Quit, &ctx, None),
            second(Command::Quit, quit),
            second(Command::Help, help),
            bind(Command::Help, &ctx, None),
        ];
        all.extend(search);
        all
    }

    /// Handles a key that works on every screen; false if this key is none. While the password has to
    /// be changed, the only such keys are those that leave.
    pub(super) fn global_key(&mut self, key: KeyEvent) -> bool {
        let pressed = Key::from_event(key);
        if self.session.must_change_password {
            match (pressed.code, pressed.ctrl) {
                (KeyCode::Esc, _) => self.ask_to_leave(Leave::SignOut),
                (KeyCode::Char('c'), true) => self.ask_to_leave(Leave::Quit),
                _ => return false,
            }
            return true;
        }
        match self.global_bindings().into_iter().find(|binding| binding.key == pressed) {
            Some(Binding { unavailable: Some(reason), .. }) => self.say(Notice::plain(reason)),
            Some(binding) => return self.global_run(binding.command),
            None => return false,
        }
        true
    }

    /// Runs a command that works on every screen; false if this command is none.
    pub(super) fn global_run(&mut self, command: Command) -> bool {
        match command {
            Command::Quit => self.ask_to_leave(Leave::Quit),
            Command::Lock => self.lock(),
            Command::Help => {
                let mut bindings = self.screen_bindings();
                bindings.extend(self.global_bindings());
                let popup = Popup::help(&bindings, &self.context());
                self.open_popup(popup, PopupPurpose::Go);
            }
            Command::Palette => {
                let popup = Popup::palette(self.palette(), &self.context());
                self.open_popup(popup, PopupPurpose::Go);
            }
            Command::Undo => {
                let Some(request) = self.workspace().and_then(|workspace| workspace.undo.take()) else { return true };
                match &request {
                    // Many records at once, perhaps long ago: nobody should do that by mistake.
                    Request::Import(ImportRequest::Revert { import, .. }) => {
                        let popup = question::before_taking_back(import, &request, &self.context());
                        self.open_popup(popup, PopupPurpose::Confirm(Asker::Undo, Box::new(request)));
                    }
                    _ => self.send(Asker::Undo, request),
                }
            }
            _ => return false,
        }
        true
    }

    /// The keys of the top screen.
    pub(super) fn screen_bindings(&self) -> Vec<Binding> {
        match &self.stage {
            Stage::SignedIn(workspace) => {
                workspace.top().map(|layer| layer.screen.bindings(&self.context())).unwrap_or_default()
            }
            _ => Vec::new(),
        }
    }
}
