//! The terminal, taken and given back whole.

use std::{
    borrow::Cow,
    io::{self, IsTerminal, Write, stdout},
};

use crossterm::{
    cursor::Show,
    event::{DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture},
    execute,
    terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode},
};
use ratatui::{Terminal, backend::CrosstermBackend};

use super::{App, Failure};
use crate::{domain::text, ui::widgets::chrome};

/// The most bytes that are copied at once: terminals drop what is longer without a word.
pub const MOST_COPIED: usize = 74_000;

/// The screen while the program has it; given back when dropped.
pub struct Screen {
    pub terminal: Terminal<CrosstermBackend<io::Stdout>>,
    mouse: bool,
    only_ascii: bool,
}

/// Whether a whole screen can be shown, or why not.
pub fn can_show() -> Result<(), Failure> {
    if !io::stdin().is_terminal() || !stdout().is_terminal() {
        return Err(Failure::NoTerminal);
    }
    if std::env::var_os("TERM").is_some_and(|name| name == "dumb") {
        return Err(Failure::DumbTerminal);
    }
    Ok(())
}

/// Whether the locale of this process has no more than ASCII in common with UTF-8.
pub fn only_ascii() -> bool {
    !is_utf8(|name| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned()))
}

/// Whether the locale is one of UTF-8. `LC_ALL` goes before `LC_CTYPE`, that before `LANG`.
/// Where none of them is set nothing is known, as behind many an SSH server: terminals of today
/// show UTF-8.
fn is_utf8(variable: impl Fn(&str) -> Option<String>) -> bool {
    let set = |name: &&str| variable(name).filter(|value| !value.is_empty());
    let Some(locale) = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(set) else { return true };
    let name = locale.split('@').next().unwrap_or_default();
    // A locale that names no encoding has one of those from before UTF-8.
    let encoding = name.split_once('.').map_or("", |(_, encoding)| encoding);
    encoding.replace('-', "").eq_ignore_ascii_case("utf8")
}

/// A sentence as it can be shown outside of the screen.
pub fn for_locale(sentence: &str) -> Cow<'_, str> {
    if only_ascii() { Cow::Owned(text::to_ascii(sentence)) } else { Cow::Borrowed(sentence) }
}

/// Whether a shell waits behind the program, which gave it a process group of its own.
/// Stopped without one (a window's own command, a hosted session) it would hang for good.
pub fn has_shell() -> bool {
    use rustix::process::{getpgrp, getsid};
    getsid(None).is_ok_and(|session| session != getpgrp())
}

impl Screen {
    /// Takes the terminal. A panic of the main thread gives it back before it is told; those of
    /// other threads must not be told on the screen (`telemetry` sees to that).
    pub fn take(mouse: bool) -> io::Result<Self> {
        // The theme decides about colours; left to itself crossterm would drop the
        // reverse video of the selected line under NO_COLOR.
        crossterm::style::force_color_output(true);
        enter(mouse)?;
        let main = std::thread::current().id();
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if std::thread::current().id() == main {
                leave();
            }
            hook(panic);
        }));
        let terminal = Terminal::new(CrosstermBackend::new(stdout()))?;
        Ok(Self { terminal, mouse, only_ascii: only_ascii() })
    }

    /// Shows the app as it is now, in signs that the locale has.
    pub fn draw(&mut self, app: &App) -> io::Result<()> {
        self.terminal.draw(|frame| {
            app.draw(frame);
            if self.only_ascii {
                chrome::letters_to_ascii(frame.buffer_mut());
            }
        })?;
        Ok(())
    }

    /// Gives the terminal to the shell and stops until it is given back.
    pub fn suspend(&mut self) -> io::Result<()> {
        leave();
        signal_hook::low_level::raise(signal_hook::consts::SIGSTOP)?;
        enter(self.mouse)?;
        // Drawn from nothing. Clearing would ask the terminal where the cursor is, and the
        // thread that reads keys has the answer.
        self.terminal = Terminal::new(CrosstermBackend::new(stdout()))?;
        Ok(())
    }

    /// Takes the mouse from the terminal, or gives it back.
    pub fn take_mouse(&mut self, mouse: bool) -> io::Result<()> {
        self.mouse = mouse;
        if mouse { execute!(stdout(), EnableMouseCapture) } else { execute!(stdout(), DisableMouseCapture) }
    }

    /// Gives text to the terminal's clipboard, at most [`MOST_COPIED`] bytes.
    pub fn copy(&self, text: &str) -> io::Result<()> {
        let mut out = stdout();
        write!(out, "\x1b]52;c;{}\x07", base64(text.as_bytes()))?;
        out.flush()
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        leave();
    }
}

fn enter(mouse: bool) -> io::Result<()> {
    enable_raw_mode()?;
    execute!(stdout(), EnterAlternateScreen, EnableBracketedPaste)?;
    if mouse { execute!(stdout(), EnableMouseCapture) } else { Ok(()) }
}

/// Gives the terminal back, as far as it goes: it may be gone already.
pub fn leave() {
    execute!(stdout(), DisableMouseCapture, DisableBracketedPaste, LeaveAlternateScreen, Show).ok();
    disable_raw_mode().ok();
}

fn base64(bytes: &[u8]) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let number = group.iter().fold(0_u32, |number, byte| number << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        for at in 0..4 {
            let sign = SIGNS[(number >> (18 - 6 * at) & 63) as usize];
            text.push(if at <= group.len() { sign.into() } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_locale_says_which_letters_there_are() {
        for (all, ctype, lang, utf8) in [
            ("", "", "", true),
            ("", "", "en_GB.UTF-8", true),
            ("", "", "fr_FR.utf8", true),
            ("", "", "C.UTF-8", true),
            ("", "", "de_DE.UTF-8@euro", true),
            ("C", "", "en_GB.UTF-8", false),
            ("", "POSIX", "en_GB.UTF-8", false),
            ("", "en_GB.UTF-8", "C", true),
            ("", "", "C", false),
            ("", "", "fr_FR", false),
            ("", "", "fr_FR@euro", false),
            ("", "", "fr_FR.ISO-8859-15", false),
            ("", "", "ja_JP.eucJP", false),
        ] {
            let variable = |name: &str| match name {
                "LC_ALL" => Some(all.to_owned()),
                "LC_CTYPE" => Some(ctype.to_owned()),
                _ => Some(lang.to_owned()),
            };
            assert_eq!(super::is_utf8(variable), utf8, "{all:?} {ctype:?} {lang:?}");
        }
    }

    #[test]
    fn copies_are_encoded_as_terminals_expect() {
        assert_eq!(super::base64(b"Man"), "TWFu");
        assert_eq!(super::base64(b"Ma"), "TWE=");
        assert_eq!(super::base64("é".as_bytes()), "w6k=");
    }
}
