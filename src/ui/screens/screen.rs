//! What every screen of a signed-in user has to do.

use std::fmt::Debug;

use crossterm::event::KeyEvent;
use ratatui::{
    Frame,
    layout::{Position, Rect},
};

use crate::{
    domain::Error,
    services::{Reply, Request},
    ui::{
        Action, Context, Destination,
        keys::{Binding, Command},
        popup::Outcome,
        widgets::paint::Focus,
    },
};

/// A screen: its state, its keys and its drawing. A method has a default only where a screen that
/// does not implement it does no harm.
pub trait Screen: Debug {
    /// The words in the header.
    fn title(&self, ctx: &Context) -> String;

    /// The request for what the screen shows, when it is opened and whenever that may have changed.
    fn load(&mut self) -> Option<Request>;

    /// Handles the reply to `to`, a request of this screen.
    fn on_reply(&mut self, to: &Request, reply: Result<Reply, Error>, ctx: &Context) -> Action;

    /// Handles the outcome of a popup that this screen has opened, or of the form of its filters.
    fn on_popup(&mut self, outcome: Outcome, ctx: &Context) -> Action;

    /// Its keys, for the bottom line, the help and the key handling.
    fn bindings(&self, ctx: &Context) -> Vec<Binding>;

    /// Runs a command, which came by its key, from the help or from the palette.
    fn run(&mut self, command: Command, ctx: &Context) -> Action;

    /// Draws the screen; returns the place that the user's attention is on.
    fn draw(&self, frame: &mut Frame, area: Rect, ctx: &Context) -> Focus;

    /// The request will get no reply, because the user has given up or closed a question about it.
    fn stop_waiting(&mut self);

    /// Whether something was typed that would be lost with this screen.
    fn has_unsaved(&self) -> bool;

    /// Whether letters are typed into a text field now, so that they are no commands.
    fn takes_text(&self) -> bool;

    /// Whether the screen is filled in by the user, such as a form. All other screens show records:
    /// F5 reads these again, and the mouse wheel moves the selection.
    fn is_filled_in(&self) -> bool;

    /// The name of the record that this write of the screen is about, if the screen shows it.
    fn subject_of(&self, _request: &Request, _ctx: &Context) -> Option<String> {
        None
    }

    /// A change that this screen has sent got no reply, so it is unknown whether it was made; or it is
    /// known now that it was not.
    fn doubt(&mut self, _unknown: bool) {}

    /// A change that this screen has sent and that the user no longer waited for was made. A screen that is filled in
    /// becomes what it would have become at once; `None` leaves it to the app to report the change.
    fn saved_after_all(&mut self, _to: &Request, _reply: &Reply, _ctx: &Context) -> Option<Action> {
        None
    }

    /// Where to look whether what was typed here has been saved, if that is unknown.
    fn look_in(&self, _ctx: &Context) -> Option<String> {
        None
    }

    /// Handles a key that a text field takes; `None` leaves the key to the bindings.
    fn key(&mut self, _key: KeyEvent, _ctx: &Context) -> Option<Action> {
        None
    }

    /// Inserts pasted text into the text field, if there is one.
    fn paste(&mut self, _pasted: &str) -> Action {
        Action::None
    }

    /// Handles a click at this position; the screen is drawn in `body`.
    fn click(&mut self, _at: Position, _body: Rect, _ctx: &Context) -> Action {
        Action::None
    }

    /// What is kept of the screen after the user has left it, to show it again as it was; `None`
    /// forgets it.
    fn put_away(self: Box<Self>) -> Option<Box<dyn Screen>> {
        None
    }

    /// Whether this screen, which was put away, is shown again instead of a new one for `to`.
    fn comes_back_for(&self, _to: &Destination, _ctx: &Context) -> bool {
        false
    }
}
