//! What a signed-in user works with: the screens on top of each other, and the popup over them.

use std::collections::VecDeque;

use super::Asker;
use crate::{
    domain::{assigning::Candidate, error::Inheritance, session::Moment},
    services::Request,
    ui::{
        Context, Leave, Notice,
        popup::Popup,
        question::Lasted,
        screens::{self, Screen},
    },
};

/// A screen, with a number that no other one has.
pub(super) struct OpenScreen {
    pub id: u64,
    pub screen: Box<dyn Screen>,
    /// A record was written since the screen was loaded.
    pub stale: bool,
}

/// What an open popup is for.
#[derive(Debug)]
pub(super) enum PopupPurpose {
    /// The top screen has opened it and gets its outcome.
    Screen,
    /// Asks whether to leave although something would be lost.
    Leave(Leave),
    /// Help and palette.
    Go,
    /// Asks for the password that this request needs.
    Confirm(Asker, Box<Request>),
    /// Asks who takes over the records of the user whom this request deactivates or moves to another
    /// role.
    Heirs(Asker, Box<Request>, Inheritance),
    /// Asks whether these people take over, before the request is sent.
    Shares(Asker, Box<Request>, Divided),
}

/// What a user owns, and the people who are to take it over.
#[derive(Debug)]
pub(super) struct Divided {
    pub owned: Inheritance,
    pub people: Vec<Candidate>,
    /// Whether they were marked in the picker; otherwise there is one, whose line was chosen.
    pub marked: bool,
}

/// The lock of a session: its screens are kept, but nothing of them is shown.
pub(super) struct Lock {
    pub id: u64,
    /// The password field, or the question whether to leave instead.
    pub popup: Popup,
    /// The number of the question, and the way out that it is about.
    pub leaving: Option<(u64, Leave)>,
    /// The notice to show after unlocking. It is held back, since it may name records.
    pub said: Option<Notice>,
}

/// A popup over the top screen.
pub(super) struct OpenPopup {
    pub id: u64,
    pub popup: Popup,
    pub purpose: PopupPurpose,
}

/// The screens of a session, and what else lasts as long as it.
pub(super) struct Workspace {
    /// The home screen is the lowest; the last one is on top and gets the keys.
    pub layers: Vec<OpenScreen>,
    pub popup: Option<OpenPopup>,
    /// Popups that a reply has brought while the keys went elsewhere. They open later.
    pub later: VecDeque<(Asker, Popup, PopupPurpose)>,
    pub locked: Option<Lock>,
    /// Screens that were left and come back as they were, the last one first.
    pub kept: Vec<Box<dyn Screen>>,
    /// The request that takes back the last change of this session; `None` while the outcome of a
    /// later change is unknown.
    pub undo: Option<Request>,
    /// The last change, if it cannot be undone.
    pub lasted: Option<Lasted>,
    /// The people who were marked to take over what a user owns, in case they have to be asked for
    /// again.
    pub heirs: Vec<Candidate>,
    pub last_activity: u64,
    pub last_heartbeat: u64,
}

impl Workspace {
    pub fn new(now: Moment) -> Self {
        let home = OpenScreen { id: 0, screen: screens::home(), stale: false };
        Self {
            layers: vec![home],
            popup: None,
            later: VecDeque::new(),
            locked: None,
            kept: Vec::new(),
            undo: None,
            lasted: None,
            heirs: Vec::new(),
            last_activity: now.ticks,
            last_heartbeat: now.ticks,
        }
    }

    /// The screen that keys go to; there always is one.
    pub fn top(&self) -> Option<&OpenScreen> {
        self.layers.last()
    }

    pub fn has_unsaved(&self) -> bool {
        self.layers.iter().any(|layer| layer.screen.has_unsaved())
    }

    /// Where to look whether what was typed has been saved, if that is unknown of all of it.
    pub fn look_in(&self, ctx: &Context) -> Option<String> {
        let unsaved = self.layers.iter().map(|layer| &layer.screen).filter(|screen| screen.has_unsaved());
        unsaved.map(|screen| screen.look_in(ctx)).reduce(Option::and).flatten()
    }

    /// Whether the wheel moves a selection here.
    pub fn scrolls(&self) -> bool {
        let moves = self.top().is_some_and(|layer| !layer.screen.is_filled_in());
        self.locked.is_none() && (moves || self.popup.is_some())
    }

    /// Whether a popup of the asker can get the keys now. It must not take those that the user means
    /// for another popup, or types on another screen.
    pub fn is_free_for(&self, asker: Asker) -> bool {
        let free = |top: &OpenScreen| asker == Asker::Screen(top.id) || !top.screen.takes_text();
        self.popup.is_none() && self.top().is_some_and(free)
    }

    /// Whether a letter is a command now.
    pub fn takes_commands(&self) -> bool {
        let typing = self.top().is_none_or(|layer| layer.screen.takes_text());
        self.locked.is_none() && self.popup.is_none() && !typing
    }

    /// No request gets a reply any more: forms can be saved again, lists and menus expect nothing.
    pub fn stop_waiting(&mut self) {
        for layer in &mut self.layers {
            layer.screen.stop_waiting();
        }
        if let Some(open) = &mut self.popup {
            open.popup.stop_waiting();
        }
    }

    /// The index of the asker's layer; of the top one if the asker is no screen.
    pub fn place_of(&self, asker: Asker) -> Option<usize> {
        match asker {
            Asker::Screen(id) => self.layers.iter().position(|layer| layer.id == id),
            Asker::App | Asker::Undo | Asker::Lock(_) | Asker::Popup(_) => self.layers.len().checked_sub(1),
        }
    }

    /// Takes the screen of a layer that was closed, in case it comes back.
    pub fn keep(&mut self, layer: OpenScreen) {
        const MOST: usize = 12;
        if let Some(screen) = layer.screen.put_away() {
            self.kept.insert(0, screen);
            self.kept.truncate(MOST);
        }
    }

    /// Whether a question of this screen is open.
    pub fn asks_about(&self, id: u64) -> bool {
        let is_question =
            |open: &OpenPopup| matches!((&open.popup, &open.purpose), (Popup::Confirm(_), PopupPurpose::Screen));
        self.top().is_some_and(|layer| layer.id == id) && self.popup.as_ref().is_some_and(is_question)
    }

    /// Closes the popup of the top layer, if that is the layer at this index: the layer is about to go.
    pub fn close_question(&mut self, at: usize) {
        if at + 1 == self.layers.len() && matches!(&self.popup, Some(OpenPopup { purpose: PopupPurpose::Screen, .. })) {
            self.popup = None;
        }
    }
}
