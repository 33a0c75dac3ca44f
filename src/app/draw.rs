//! Draws the whole screen from the state of the application.

use crossterm::event::KeyCode;
use ratatui::{Frame, layout::Rect, widgets::Clear};

use super::{
    App, Asker, Stage,
    pending::{PATIENCE, Pending, SPINNER_AFTER},
};
use crate::{
    domain::{Field, text},
    services::{ImportRequest, Request, SessionRequest},
    ui::{
        Context, Notice, Tone,
        keys::Key,
        popup::Popup,
        screens::form::Form,
        text::{ImportPhrase, Phrase},
        widgets::{
            chrome::{self, Areas, SMALLEST},
            paint::{Focus, rows},
        },
    },
};

impl App {
    /// Draws everything, and places the cursor where the user is typing.
    pub fn draw(&self, frame: &mut Frame) {
        let area = frame.area();
        let ctx = self.context();
        if chrome::is_too_small(area.as_size()) {
            let (width, height) = SMALLEST;
            let words = ctx.say(Phrase::TooSmall { width, height });
            for (row, line) in chrome::wrapped(&words, area.width.into()).iter().enumerate() {
                let y = area.y + u16::try_from(row).unwrap_or(u16::MAX);
                if y < area.bottom() {
                    frame.buffer_mut().set_stringn(area.x, y, line, area.width.into(), ctx.theme.text);
                }
            }
            return;
        }
        let told = self.message_in(area);
        let areas = self.areas(area);
        let mut focus = match &self.stage {
            Stage::Setup(setup) => Some(setup.draw(frame, areas, &ctx)),
            Stage::SignedOut(form) => Some(self.draw_login(frame, areas, form, &ctx)),
            Stage::SignedIn(_) => self.draw_workspace(frame, areas, &ctx),
        };
        if !matches!(self.stage, Stage::SignedIn(_)) {
            let bindings = self.signed_out_bindings();
            let keys: Vec<(String, String)> =
                bindings.into_iter().map(|binding| (ctx.key(binding.key), binding.label.into_owned())).collect();
            chrome::footer(frame, areas.footer, &keys, ctx.theme);
            if let Some(over) = &self.over {
                self.draw_popup_keys(frame, areas, over, &ctx);
                focus = Some(over.draw(frame, areas.body, &ctx));
            }
        }
        if let Some((lines, tone)) = told {
            chrome::message(frame, areas.message, &lines, tone, ctx.theme);
        }
        match focus {
            Some(Focus::Caret(place)) => frame.set_cursor_position(place),
            Some(Focus::Line(place)) if ctx.theme.look.accessible => frame.set_cursor_position(place),
            _ => {}
        }
        ctx.theme.fill(frame.buffer_mut());
        if ctx.theme.look.ascii {
            chrome::to_ascii(frame.buffer_mut());
        }
    }

    /// The areas of a window of this size. A message of several lines takes its rows from the body.
    pub(super) fn areas(&self, window: Rect) -> Areas {
        chrome::areas(window, self.message_in(window).map_or(0, |(lines, _)| rows(lines.len())))
    }

    /// The lines of the message in a window of this size, and its tone.
    fn message_in(&self, window: Rect) -> Option<(Vec<String>, Tone)> {
        let Notice { text, tone } = self.message(&self.context())?;
        Some((chrome::message_lines(&text, window), tone))
    }

    /// The message, the most important first: the session is about to lock, a request takes
    /// long, the last notice, a request is under way.
    fn message(&self, ctx: &Context) -> Option<Notice> {
        if let Some(left) = self.locks_in() {
            return Some(Notice::bad(ctx.say(Phrase::LocksIn(left.div_ceil(1_000)))));
        }
        let awaited = self
            .pending
            .iter()
            .filter(|pending| !matches!(pending.request, Request::Session(SessionRequest::Heartbeat)));
        let waited = |pending: &Pending| self.now.ticks.saturating_sub(pending.since);
        let longest = awaited.clone().map(waited).max().unwrap_or(0);
        // How far an import is says more.
        let under_way = self.how_far(ctx);
        let is_shown = |pending: &Pending| match &pending.request {
            Request::Import(ImportRequest::Preview(_) | ImportRequest::Write(..)) => true,
            Request::Import(ImportRequest::Revert { .. }) => under_way.is_some(),
            Request::Session(SessionRequest::Confirm { .. }) => self.is_locked() && under_way.is_some(),
            _ => false,
        };
        if awaited.filter(|pending| !is_shown(pending)).map(waited).max().unwrap_or(0) > PATIENCE {
            return Some(Notice::plain(ctx.say(Phrase::Patience)));
        }
        if let Some(notice) = &self.notice {
            return Some(notice.clone());
        }
        if under_way.is_some() && longest > SPINNER_AFTER {
            return under_way.map(Notice::plain);
        }
        (longest > SPINNER_AFTER).then(|| {
            if ctx.theme.look.accessible {
                return Notice::plain(ctx.say(Phrase::Waiting));
            }
            let turn = ["|", "/", "-", "\\"][usize::try_from(ctx.beat % 4).unwrap_or(0)];
            Notice::plain(format!("{turn} {}", ctx.say(Phrase::Waiting)))
        })
    }

