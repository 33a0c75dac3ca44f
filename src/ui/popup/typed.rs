//! The popups that ask for a line of text.

use super::{Line, Popup};
use crate::ui::widgets::input::Input;

impl Popup {
    /// Asks for a line of text, which is `base` at first, with a text about it. `refused` is one that was
    /// typed, with what was wrong with it.
    pub fn line(title: String, about: Option<String>, base: &str, refused: Option<(&str, String)>) -> Self {
        let (text, problem) = refused.map_or((base, None), |(text, problem)| (text, Some(problem)));
        Self::Line(Line {
            title,
            input: Input::line(text),
            base: base.to_owned(),
            about,
            problem,
            warned: false,
            is_path: false,
            found: None,
        })
    }

    /// Asks for the path of a file, which Tab completes and which is kept when it is left by Esc. What was typed before
    /// is proposed, so that what is typed or pasted replaces it; `problem` is what was wrong with it.
    pub fn path(title: String, about: String, typed: &str, problem: Option<String>) -> Self {
        let mut input = Input::line(typed);
        if problem.is_none() {
            input.propose(typed);
        }
        Self::Line(Line {
            title,
            input,
            base: typed.to_owned(),
            about: Some(about),
            problem,
            warned: false,
            is_path: true,
            found: None,
        })
    }
}
