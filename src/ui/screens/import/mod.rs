//! Imports of spreadsheets: the list of past imports, and of a file the fields of its columns and the preview of
//! what importing it would do. Nothing is written before the question on the preview is confirmed.

mod chosen;
mod columns;
mod facts;
mod path;
mod preview;
mod start;

use std::sync::Arc;

use ratatui::{Frame, layout::Rect};

use super::screen::Screen;
use crate::{
    domain::{
        Error,
        day_order::DayOrder,
        imports::{Choice, IMPORTED},
    },
    services::{
        ImportRequest, Reply, Request,
        import::{ListedImport, Progress},
    },
    ui::{
        Action, Context, Notice,
        actions::bind,
        keys::{Binding, Command},
        popup::{Outcome, Popup},
        report,
        text::{ImportPhrase as I, Phrase},
        widgets::paint::Focus,
    },
};
use chosen::{Chosen, Step};
use path::path_of;

/// The screen.
#[derive(Debug, Default)]
pub struct Import {
    /// `None` until it was read.
    listed: Option<Vec<ListedImport>>,
    /// The selected import of the list.
    at: usize,
    chosen: Option<Box<Chosen>>,
    asked: Option<Asked>,
    /// The path that was typed last.
    typed: String,
    /// The import that is being taken back is awaited.
    taking_back: Option<Arc<Progress>>,
    /// It is unknown whether the last import or its reversal was carried out.
    in_doubt: bool,
}

/// What a popup asks for.
#[derive(Debug)]
enum Asked {
    File,
    Kind,
    Order,
    Contact,
    /// The field of the column at this index.
    Field(usize),
    Duplicates,
    Rows,
    /// What to do with the suspected duplicate in this row.
    Decide(u32),
    /// Whether to send this request.
    Confirm(Box<Request>),
    /// Whether to leave the file.
    Leave,
}

/// What can be done with suspected duplicates, in the order of the menus.
const CHOICES: [Choice; 3] = [Choice::Skip, Choice::Update, Choice::Create];
/// The orders of dates, in the order of the menu.
const ORDERS: [DayOrder; 2] = [DayOrder::DayFirst, DayOrder::MonthFirst];

impl Import {
    /// Opens a popup that asks for something.
    fn ask(&mut self, what: Asked, popup: Popup) -> Action {
        self.asked = Some(what);
        Action::Popup(Box::new(popup))
    }

    /// Asks for a file; `refused` says what was wrong with the path that was typed before.
    fn ask_file(&mut self, refused: Option<String>, ctx: &Context) -> Action {
        let popup = Popup::path(ctx.say(I::WhichFile), ctx.say(I::WhichFileHint), &self.typed, refused);
        self.ask(Asked::File, popup)
    }

    /// Compares the file again, since something was chosen for it.
    fn compare_again(&mut self) -> Action {
        let Some(chosen) = &mut self.chosen else { return Action::None };
        chosen.touched = true;
        Action::Send(chosen.compare())
    }

    /// Leaves the file for the list.
    fn leave_file(&mut self) -> Action {
        if let Some(chosen) = self.chosen.take() {
            chosen.file.progress.stop();
        }
        Action::Send(ImportRequest::List.into())
    }

    fn back(&mut self, ctx: &Context) -> Action {
        if let (Some(progress), true) = (&self.taking_back, ctx.saving) {
            progress.stop();
            return Action::Notice(Notice::plain(ctx.say(I::StoppingToTakeBack)));
        }
        let Some(chosen) = &mut self.chosen else { return Action::Back };
        chosen.next = None;
        if chosen.importing && ctx.saving {
            chosen.file.progress.stop();
            return Action::Notice(Notice::plain(ctx.say(I::Stopping)));
        }
        match chosen.step {
            Step::Preview => chosen.step = Step::Columns,
            Step::Columns if chosen.touched => {
                let popup = Popup::confirm(
                    ctx.say(I::AskLeave),
                    vec![ctx.say(I::LeaveMeans)],
                    &ctx.say(Phrase::VerbLeave),
                    ctx,
                )
                .cancelled_by(ctx.say(I::DoNothing));
                return self.ask(Asked::Leave, popup);
            }
            Step::Columns => return self.leave_file(),
        }
        Action::None
    }

    /// What is shown now was asked for again.
    fn refresh(&mut self) -> Action {
        self.load().map_or(Action::None, Action::Send)
    }

