//! The only module that defines colours. The standard theme uses the terminal's own foreground and
//! background and one accent; no meaning is conveyed by colour alone.

use ratatui::{
    buffer::Buffer,
    style::{Color, Modifier, Style},
};

/// The colour scheme.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, strum::EnumIter, strum::EnumString, strum::Display, strum::IntoStaticStr,
)]
#[strum(serialize_all = "lowercase")]
pub enum Palette {
    /// Readable on light and on dark backgrounds.
    #[default]
    Standard,
    /// No colours at all, as `NO_COLOR` requests.
    Plain,
    /// Bright colours on black, no faint text.
    Contrast,
}

/// How a person wants the screen to look; chosen on each machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Look {
    pub palette: Palette,
    /// The program's own lines and signs are drawn in ASCII.
    pub ascii: bool,
    /// For screen readers: no borders and no spinner, and the cursor on the selected line.
    pub accessible: bool,
}

/// Styles by meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme {
    pub text: Style,
    /// Labels, hints and other secondary text.
    pub quiet: Style,
    /// Titles and the keys of the bottom line.
    pub accent: Style,
    pub heading: Style,
    /// The selected row or choice; visible without any colour.
    pub selected: Style,
    pub good: Style,
    pub warning: Style,
    pub bad: Style,
    pub border: Style,
    /// The field that has the caret.
    pub field: Style,
    pub look: Look,
}

impl Theme {
    /// The styles of a look.
    pub fn of(look: Look) -> Self {
        let theme = match look.palette {
            Palette::Standard => Self::standard(),
            Palette::Plain => Self::plain(),
            Palette::Contrast => Self::contrast(),
        };
        Self { look, ..theme }
    }

    /// What does not count any more, though it is still shown; words say so too.
    pub fn struck(&self) -> Style {
        self.quiet.add_modifier(Modifier::CROSSED_OUT)
    }

    /// The style of the screen behind a popup: still visible, but without a highlighted selection.
    pub fn behind(&self) -> Style {
        let flat = Style::new().remove_modifier(Modifier::REVERSED | Modifier::UNDERLINED | Modifier::BOLD);
        match self.look.palette {
            Palette::Contrast => flat.patch(self.text),
            Palette::Standard | Palette::Plain => flat.fg(Color::Reset).add_modifier(Modifier::DIM),
        }
    }

    /// Replaces the terminal's default colours with those of the theme, if it defines any.
    pub fn fill(&self, buffer: &mut Buffer) {
        let (Some(front), Some(back)) = (self.text.fg, self.text.bg) else { return };
        for cell in &mut buffer.content {
            if cell.bg == Color::Reset {
                cell.bg = back;
            }
            if cell.fg == Color::Reset {
                cell.fg = front;
            }
        }
    }

    fn standard() -> Self {
        let plain = Style::reset();
        Self {
            text: plain,
            quiet: plain.add_modifier(Modifier::DIM),
            accent: plain.fg(Color::Cyan),
            heading: plain.add_modifier(Modifier::BOLD),
            selected: plain.add_modifier(Modifier::REVERSED),
            good: plain.fg(Color::Green),
            warning: plain.fg(Color::Yellow),
            bad: plain.fg(Color::Red).add_modifier(Modifier::BOLD),
            border: plain.add_modifier(Modifier::DIM),
            field: plain.add_modifier(Modifier::UNDERLINED),
            look: Look::default(),
        }
    }

    fn plain() -> Self {
        let with = Self::standard();
        let strip = |style: Style| Style { fg: Some(Color::Reset), bg: Some(Color::Reset), ..style };
        Self {
            accent: strip(with.accent).add_modifier(Modifier::BOLD),
            good: strip(with.good),
            warning: strip(with.warning),
            bad: strip(with.bad),
            ..with
        }
    }

    fn contrast() -> Self {
        let plain = Style::reset().fg(Color::White).bg(Color::Black);
        let bold = plain.add_modifier(Modifier::BOLD);
        Self {
            text: plain,
            quiet: plain,
            accent: bold.fg(Color::LightYellow),
            heading: bold.add_modifier(Modifier::UNDERLINED),
            selected: bold.fg(Color::Black).bg(Color::LightYellow),
            good: bold.fg(Color::LightGreen),
            warning: bold.fg(Color::LightYellow),
            bad: bold.bg(Color::Red),
            border: plain,
            field: bold.add_modifier(Modifier::UNDERLINED),
            look: Look::default(),
        }
    }
}
