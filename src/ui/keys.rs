//! Keys, the commands that they run, and the bindings of keys to commands.

use std::borrow::Cow;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// A pressed key, with or without Ctrl.
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
    /// Converts a terminal event. Shift is part of the character. `AltGr` arrives as Ctrl+Alt and
    /// is ignored, since it only selects the character.
    pub fn from_event(event: KeyEvent) -> Self {
        let alt_gr = event.modifiers.contains(KeyModifiers::CONTROL | KeyModifiers::ALT);
        Self { code: event.code, ctrl: event.modifiers.contains(KeyModifiers::CONTROL) && !alt_gr }
    }
    /// Whether this is a letter that is held with Ctrl or Alt: it answers and selects nothing.
    pub fn is_chord(event: KeyEvent) -> bool {
        matches!(event.code, KeyCode::Char(_)) && event.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT)
    }
}

/// The commands of all screens. The list is closed, so that help and palette can name each one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, strum::EnumIter, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
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
    /// Archive or deactivate a record; restore or reactivate it if that was done before.
    Archive,
    Sign,
    /// Record a payment of a contract.
    Pay,
    /// Agree the instalments of a contract.
    Instalments,
    /// Make a plan the default one, or not any more.
    MakeDefault,
    SetStatus,
    HandOver,
    /// Merge two marked clients.
    Merge,
    ResetPassword,
    Filter,
    /// Open the structured filters.
    Refine,
    Sort,
    View,
    /// Choose the columns of a list.
    Columns,
    Mark,
    Undo,
    Copy,
    /// Copy one of the values of the selected record.
    CopyPart,
    /// Replace the typed value with the one that another user has saved.
    TakeTheirs,
    /// Propose a temporary password that can be read aloud.
    Propose,
    /// Switch to the other language.
    Language,
    /// Export the list to a file.
    Export,
    /// Write a document about the record, to print it.
    Print,
    Save,
    NextField,
    PreviousField,
    /// Go to the next part of a detail screen.
    NextPart,
    /// Go to the part before.
    PreviousPart,
    /// Open the calendar of events.
    Calendar,
    /// Pick a day from a month.
    PickDay,
    /// Add a row before the one that is typed in.
    InsertRow,
    RemoveRow,
    /// Fill in the rows of a plan.
    ChoosePlan,
    Refresh,
    Help,
    Palette,
    Lock,
    Back,
    Quit,
}

/// A key of a screen, with its command and the texts that describe it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    pub key: Key,
    pub command: Command,
    /// One or two words for the bottom line. Empty if the key is not shown there, because it is
    /// well known or another key does the same.
    pub label: Cow<'static, str>,
    /// One sentence for the help; empty if the key is not shown there.
    pub help: Cow<'static, str>,
    /// Why the command is not possible now. Such a binding is shown in the help only, and pressing
    /// the key shows this reason.
    pub unavailable: Option<String>,
}

/// The first binding of this key. `j` and `k` act as the arrow keys where those are bound and the
/// letters are not. Forms bind no arrow keys, so these letters can be typed there.
pub fn find(bindings: &[Binding], key: Key) -> Option<&Binding> {
    let exact = bindings.iter().find(|binding| binding.key == key);
    let arrow = match key {
        Key { code: KeyCode::Char('j'), ctrl: false } => KeyCode::Down,
        Key { code: KeyCode::Char('k'), ctrl: false } => KeyCode::Up,
        _ => return exact,
    };
    exact.or_else(|| bindings.iter().find(|binding| binding.key == Key::plain(arrow)))
}