    /// What follows a change of the records: the sentence about it, and the list.
    fn done(&mut self, to: &Request, reply: &Reply, ctx: &Context) -> Action {
        if let Reply::Imported(_) = reply {
            (self.chosen, self.at) = (None, 0);
        }
        (self.in_doubt, self.taking_back) = (false, None);
        let read = self.load().map_or(Action::None, Action::Send);
        Action::All(vec![report::of(to, reply, ctx), read])
    }

    fn failed(&mut self, to: &Request, error: &Error, ctx: &Context) -> Action {
        let words = ctx.error(error);
        let Request::Import(asked) = to else { return Action::Notice(Notice::bad(words)) };
        let notice = Action::Notice(Notice::bad(words.clone()));
        match asked {
            ImportRequest::Open(_) => self.ask_file(Some(words), ctx),
            ImportRequest::Preview(file) => {
                if let Some(chosen) = self.chosen.as_mut().filter(|chosen| chosen.awaits(file)) {
                    (chosen.comparing, chosen.next) = (false, None);
                    return notice;
                }
                Action::None
            }
            ImportRequest::Write(..) => {
                self.in_doubt |= matches!(error, Error::OutcomeUnknown);
                let Some(chosen) = &mut self.chosen else { return notice };
                chosen.importing = false;
                match error {
                    Error::ImportChanged | Error::InRow { .. } => {
                        Action::All(vec![notice, Action::Send(chosen.compare_as_seen())])
                    }
                    _ => notice,
                }
            }
            ImportRequest::Revert { .. } => {
                self.taking_back = None;
                self.in_doubt |= matches!(error, Error::OutcomeUnknown);
                Action::All(vec![notice, self.refresh()])
            }
            ImportRequest::Complete(_) | ImportRequest::SaveRefused(_) | ImportRequest::List => notice,
        }
    }
}

impl Screen for Import {
    fn title(&self, ctx: &Context) -> String {
        match &self.chosen {
            None => ctx.say(I::Title),
            Some(chosen) => ctx.say(I::TitleOf(&chosen.file.name)),
        }
    }

    fn load(&mut self) -> Option<Request> {
        match &mut self.chosen {
            None => Some(ImportRequest::List.into()),
            Some(chosen) if chosen.importing => None,
            Some(chosen) => Some(chosen.compare()),
        }
    }

    fn on_reply(&mut self, to: &Request, reply: Result<Reply, Error>, ctx: &Context) -> Action {
        match (to, reply) {
            (Request::Import(ImportRequest::Open(path)), Ok(Reply::Opened(sheet))) if self.chosen.is_none() => {
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                self.typed.clear();
                let chosen = self.chosen.insert(Box::new(Chosen::new(name, sheet)));
                Action::Send(chosen.compare())
            }
            (Request::Import(ImportRequest::Preview(file)), Ok(Reply::ImportPreview(preview))) => {
                let Some(chosen) = self.chosen.as_mut().filter(|chosen| chosen.awaits(file)) else {
                    return Action::None;
                };
                let dropped = chosen.take(*preview, file);
                self.compared(&dropped, ctx)
            }
            (_, Ok(Reply::Imports(listed))) => {
                self.at = self.at.min(listed.len().saturating_sub(1));
                self.listed = Some(listed);
                Action::None
            }
            (to, Ok(reply @ (Reply::Imported(_) | Reply::Reverted { .. }))) => self.done(to, &reply, ctx),
            (to, Ok(reply)) => report::of(to, &reply, ctx),
            (to, Err(error)) => self.failed(to, &error, ctx),
        }
    }

