//! Draws the whole screen from the state of the application.

use ratatui::{Frame, layout::Rect, widgets::Clear};

use super::{
    App, Stage,
    pending::{PATIENCE, SPINNER_AFTER},
};
use crate::{
    domain::{Field, text},
    services::{Request, SessionRequest},
    ui::{
        Context, Notice, popup,
        screens::{
            form::Form,
            setup::{Setup, WizardPage},
            view::{self, Focus},
        },
        text::Phrase,
        widgets::chrome::{self, Areas, SMALLEST},
    },
};

impl App {
    /// Draws everything, and places the cursor where the user is typing.
    pub fn draw(&self, frame: &mut Frame) {
        let area = frame.area();
        let ctx = self.context();
        if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
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
        let areas = chrome::areas(area);
        let mut focus = match &self.stage {
            Stage::Setup(setup) => Some(draw_setup(frame, areas, setup, &ctx)),
            Stage::SignedOut(form) => Some(self.draw_login(frame, areas, form, &ctx)),
            Stage::SignedIn(_) => self.draw_workspace(frame, areas, &ctx),
        };
        if !matches!(self.stage, Stage::SignedIn(_)) {
            let bindings = self.signed_out_bindings();
            let keys: Vec<(String, String)> =
                bindings.into_iter().map(|binding| (ctx.key(binding.key), binding.label.into_owned())).collect();
            chrome::footer(frame, areas.footer, &keys, ctx.theme);
            if let Some(help) = &self.help {
                self.draw_popup_keys(frame, areas, help, &ctx);
                focus = Some(view::draw_popup(frame, areas.body, help, &ctx));
            }
        }
        chrome::message(frame, areas.message, self.message(&ctx).as_ref(), ctx.theme);
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

    /// The message line, the most important first: the session is about to lock, a request takes
    /// long, the last notice, a request is under way.
    fn message(&self, ctx: &Context) -> Option<Notice> {
        if let Stage::SignedIn(workspace) = &self.stage
            && let Some(left) = workspace.locks_in(self.now)
        {
            return Some(Notice::bad(ctx.say(Phrase::LocksIn(left.div_ceil(1_000)))));
        }
        let awaited = self
            .pending
            .iter()
            .filter(|pending| !matches!(pending.request, Request::Session(SessionRequest::Heartbeat)));
        let longest = awaited.map(|pending| self.now.ticks.saturating_sub(pending.since)).max().unwrap_or(0);
        if longest > PATIENCE {
            return Some(Notice::plain(ctx.say(Phrase::Patience)));
        }
        if let Some(notice) = &self.notice {
            return Some(notice.clone());
        }
        (longest > SPINNER_AFTER).then(|| {
            if ctx.theme.look.accessible {
                return Notice::plain(ctx.say(Phrase::Waiting));
            }
            let turn = ["|", "/", "-", "\\"][usize::try_from(ctx.beat % 4).unwrap_or(0)];
            Notice::plain(format!("{turn} {}", ctx.say(Phrase::Waiting)))
        })
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
                put(
                    row,
                    &format!("  {}  {}: {password}", text::fit(name, 16), ctx.field(Field::Password)),
                    ctx.theme.text,
                );
            }
        }
        view::draw_form(frame, Rect { x, y: y + 3, width, height: 4 }, form, ctx)
    }

    fn draw_workspace(&self, frame: &mut Frame, areas: Areas, ctx: &Context) -> Option<Focus> {
        let Stage::SignedIn(workspace) = &self.stage else { return None };
        let actor = &workspace.session.actor;
        let who = ctx.say(Phrase::SignedInAs { name: &actor.full_name, role: actor.role });
        if let Some(locked) = &workspace.locked {
            chrome::header(frame, areas.header, &ctx.say(Phrase::LockedTitle), &who, ctx.theme);
            self.draw_popup_keys(frame, areas, &locked.popup, ctx);
            return Some(view::draw_popup(frame, areas.body, &locked.popup, ctx));
        }
        let top = workspace.top()?;
        let place = format!("{}  /  {}", ctx.settings().company_name, top.screen.title(ctx));
        chrome::header(frame, areas.header, &text::for_terminal(&place), &who, ctx.theme);
        let caret = view::draw(frame, areas.body, &top.screen, ctx);
        if let Some(open) = &workspace.popup {
            frame.buffer_mut().set_style(areas.body, ctx.theme.behind());
            self.draw_popup_keys(frame, areas, &open.popup, ctx);
            return Some(view::draw_popup(frame, areas.body, &open.popup, ctx));
        }
        let mut keys: Vec<(String, String)> = self
            .screen_bindings()
            .into_iter()
            .filter(|binding| binding.unavailable.is_none() && !binding.label.is_empty())
            .map(|binding| (ctx.key(binding.key), binding.label.into_owned()))
            .collect();
        let shell = self.shell_bindings();
        let shown = shell.into_iter().filter(|binding| binding.unavailable.is_none() && !binding.label.is_empty());
        keys.extend(shown.map(|binding| (ctx.key(binding.key), binding.label.into_owned())));
        chrome::footer(frame, areas.footer, &keys, ctx.theme);
        Some(caret)
    }

    fn draw_popup_keys(&self, frame: &mut Frame, areas: Areas, popup: &popup::Popup, ctx: &Context) {
        let keys: Vec<(String, String)> = popup::keys(popup)
            .into_iter()
            .map(|(key, label)| (ctx.key(key), label.map(|label| ctx.say(label)).unwrap_or_default()))
            .collect();
        frame.render_widget(Clear, areas.footer);
        chrome::footer(frame, areas.footer, &keys, ctx.theme);
    }
}

