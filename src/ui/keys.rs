//! Keys and what they do. The one place where a key meets a command.

use std::borrow::Cow;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// A key as people press it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key {
    pub code: KeyCode,
    pub ctrl: bool,
}

impl Key {
    pub const fn plain(code: KeyCode) -> Self {
        Self { code, ctrl: false }
    }
    pub const fn char(c: char) -> Self {
        Self::plain(KeyCode::Char(c))
    }
    pub const fn ctrl(c: char) -> Self {
        Self { code: KeyCode::Char(c), ctrl: true }
    }
    /// From the terminal. Shift is in the character; `AltGr` arrives as Ctrl+Alt and
    /// means the character alone.
    pub fn from_event(event: KeyEvent) -> Self {
        let alt_gr = event.modifiers.contains(KeyModifiers::CONTROL | KeyModifiers::ALT);
        Self { code: event.code, ctrl: event.modifiers.contains(KeyModifiers::CONTROL) && !alt_gr }
    }
}

/// What can be done on screens; a closed list, so that help and palette can name each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, strum::EnumIter)]
pub enum Command {
    Up,
    Down,
    PageUp,
    PageDown,
    Left,
    Right,
    Home,
    End,
    Open,
    New,
    Edit,
    Assign,
    /// Archive, deactivate; on such a record restore, reactivate.
    Archive,
    Sign,
    SetStatus,
    HandOver,
    ResetPassword,
    Filter,
    /// The structured filters.
    Refine,
    Sort,
    View,
    Mark,
    Undo,
    Copy,
    /// One of the values of what is selected.
    CopyPart,
    /// What somebody else saved, in place of mine.
    TakeTheirs,
    /// The other language.
    Language,
    /// What the list shows, into a file.
    Export,
    Save,
    NextField,
    PreviousField,
    /// The next part of a detail screen.
    NextPart,
    /// The events by day and support person.
    Calendar,
    /// A day from its month.
    PickDay,
    Refresh,
    Help,
    Palette,
    Lock,
    Back,
    Quit,
}

/// One key of a screen, with everything that is ever said about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    pub key: Key,
    pub command: Command,
    /// One or two words for the bottom line; empty keeps it out of there, for what everybody
    /// knows or another key does as well.
    pub label: Cow<'static, str>,
    /// One sentence for the help.
    pub help: Cow<'static, str>,
    /// Why it cannot be done here and now; such a binding is shown in the help only,
    /// and pressing it says the reason.
    pub unavailable: Option<String>,
}

/// The binding of a key, the first in the order of the table. Where no text is typed `j` and
/// `k` are arrows.
pub fn find(bindings: &[Binding], key: Key) -> Option<&Binding> {
    let exact = bindings.iter().find(|binding| binding.key == key);
    let arrow = match key {
        Key { code: KeyCode::Char('j'), ctrl: false } => KeyCode::Down,
        Key { code: KeyCode::Char('k'), ctrl: false } => KeyCode::Up,
        _ => return exact,
    };
    exact.or_else(|| bindings.iter().find(|binding| binding.key == Key::plain(arrow)))
}
