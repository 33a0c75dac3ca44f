//! What a screen wants to be done. The app carries it out.

use super::{Destination, Notice, Preferences, popup::Popup};
use crate::{
    domain::{Field, entity::Query},
    services::Request,
};

/// What a screen wants to be done.
#[derive(Debug)]
pub enum Action {
    None,
    /// Execute a request. Its reply comes to `on_reply` of the screen that sent it, except the
    /// replies that the app handles itself: password needed, heir needed, signed out.
    Send(Request),
    /// Go somewhere. A screen that is opened is asked for its first request (`load`) by the app.
    Open(Destination),
    /// Put a screen in the place of this one.
    Replace(Destination),
    /// Close this screen. The home screen, which is the lowest one, stays.
    Back,
    /// Close this screen, and show this notice over the one below, which is loaded again.
    Done(Notice),
    /// Close this screen and give this query to the list below, with the names of the records that it
    /// is filtered by.
    Refine(Box<Query>, Vec<(Field, String)>),
    /// Open a popup over the top screen; its outcome comes to `on_popup` of this screen.
    Popup(Box<Popup>),
    /// Show a sentence in the message line.
    Notice(Notice),
    /// Add a sentence to the notice that is shown, if it says that something was done.
    Add(String),
    /// Put a text into the clipboard of the terminal, and say what was copied.
    Copy {
        text: String,
        told: String,
    },
    /// Use and store these preferences.
    Prefer(Preferences),
    /// Several, in this order.
    All(Vec<Action>),
}