fn draw_setup(frame: &mut Frame, areas: Areas, setup: &Setup, ctx: &Context) -> Focus {
    let (at, of) = setup.progress();
    chrome::header(frame, areas.header, &ctx.say(Phrase::SetUpTitle), &ctx.say(Phrase::Step { at, of }), ctx.theme);
    let why = ctx.say(match setup.step {
        WizardPage::Language => Phrase::SetUpLanguage,
        WizardPage::Place => Phrase::SetUpPlace,
        WizardPage::Server => Phrase::SetUpServer,
        WizardPage::Update => Phrase::SetUpUpdate(setup.behind().map_or(("", ""), |found| (&found.from, &found.to))),
        WizardPage::Account => Phrase::SetUpAccount,
        WizardPage::Company => Phrase::SetUpCompany,
        WizardPage::Manager => Phrase::SetUpManager,
        WizardPage::Summary if !setup.statements().is_empty() => Phrase::SetUpSummaryAgain,
        WizardPage::Summary => Phrase::SetUpSummary,
        WizardPage::Statements => Phrase::SetUpStatements,
    });
    let body = areas.body;
    let words = chrome::wrapped(&why, body.width.min(76).into());
    let problem = setup.problem.as_ref().map(|problem| chrome::wrapped(problem, body.width.into()));
    let problem = problem.unwrap_or_default();
    let rows = |lines: &[String]| u16::try_from(lines.len()).unwrap_or(u16::MAX);
    // The problem is shown at the bottom, above the message line.
    let free = Rect { height: body.height.saturating_sub(rows(&problem)), ..body };
    let below = rows(&words).saturating_add(1);
    let rest = Rect { y: free.y.saturating_add(below), height: free.height.saturating_sub(below), ..free };
    let mut put = |lines: &[String], place: Rect, style| {
        for (line, y) in lines.iter().zip(place.y..place.bottom()) {
            frame.buffer_mut().set_stringn(place.x, y, line, place.width.into(), style);
        }
    };
    put(&problem, Rect { y: free.bottom(), height: body.height - free.height, ..body }, ctx.theme.bad);
    put(&words, free, ctx.theme.text);
    if setup.step == WizardPage::Statements {
        let statements = setup.statements().lines().skip(setup.scrolled);
        let lines: Vec<String> = statements.flat_map(|one| chrome::wrapped(one, body.width.into())).collect();
        put(&lines, rest, ctx.theme.accent);
    }
    view::draw_form(frame, rest, setup.form(), ctx)
}
