//! The one place that knows colours. The terminal's own foreground and background,
//! one accent; no meaning by colour alone.

use ratatui::style::{Color, Modifier, Style};

/// Styles by meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme {
    pub text: Style,
    /// Labels, hints, what is secondary.
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
    /// For screen readers: no borders and no spinner, and the cursor on the selected line.
    pub accessible: bool,
    /// Nothing but ASCII around what people wrote.
    pub ascii: bool,
}

impl Theme {
    /// Good on light and on dark backgrounds.
    pub fn standard() -> Self {
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
            accessible: false,
            ascii: false,
        }
    }

    /// The same without any colour (`NO_COLOR`).
    pub fn without_colour() -> Self {
        let with = Self::standard();
        let strip = |style: Style| Style { fg: Some(Color::Reset), bg: Some(Color::Reset), ..style };
        Self {
            text: strip(with.text),
            quiet: strip(with.quiet),
            accent: strip(with.accent).add_modifier(Modifier::BOLD),
            heading: strip(with.heading),
            selected: strip(with.selected),
            good: strip(with.good),
            warning: strip(with.warning),
            bad: strip(with.bad),
            border: strip(with.border),
            field: strip(with.field),
            ..with
        }
    }
}
