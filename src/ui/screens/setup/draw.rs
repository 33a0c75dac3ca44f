//! Draws the set-up wizard.

use ratatui::{Frame, layout::Rect};

use super::{Setup, pages::WizardPage};
use crate::ui::{
    Context,
    text::{Phrase, SetUpPhrase},
    widgets::{
        chrome::{self, Areas},
        paint::Focus,
    },
};

impl Setup {
    /// Draws the current page with its explanation and its header; returns the place of the
    /// focused field.
    pub fn draw(&self, frame: &mut Frame, areas: Areas, ctx: &Context) -> Focus {
        let (at, of) = self.progress();
        chrome::header(
            frame,
            areas.header,
            &ctx.say(Phrase::SetUp(SetUpPhrase::Title)),
            &ctx.say(Phrase::Step { at, of }),
            ctx.theme,
        );
        let why = ctx.say(match self.step {
            WizardPage::Language => Phrase::SetUp(SetUpPhrase::Language),
            WizardPage::Place => Phrase::SetUp(SetUpPhrase::Place),
            WizardPage::Server => Phrase::SetUp(SetUpPhrase::Server),
            WizardPage::Move => Phrase::SetUp(SetUpPhrase::MoveMeans(self.movable())),
            WizardPage::Update => {
                Phrase::SetUp(SetUpPhrase::Update(self.behind().map_or(("", ""), |found| (&found.from, &found.to))))
            }
            WizardPage::Account => Phrase::SetUp(SetUpPhrase::Account),
            WizardPage::Company => Phrase::SetUp(SetUpPhrase::Company),
            WizardPage::Manager => Phrase::SetUp(SetUpPhrase::Manager),
            WizardPage::Summary if self.moves() && self.has_written() => Phrase::SetUp(SetUpPhrase::MoveSummaryAgain),
            WizardPage::Summary if self.moves() => Phrase::SetUp(SetUpPhrase::MoveSummary),
            WizardPage::Summary if self.has_written() => Phrase::SetUp(SetUpPhrase::SummaryAgain),
            WizardPage::Summary => Phrase::SetUp(SetUpPhrase::Summary),
            WizardPage::Statements => Phrase::SetUp(SetUpPhrase::Statements),
        });
        let body = areas.body;
        let words = chrome::wrapped(&why, body.width.min(76).into());
        let problem = self.problem.as_ref().map(|problem| chrome::wrapped(problem, body.width.into()));
        let problem = problem.unwrap_or_default();
        let rows = |lines: &[String]| u16::try_from(lines.len()).unwrap_or(u16::MAX);
        // The problem is shown at the bottom, above the message line.
        let free = Rect { height: body.height.saturating_sub(rows(&problem)), ..body };
        // The statements need every line of the smallest usual window.
        let blank = u16::from(self.step != WizardPage::Statements);
        let below = rows(&words).saturating_add(blank);
        let rest = Rect { y: free.y.saturating_add(below), height: free.height.saturating_sub(below), ..free };
        let mut put = |lines: &[String], place: Rect, style| {
            for (line, y) in lines.iter().zip(place.y..place.bottom()) {
                frame.buffer_mut().set_stringn(place.x, y, line, place.width.into(), style);
            }
        };
        put(&problem, Rect { y: free.bottom(), height: body.height - free.height, ..body }, ctx.theme.bad);
        put(&words, free, ctx.theme.text);
        if self.step == WizardPage::Statements {
            // One text, since a line for each statement would not fit into the smallest usual window.
            let statements = self.statements().lines().collect::<Vec<_>>().join(" ");
            let lines: Vec<String> =
                chrome::wrapped(&statements, body.width.into()).into_iter().skip(self.scrolled).collect();
            put(&lines, rest, ctx.theme.accent);
        }
        self.form().draw_fields(frame, rest, ctx)
    }
}
