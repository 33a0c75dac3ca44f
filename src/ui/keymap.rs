//! The table of keys: the usual key of each command, and the keys that the configuration names
//! instead.

use crossterm::event::KeyCode;
use strum::IntoEnumIterator;

use super::keys::{Command, Key};

/// The key of each command, everywhere.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Keys {
    /// The commands that have another key than usual.
    changed: Vec<(Command, Key)>,
}

/// Why a row of the configuration cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("there is no such command. There are: {}", names().join(", "))]
    NoSuchCommand,
    #[error("this is not a key. Write one letter or sign, space, insert, delete, f1 to f12, or ctrl+ with a letter")]
    NoSuchKey,
    #[error("this key always does the same and cannot be given to a command")]
    Reserved,
    #[error("this is typed or edits text in a form. Choose f1 to f12, or ctrl+ with another letter")]
    TakenByText,
    #[error("\"{0}\" has this key already. Choose another one, or give \"{0}\" another one too")]
    Clash(&'static str),
}

static USUAL: Keys = Keys { changed: Vec::new() };

impl Keys {
    /// The usual keys.
    pub fn usual() -> &'static Self {
        &USUAL
    }

    /// The key of a command.
    pub fn of(&self, command: Command) -> Key {
        let changed = self.changed.iter().find(|(one, _)| *one == command);
        changed.map_or(usual(command), |(_, key)| *key)
    }

    /// The usual keys, but for these rows of a command's name and its key. On failure also returns
    /// the number of the row that cannot be used.
    pub fn with(rows: &[(&str, &str)]) -> Result<Self, (usize, Refusal)> {
        let mut keys = Self::default();
        for (number, (name, key)) in rows.iter().enumerate() {
            let row = read(name, key).map_err(|refusal| (number, refusal))?;
            keys.changed.push(row);
        }
        for (number, (command, key)) in keys.changed.iter().enumerate() {
            let same = |other: &Command| other != command && meet(*other, *command) && keys.of(*other) == *key;
            if let Some(other) = Command::iter().find(same) {
                return Err((number, Refusal::Clash(other.into())));
            }
        }
        Ok(keys)
    }

    /// The words, in which each `⌨command⌨` stands for the key of that command, written by `spell`.
    /// They are the program's own: a name that somebody has typed may contain this sign.
    pub fn named_in(&self, words: &'static str, spell: impl Fn(Key) -> String) -> String {
        let mut parts = words.split(MARK);
        let mut named = parts.next().unwrap_or_default().to_owned();
        while let Some(name) = parts.next() {
            named += &name.parse().map_or_else(|_| name.to_owned(), |command| spell(self.of(command)));
            named += parts.next().unwrap_or_default();
        }
        named
    }
}

/// Stands around the name of a command in a text that names its key.
const MARK: char = '⌨';

/// The names of the commands whose keys can be changed.
pub fn names() -> Vec<&'static str> {
    Command::iter().filter(|command| !is_fixed(*command)).map(Into::into).collect()
}

/// A row of the configuration.
fn read(name: &str, key: &str) -> Result<(Command, Key), Refusal> {
    let command = name.parse().ok().filter(|command| !is_fixed(*command)).ok_or(Refusal::NoSuchCommand)?;
    let key = key_named(key).ok_or(Refusal::NoSuchKey)?;
    if is_reserved(key) {
        return Err(Refusal::Reserved);
    }
    // In a form these keys type or edit.
    let edits = match key.code {
        KeyCode::Char(letter) => !key.ctrl || "aekuw".contains(letter),
        KeyCode::Delete => true,
        _ => false,
    };
    if typed_in_forms(command) && edits { Err(Refusal::TakenByText) } else { Ok((command, key)) }
}