    fn on_popup(&mut self, outcome: Outcome, ctx: &Context) -> Action {
        let Some(asked) = self.asked.take() else { return Action::None };
        match (asked, outcome) {
            (Asked::File, Outcome::Text(typed)) if typed.trim().is_empty() => {
                self.typed.clear();
                self.ask_file(Some(ctx.say(I::TypePath)), ctx)
            }
            (Asked::File, Outcome::Left(typed)) => {
                self.typed = typed;
                Action::None
            }
            (Asked::File, Outcome::Text(typed)) => {
                let path = path_of(&typed);
                self.typed = typed;
                Action::Send(ImportRequest::Open(path).into())
            }
            (Asked::Kind, Outcome::Choice(at)) => {
                if let (Some(chosen), Some(kind)) = (&mut self.chosen, IMPORTED.get(at)) {
                    chosen.hold(*kind);
                }
                self.compare_again()
            }
            (Asked::Order, Outcome::Choice(at)) => {
                if let Some(chosen) = &mut self.chosen {
                    chosen.file.order = ORDERS.get(at).copied();
                }
                self.compare_again()
            }
            (Asked::Contact, Outcome::Person(person)) => {
                if let Some(chosen) = &mut self.chosen {
                    chosen.choose_contact(person.map(|person| (person.id, person.full_name)));
                }
                self.compare_again()
            }
            (Asked::Field(column), Outcome::Choice(at)) => self.choose_field(column, at),
            (Asked::Duplicates, Outcome::Choice(at)) => self.choose_for_all(at, ctx),
            (Asked::Rows, Outcome::Choice(at)) => self.choose_rows(at),
            (Asked::Decide(row), Outcome::Choice(at)) => self.decide(row, at, ctx),
            (Asked::Confirm(request), Outcome::Confirmed) => {
                if let (Request::Import(ImportRequest::Write(..)), Some(chosen)) = (&*request, &mut self.chosen) {
                    chosen.importing = true;
                }
                if let Request::Import(ImportRequest::Revert { progress, .. }) = &*request {
                    self.taking_back = Some(Arc::clone(progress));
                }
                Action::Send(*request)
            }
            (Asked::Leave, Outcome::Confirmed) => self.leave_file(),
            _ => Action::None,
        }
    }

    fn bindings(&self, ctx: &Context) -> Vec<Binding> {
        match &self.chosen {
            _ if self.taking_back.is_some() && ctx.saving => {
                let (label, help) = (ctx.say(I::KeyStop).into(), ctx.say(I::StopToTakeBackMeans).into());
                vec![Binding { label, help, ..bind(Command::Back, ctx, None) }]
            }
            None => self.bindings_of_list(ctx),
            Some(chosen) if chosen.importing && ctx.saving => {
                let (label, help) = (ctx.say(I::KeyStop).into(), ctx.say(I::KeyStopMeans).into());
                vec![Binding { label, help, ..bind(Command::Back, ctx, None) }]
            }
            Some(chosen) => match chosen.step {
                Step::Columns => columns::bindings(chosen, ctx),
                Step::Preview => preview::bindings(chosen, ctx),
            },
        }
    }

    fn run(&mut self, command: Command, ctx: &Context) -> Action {
        match (command, self.chosen.as_ref().map(|chosen| (chosen.step, chosen.importing && ctx.saving))) {
            (Command::Back, _) => self.back(ctx),
            (_, Some((_, true))) => Action::None,
            _ if self.taking_back.is_some() && ctx.saving => Action::None,
            (Command::Refresh, _) => {
                if let Some(chosen) = &mut self.chosen {
                    chosen.next = None;
                }
                self.refresh()
            }
            (command, None) => self.run_in_list(command, ctx),
            (command, Some((Step::Columns, _))) => self.run_in_columns(command, ctx),
            (command, Some((Step::Preview, _))) => self.run_in_preview(command, ctx),
        }
    }

    fn draw(&self, frame: &mut Frame, area: Rect, ctx: &Context) -> Focus {
        match &self.chosen {
            None => self.draw_list(frame, area, ctx),
            Some(chosen) => match chosen.step {
                Step::Columns => columns::draw(chosen, frame, area, ctx),
                Step::Preview => preview::draw(chosen, frame, area, ctx),
            },
        }
    }

    fn stop_waiting(&mut self) {
        if let Some(progress) = self.taking_back.take() {
            progress.stop();
        }
        if let Some(chosen) = &mut self.chosen {
            chosen.file.progress.stop();
            (chosen.comparing, chosen.importing, chosen.next) = (false, false, None);
        }
    }

    fn has_unsaved(&self) -> bool {
        self.chosen.as_ref().is_some_and(|chosen| chosen.touched)
    }

    fn takes_text(&self) -> bool {
        false
    }

    fn is_filled_in(&self) -> bool {
        false
    }

    fn subject_of(&self, request: &Request, _ctx: &Context) -> Option<String> {
        match request {
            Request::Import(asked) => asked.file_name().map(str::to_owned),
            _ => None,
        }
    }

    fn doubt(&mut self, unknown: bool) {
        self.in_doubt = unknown;
    }

    fn saved_after_all(&mut self, _to: &Request, reply: &Reply, _ctx: &Context) -> Option<Action> {
        if let Reply::Imported(_) = reply {
            (self.chosen, self.at) = (None, 0);
        }
        self.in_doubt = false;
        Some(self.refresh())
    }

    fn look_in(&self, ctx: &Context) -> Option<String> {
        self.in_doubt.then(|| ctx.say(I::LookInList))
    }
}