    /// How far the import is that is under way, or taking it back; `None` if there is none, or the screen shows it. A
    /// locked session only says why the password has to wait.
    fn how_far(&self, ctx: &Context) -> Option<String> {
        let (pending, asked, progress) = self.import_under_way()?;
        if self.is_locked() {
            let waits = |one: &Pending| matches!(one.request, Request::Session(SessionRequest::Confirm { .. }));
            return self.pending.iter().any(waits).then(|| ctx.say(ImportPhrase::PasswordAfter));
        }
        let on_top = matches!(&self.stage, Stage::SignedIn(workspace)
            if workspace.top().is_some_and(|top| pending.asker == Asker::Screen(top.id)));
        let (done, total) = (progress.done(), progress.total());
        match asked {
            ImportRequest::Write(file, _) if !on_top => {
                let rows = file.sheet.rows.len();
                let importing = progress.is_writing().then_some(ImportPhrase::Importing { done, rows });
                Some(ctx.say(importing.unwrap_or(ImportPhrase::Checking { done, rows })))
            }
            ImportRequest::Revert { .. } if total > 0 => Some(ctx.say(ImportPhrase::TakingBack { done, total })),
            _ => None,
        }
    }

    fn draw_login(&self, frame: &mut Frame, areas: Areas, form: &Form, ctx: &Context) -> Focus {
        chrome::header(frame, areas.header, "Epic Events", "", ctx.theme);
        let width = areas.body.width.min(64);
        let x = areas.body.x + (areas.body.width - width) / 2;
        let y = areas.body.y + areas.body.height / 4;
        let line = |row: u16| Rect { x, y: y + row, width, height: 1 };
        let mut put = |row: u16, words: &str, style| {
            let place = line(row);
            if place.y < areas.body.bottom() {
                frame.buffer_mut().set_stringn(place.x, place.y, text::cut(words, width.into()), width.into(), style);
            }
        };
        put(0, &ctx.say(Phrase::SignIn), ctx.theme.heading);
        put(1, &ctx.say(Phrase::SignInHint), ctx.theme.quiet);
        if !self.options.demo.is_empty() {
            put(7, &ctx.say(Phrase::DemoAccounts), ctx.theme.quiet);
            for (row, (name, password)) in (8..).zip(&self.options.demo) {
                let password = ctx.pair(&ctx.field(Field::Password), password);
                put(row, &format!("  {}  {password}", text::fit(name, 16)), ctx.theme.text);
            }
        }
        form.draw_fields(frame, Rect { x, y: y + 3, width, height: 4 }, ctx)
    }

    fn draw_workspace(&self, frame: &mut Frame, areas: Areas, ctx: &Context) -> Option<Focus> {
        let Stage::SignedIn(workspace) = &self.stage else { return None };
        let actor = &self.session.actor;
        let who = ctx.say(Phrase::SignedInAs { name: &actor.full_name, role: actor.role });
        if let Some(locked) = &workspace.locked {
            chrome::header(frame, areas.header, &ctx.say(Phrase::LockedTitle), &who, ctx.theme);
            match locked.leaving {
                Some(_) => self.draw_popup_keys(frame, areas, &locked.popup, ctx),
                None => chrome::footer(frame, areas.footer, &lock_keys(ctx), ctx.theme),
            }
            return Some(locked.popup.draw(frame, areas.body, ctx));
        }
        let top = workspace.top()?;
        let place = format!("{}  /  {}", ctx.settings().company_name, top.screen.title(ctx));
        chrome::header(frame, areas.header, &text::for_terminal(&place), &who, ctx.theme);
        let caret = top.screen.draw(frame, areas.body, ctx);
        if let Some(open) = &workspace.popup {
            frame.buffer_mut().set_style(areas.body, ctx.theme.behind());
            self.draw_popup_keys(frame, areas, &open.popup, ctx);
            return Some(open.popup.draw(frame, areas.body, ctx));
        }
        let mut keys: Vec<(String, String)> = self
            .screen_bindings()
            .into_iter()
            .filter(|binding| binding.unavailable.is_none() && !binding.label.is_empty())
            .map(|binding| (ctx.key(binding.key), binding.label.into_owned()))
            .collect();
        let global = self.global_bindings();
        let shown = global.into_iter().filter(|binding| binding.unavailable.is_none() && !binding.label.is_empty());
        keys.extend(shown.map(|binding| (ctx.key(binding.key), binding.label.into_owned())));
        chrome::footer(frame, areas.footer, &keys, ctx.theme);
        Some(caret)
    }

    fn draw_popup_keys(&self, frame: &mut Frame, areas: Areas, popup: &Popup, ctx: &Context) {
        frame.render_widget(Clear, areas.footer);
        chrome::footer(frame, areas.footer, &popup.keys(ctx), ctx.theme);
    }
}

/// The keys of the lock, in the words of its text.
fn lock_keys(ctx: &Context) -> Vec<(String, String)> {
    [(KeyCode::Enter, Phrase::UnlockKey), (KeyCode::Esc, Phrase::SomebodyElseKey)]
        .map(|(code, label)| (ctx.key(Key::plain(code)), ctx.say(label)))
        .into()
}