/// A key as people write it: `n`, `S`, `space`, `f5`, `ctrl+s`.
fn key_named(text: &str) -> Option<Key> {
    let name = text.trim().to_lowercase();
    if let Some(letter) = name.strip_prefix("ctrl+") {
        let mut letters = letter.chars();
        let letter = letters.next().filter(char::is_ascii_lowercase)?;
        return letters.next().is_none().then(|| Key::ctrl(letter));
    }
    let number = name.strip_prefix('f').and_then(|number| number.parse().ok());
    if let Some(number) = number.filter(|number| (1..=12).contains(number)) {
        return Some(Key::plain(KeyCode::F(number)));
    }
    let mut signs = text.trim().chars();
    let code = match (name.as_str(), signs.next(), signs.next()) {
        ("space", ..) => KeyCode::Char(' '),
        ("insert", ..) => KeyCode::Insert,
        ("delete", ..) => KeyCode::Delete,
        ("enter", ..) => KeyCode::Enter,
        ("esc", ..) => KeyCode::Esc,
        ("tab", ..) => KeyCode::Tab,
        (_, Some(sign), None) if !sign.is_control() => KeyCode::Char(sign),
        _ => return None,
    };
    Some(Key::plain(code))
}

/// Keys that mean the same everywhere, or that a terminal sends for others (`ctrl+i` is Tab).
fn is_reserved(key: Key) -> bool {
    match key.code {
        KeyCode::Enter | KeyCode::Esc | KeyCode::Tab | KeyCode::F(1) => true,
        KeyCode::Char(letter) if key.ctrl => "chijmpqz".contains(letter),
        _ => false,
    }
}

/// Commands that move, open, or go back: arrows, Tab, Enter and Esc, which popups and texts know too.
fn is_fixed(command: Command) -> bool {
    use Command as C;
    match command {
        C::Up | C::Down | C::PageUp | C::PageDown | C::Left | C::Right | C::Home | C::End => true,
        C::Open | C::Back | C::NextField | C::PreviousField | C::NextPart | C::PreviousPart => true,
        C::New | C::Edit | C::Assign | C::Archive | C::Sign | C::Pay | C::Instalments => false,
        C::MakeDefault | C::SetStatus | C::HandOver | C::Merge | C::ResetPassword => false,
        C::Filter
        | C::Refine
        | C::Sort
        | C::View
        | C::Columns
        | C::Mark
        | C::Undo
        | C::Copy
        | C::CopyPart
        | C::Export
        | C::Print => false,
        C::TakeTheirs | C::Propose | C::Language | C::Save | C::Calendar | C::PickDay => false,
        C::InsertRow | C::RemoveRow | C::ChoosePlan => false,
        C::Refresh | C::Help | C::Palette | C::Lock | C::Quit => false,
    }
}

/// Commands that work while text is typed. They and the other commands are never available on the
/// same screen, so these two groups may share keys.
fn typed_in_forms(command: Command) -> bool {
    use Command as C;
    matches!(
        command,
        C::Save
            | C::NextField
            | C::PreviousField
            | C::PickDay
            | C::TakeTheirs
            | C::Propose
            | C::Language
            | C::InsertRow
            | C::RemoveRow
            | C::ChoosePlan
    )
}

/// Whether two commands may be available on the same screen, so that they need different keys.
fn meet(one: Command, other: Command) -> bool {
    let never = [one, other].iter().all(|command| matches!(command, Command::Pay | Command::ResetPassword));
    // An import is begun by the key that saves, beside other commands.
    let saves = one == Command::Save || other == Command::Save;
    (typed_in_forms(one) == typed_in_forms(other) || saves) && !never
}

