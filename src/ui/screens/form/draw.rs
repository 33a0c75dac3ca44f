//! Draws a form, scrolled so that the focused field is visible.

use ratatui::{Frame, layout::Rect};

use super::Form;
use crate::{
    domain::text,
    ui::{
        Context,
        form::{FieldKind, FormField},
        text::Phrase,
        widgets::paint::{Focus, LABELS, line_at, put, rows},
    },
};

/// The width that a field keeps for typing when its interpretation is shown beside it.
const TYPED: u16 = 22;

impl Form {
    /// Draws the fields, scrolled so that the focused one is visible; returns its place.
    pub fn draw_fields(&self, frame: &mut Frame, area: Rect, ctx: &Context) -> Focus {
        let height = |entry: &FormField| {
            let own = if entry.kind == FieldKind::Notes { 4 } else { 1 };
            own + u16::from(entry.problem.is_some()) + u16::from(entry.theirs.is_some())
        };
        let before: u16 = self.entries.iter().take(self.at).map(height).sum();
        let focused = self.entries.get(self.at).map_or(1, height);
        let mut skip = (before + focused).saturating_sub(area.height);
        let mut y = area.y;
        let mut caret = None;
        for (number, entry) in self.entries.iter().enumerate() {
            let tall = height(entry);
            if skip > 0 {
                skip = skip.saturating_sub(tall);
                continue;
            }
            if y + tall > area.bottom() {
                break;
            }
            let place = Rect { y, height: tall, ..area };
            let at = draw_entry(frame, place, entry, (self, number == self.at), ctx);
            caret = caret.or(at).or((number == self.at).then(|| line_at(place, 0)));
            y += tall;
        }
        if self.saving && y < area.bottom() {
            put(frame, Rect { y, height: 1, ..area }, 0, &ctx.say(Phrase::Saving), ctx.theme.quiet);
        }
        caret.unwrap_or(line_at(area, 0))
    }
}

fn draw_entry(
    frame: &mut Frame,
    area: Rect,
    entry: &FormField,
    (form, focused): (&Form, bool),
    ctx: &Context,
) -> Option<Focus> {
    let theme = ctx.theme;
    let labels = LABELS.min(area.width * 2 / 5);
    let label = ctx.field(entry.field);
    let label = if entry.required { format!("{label} *") } else { label };
    let marker = if focused { "> " } else { "  " };
    put(
        frame,
        Rect { width: labels, ..area },
        0,
        &format!("{marker}{label}"),
        if focused { theme.accent } else { theme.quiet },
    );
    let echo = entry.echo(ctx, form.clock(entry.field, ctx));
    let room = area.width.saturating_sub(labels);
    let echo_width = echo.as_ref().map_or(0, |echo| rows(text::width(echo)) + 2).min(room.saturating_sub(TYPED));
    let own = if entry.kind == FieldKind::Notes { 4 } else { 1 };
    let value = Rect { x: area.x + labels, width: room - echo_width, height: own, ..area };
    let mut caret = None;
    match &entry.kind {
        FieldKind::Choice(options) => {
            let chosen = options.get(entry.choice).map_or("", |(_, label)| label.as_str());
            let shown = if focused { format!("< {chosen} >") } else { format!("  {chosen}") };
            put(frame, value, 0, &shown, if focused { theme.field } else { theme.text });
        }
        FieldKind::Record(_) if entry.input.is_empty() => {
            put(frame, value, 0, &ctx.say(Phrase::PickHint), if focused { theme.field } else { theme.quiet });
        }
        FieldKind::Fixed | FieldKind::Record(_) => {
            put(frame, value, 0, entry.input.text(), if focused { theme.field } else { theme.text });
        }
        _ => {
            let at = entry.input.draw(frame, value, if focused { theme.field } else { theme.text });
            caret = focused.then_some(Focus::Caret(at));
        }
    }
    if let Some(echo) = echo {
        let side = Rect { x: value.right() + 1, width: echo_width.saturating_sub(1), ..value };
        put(frame, side, 0, &echo, theme.quiet);
    }
    let mut row = own;
    let below = Rect { x: area.x + labels, width: room, ..area };
    if let Some(problem) = entry.problem {
        put(frame, below, row, &ctx.problem(problem), theme.bad);
        row += 1;
    }
    if let Some(theirs) = &entry.theirs {
        let name = form.conflict.as_ref().map_or("", |(name, _)| name);
        put(frame, below, row, &ctx.say(Phrase::Theirs { name, value: theirs }), theme.warning);
    }
    caret
}