/// The key of a command unless the configuration names another.
const fn usual(command: Command) -> Key {
    use Command as C;
    match command {
        C::Up => Key::plain(KeyCode::Up),
        C::Down => Key::plain(KeyCode::Down),
        C::PageUp => Key::plain(KeyCode::PageUp),
        C::Left => Key::plain(KeyCode::Left),
        C::Right => Key::plain(KeyCode::Right),
        C::Calendar => Key::char('c'),
        C::PickDay => Key::plain(KeyCode::F(4)),
        C::PageDown => Key::plain(KeyCode::PageDown),
        C::Home => Key::plain(KeyCode::Home),
        C::End => Key::plain(KeyCode::End),
        C::Open => Key::plain(KeyCode::Enter),
        C::New => Key::char('n'),
        C::Edit => Key::char('e'),
        C::Assign => Key::char('a'),
        C::Archive => Key::char('x'),
        C::Sign => Key::char('S'),
        // Contracts have the one, accounts the other.
        C::Pay | C::ResetPassword => Key::char('p'),
        C::Instalments => Key::char('i'),
        C::MakeDefault => Key::char('D'),
        C::SetStatus => Key::char('t'),
        C::HandOver => Key::char('h'),
        C::Merge => Key::char('M'),
        C::Filter => Key::char('/'),
        C::Refine => Key::char('f'),
        C::Sort => Key::char('s'),
        C::View => Key::char('v'),
        C::Columns => Key::char('C'),
        C::Mark => Key::char(' '),
        C::Undo => Key::char('u'),
        C::Copy => Key::char('y'),
        C::CopyPart => Key::char('Y'),
        C::TakeTheirs => Key::ctrl('t'),
        C::Propose => Key::ctrl('g'),
        C::InsertRow => Key::ctrl('n'),
        C::RemoveRow => Key::ctrl('d'),
        C::ChoosePlan => Key::ctrl('o'),
        C::Language => Key::plain(KeyCode::F(2)),
        C::Export => Key::char('X'),
        C::Print => Key::char('P'),
        C::Save => Key::ctrl('s'),
        C::NextField | C::NextPart => Key::plain(KeyCode::Tab),
        C::PreviousField | C::PreviousPart => Key::plain(KeyCode::BackTab),
        C::Refresh => Key::plain(KeyCode::F(5)),
        C::Help => Key::char('?'),
        C::Palette => Key::char(':'),
        C::Lock => Key::char('L'),
        C::Back => Key::plain(KeyCode::Esc),
        C::Quit => Key::char('q'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_keys_do_not_clash() {
        for command in Command::iter().filter(|command| !is_fixed(*command)) {
            let same = |other: &Command| *other != command && meet(*other, command) && usual(*other) == usual(command);
            assert_eq!(Command::iter().find(same), None, "{command:?}");
        }
    }

    #[test]
    fn keys_are_read_as_people_write_them() {
        let rows = [("assign", "g"), ("sign", "F9"), ("export", "Delete"), ("mark", "Insert"), ("save", "Ctrl+L")];
        let keys = Keys::with(&rows).unwrap();
        assert_eq!(keys.of(Command::Assign), Key::char('g'));
        assert_eq!(keys.of(Command::Sign), Key::plain(KeyCode::F(9)));
        assert_eq!(keys.of(Command::Save), Key::ctrl('l'));
        assert_eq!(keys.of(Command::New), Key::char('n'));
        // Two commands can swap their keys.
        assert!(Keys::with(&[("new", "e"), ("edit", "n")]).is_ok());
    }

    #[test]
    fn what_cannot_work_is_refused() {
        for (rows, at, refusal) in [
            (&[("assing", "g")][..], 0, Refusal::NoSuchCommand),
            (&[("open", "g")], 0, Refusal::NoSuchCommand),
            (&[("assign", "hyper+g")], 0, Refusal::NoSuchKey),
            (&[("assign", "alt+g")], 0, Refusal::NoSuchKey),
            (&[("assign", "")], 0, Refusal::NoSuchKey),
            (&[("assign", "esc")], 0, Refusal::Reserved),
            (&[("assign", "Enter")], 0, Refusal::Reserved),
            (&[("assign", "ctrl+c")], 0, Refusal::Reserved),
            (&[("save", "s")], 0, Refusal::TakenByText),
            (&[("save", "ctrl+a")], 0, Refusal::TakenByText),
            (&[("sign", "f9"), ("assign", "n")], 1, Refusal::Clash("new")),
            (&[("sign", "g"), ("assign", "g")], 0, Refusal::Clash("assign")),
        ] {
            assert_eq!(Keys::with(rows), Err((at, refusal)), "{rows:?}");
        }
    }

    #[test]
    fn the_readme_names_every_command() {
        let readme = include_str!("../../README.md");
        for name in names() {
            assert!(readme.contains(&format!("`{name}`")), "{name}");
        }
    }
}
