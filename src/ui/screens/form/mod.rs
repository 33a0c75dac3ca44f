//! The form, shared by everything that is typed in: one field per line, checked when the user
//! leaves it.

mod draw;
mod knowing;
mod learning;
mod moving;
mod picking;
mod purpose;
mod save;
mod times;

use chrono::NaiveDateTime;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::{Frame, layout::Rect};
use secrecy::SecretString;
use zeroize::Zeroizing;

use super::screen::Screen;
use crate::{
    domain::{
        Error, Field,
        password::{self, PasswordRules},
        settings::Settings,
        text::fold,
    },
    services::{Reply, Request},
    ui::{
        Action, Context, Notice,
        actions::bind,
        form::{FieldKind, FormField, FormSpec, Purpose, clock, find as field_of},
        keys::{Binding, Command, Key, find},
        popup::{Outcome, Popup},
        text::{KnownPhrase, Phrase},
        widgets::paint::Focus,
    },
};

/// What an open popup of the form is for.
#[derive(Debug)]
enum FormQuestion {
    Discard,
    Save(Box<Request>),
    Pick(usize),
}

/// A form with what was typed.
#[derive(Debug)]
pub struct Form {
    pub purpose: Purpose,
    pub entries: Vec<FormField>,
    pub at: usize,
    /// The version of the record that was loaded.
    pub version: i32,
    pub saving: bool,
    /// The contents of all fields when they were sent to be saved.
    sent: Vec<String>,
    /// What the record that was picked last proposes for other fields.
    suggested: Vec<(Field, String)>,
    /// The end that has followed the start.
    followed: Option<times::Followed>,
    /// The other user who has saved the record in the meantime, and when (in UTC); `None` if there is no
    /// conflict.
    pub conflict: Option<(String, NaiveDateTime)>,
    /// How often this form was merged with what another user saved, and sent again.
    merges: u8,
    /// It is unknown whether it was saved.
    doubt: bool,
    /// What the form has to know besides its fields was read.
    learned: bool,
    /// What was merged with what another user has saved is sent once the instalments were read again.
    sends_again: bool,
    knowing: knowing::Knowing,
    /// What was typed to find an option of the choice that is focused.
    sought: String,
    asked: Option<FormQuestion>,
}

impl From<FormSpec> for Form {
    fn from(FormSpec { purpose, version, fields }: FormSpec) -> Self {
        Self::new(purpose, version, fields)
    }
}

impl Form {
    pub fn new(purpose: Purpose, version: i32, entries: Vec<FormField>) -> Self {
        let at = entries.iter().position(|entry| entry.kind != FieldKind::Fixed).unwrap_or(0);
        Self {
            purpose,
            entries,
            at,
            version,
            saving: false,
            sent: Vec::new(),
            suggested: Vec::new(),
            followed: None,
            conflict: None,
            merges: 0,
            doubt: false,
            learned: false,
            sends_again: false,
            knowing: knowing::Knowing::default(),
            sought: String::new(),
            asked: None,
        }
    }

    /// What was typed in a field.
    pub fn text(&self, field: Field) -> &str {
        self.entry(field).map_or("", |entry| entry.input.text())
    }

    pub fn secret(&self, field: Field) -> SecretString {
        SecretString::from(self.text(field))
    }

    /// The value of a choice.
    pub fn choice(&self, field: Field) -> String {
        self.entry(field).map(FormField::content).unwrap_or_default()
    }

    pub fn entry(&self, field: Field) -> Option<&FormField> {
        field_of(&self.entries, field)
    }

    /// The time that a date of this field is read relative to: the start for an end, and `None` if that
    /// cannot be read; for others now.
    pub fn clock(&self, field: Field, ctx: &Context) -> Option<NaiveDateTime> {
        clock(&self.entries, field, ctx.now)
    }

    /// Handles any key: the bindings come first, the other keys go to the focused field.
    pub fn press(&mut self, key: KeyEvent, ctx: &Context) -> Action {
        let ctrl = key.modifiers.contains(KeyModifiers::CONTROL) && !key.modifiers.contains(KeyModifiers::ALT);
        if let Some(binding) = find(&self.bindings(ctx), Key::from_event(key)) {
            self.sought.clear();
            return self.run(binding.command, ctx);
        }
        let sought = std::mem::take(&mut self.sought);
        let is_complete = self.at + 1 == self.entries.len() || self.is_saved_here();
        let Some(entry) = self.entries.get_mut(self.at) else { return Action::None };
        if entry.is_text() && entry.input.key(key) {
            entry.forget_problem();
            return Action::None;
        }
        match (key.code, &entry.kind) {
            (KeyCode::Left | KeyCode::Right | KeyCode::Char(' '), FieldKind::Choice(options)) if !ctrl => {
                let step = if key.code == KeyCode::Left { options.len() - 1 } else { 1 };
                entry.choice = (entry.choice + step) % options.len().max(1);
                Action::None
            }
            (KeyCode::Char(letter), FieldKind::Choice(options)) if !ctrl => {
                let (mut word, count) = (sought, options.len());
                word.push(letter);
                let begins = |word: &str, at: usize| fold(&options[at].1).starts_with(&fold(word));
                // A word leads to its option; the same letter again to the next one that begins with it.
                let mut found = (0..count).map(|step| (entry.choice + step) % count).find(|at| begins(&word, *at));
                if word.chars().count() == 1 || found.is_none() {
                    word = letter.to_string();
                    found = (1..=count).map(|step| (entry.choice + step) % count).find(|at| begins(&word, *at));
                }
                entry.choice = found.unwrap_or(entry.choice);
                self.sought = word;
                Action::None
            }
            (KeyCode::Backspace | KeyCode::Delete, _)
                if entry.is_picker() && !entry.required && entry.picked.is_some() =>
            {
                entry.picked = None;
                entry.input.set("");
                Action::None
            }
            (KeyCode::Enter | KeyCode::Char(_) | KeyCode::Backspace, _) if entry.is_picker() && !ctrl => {
                if key.code == KeyCode::Enter && entry.is_picked() {
                    return self.leave(1, ctx);
                }
                let typed = if let KeyCode::Char(letter) = key.code { Some(letter) } else { None };
                self.pick(typed.filter(|letter| *letter != ' '), ctx)
            }
            (KeyCode::Enter, _) if is_complete => self.save(ctx),
            (KeyCode::Enter, _) => self.leave(1, ctx),
            (KeyCode::Down, _) => self.step(1, ctx),
            (KeyCode::Up, _) => self.step(-1, ctx),
            _ => Action::None,
        }
    }

    /// Swaps the typed value of the focused field with the one that another user has saved. Of two clients that are
    /// merged, takes the value that is offered below.
    fn take_theirs(&mut self) -> Action {
        let merges = matches!(self.purpose, Purpose::Merge(_));
        if let Some(entry) = self.entries.get_mut(self.at) {
            if merges {
                let offered = entry.other_value().map_or_else(|| entry.content(), |(offered, _)| offered);
                entry.set(&offered);
            } else if let Some(theirs) = entry.theirs.take() {
                entry.theirs = Some(entry.content());
                entry.set(&theirs);
            }
        }
        Action::None
    }

    /// The rules for a new password in this form.
    fn password_rules<'a>(&'a self, ctx: &Context<'a>) -> PasswordRules<'a> {
        let Settings { min_password_length, company_name: company, .. } = ctx.settings();
        let username = self.purpose.username(&self.entries, ctx);
        PasswordRules { min_length: (*min_password_length).into(), username, company }
    }

    /// Fills in a temporary password, in clear: it has to be read to the person.
    fn propose(&mut self, ctx: &Context) -> Action {
        let proposed = Zeroizing::new(password::speakable(&self.password_rules(ctx)));
        for entry in self.entries.iter_mut().filter(|entry| entry.is_password()) {
            entry.input.reveal(&proposed);
            entry.input.propose(&proposed);
            entry.forget_problem();
        }
        Action::Notice(Notice::plain(ctx.say(Phrase::PasswordProposed)))
    }
}

impl Screen for Form {
    fn subject_of(&self, _request: &Request, _ctx: &Context) -> Option<String> {
        let named = [Field::FullName, Field::Title].map(|field| self.text(field));
        named.into_iter().find(|name| !name.is_empty()).map(str::to_owned)
    }

    fn title(&self, ctx: &Context) -> String {
        self.purpose.title(ctx)
    }

    fn load(&mut self) -> Option<Request> {
        self.wanted().filter(|_| !self.learned).map(Request::Read)
    }

    fn on_reply(&mut self, to: &Request, reply: Result<Reply, Error>, ctx: &Context) -> Action {
        if let Request::Read(_) = to {
            return match reply {
                Ok(Reply::KnownClients(known)) => {
                    self.know(to, known);
                    Action::None
                }
                Ok(reply) => {
                    self.learned = true;
                    self.learn(&reply, ctx)
                }
                Err(error) => {
                    self.sends_again = false;
                    Action::Notice(Notice::bad(ctx.error(&error)))
                }
            };
        }
        self.saving = false;
        match reply {
            Ok(reply @ (Reply::Saved { .. } | Reply::PasswordChanged { .. })) => self.saved(to, &reply, false, ctx),
            Ok(_) => Action::None,
            Err(Error::Invalid(errors)) => {
                for entry in &mut self.entries {
                    entry.refused = errors.of(entry.field);
                }
                self.show(&errors, ctx)
            }
            // What stays was chosen from values that are no longer there.
            Err(Error::Conflict(conflict)) if matches!(self.purpose, Purpose::Merge(_)) => {
                Action::Done(Notice::bad(ctx.say(KnownPhrase::MergeAgain(&conflict.by))))
            }
            Err(Error::Conflict(conflict)) => self.merge(*conflict, ctx),
            Err(error) => {
                self.doubt |= matches!(error, Error::OutcomeUnknown);
                Action::Notice(Notice::bad(ctx.error(&error)))
            }
        }
    }

    fn saved_after_all(&mut self, to: &Request, reply: &Reply, ctx: &Context) -> Option<Action> {
        let saved = matches!(reply, Reply::Saved { .. } | Reply::PasswordChanged { .. });
        saved.then(|| self.saved(to, reply, true, ctx))
    }

    fn on_popup(&mut self, outcome: Outcome, ctx: &Context) -> Action {
        match (self.asked.take(), outcome) {
            (Some(FormQuestion::Discard), Outcome::Confirmed) => Action::Back,
            (Some(FormQuestion::Save(request)), Outcome::Confirmed) => self.send(*request),
            (Some(FormQuestion::Pick(at)), Outcome::Day(day)) => {
                let clock = self.clock(self.entries[at].field, ctx);
                self.entries[at].set_day(day, clock);
                Action::None
            }
            (Some(FormQuestion::Pick(at)), outcome) => {
                self.fill(at, outcome, ctx);
                // What is proposed depends on the contract that was picked.
                let wanted = self.wanted().filter(|_| matches!(self.purpose, Purpose::Create(_)));
                wanted.map_or(Action::None, |read| Action::Send(read.into()))
            }
            _ => Action::None,
        }
    }

    fn bindings(&self, ctx: &Context) -> Vec<Binding> {
        let mut bindings = vec![
            bind(Command::Save, ctx, None),
            bind(Command::NextField, ctx, None),
            bind(Command::PreviousField, ctx, None),
        ];
        let entry = self.entries.get(self.at);
        bindings.extend(entry.filter(|entry| entry.is_date()).map(|_| bind(Command::PickDay, ctx, None)));
        let has_theirs = |entry: &&FormField| entry.theirs.is_some();
        bindings.extend(entry.filter(has_theirs).map(|_| bind(Command::TakeTheirs, ctx, None)));
        if self.purpose.sets_temporary_password() {
            // In a password field its word comes before all that a narrow window leaves out.
            let at = if entry.is_some_and(FormField::is_password) { 1 } else { bindings.len() };
            bindings.insert(at, bind(Command::Propose, ctx, None));
        }
        bindings.push(self.purpose.back(ctx));
        if let Some(verb) = self.purpose.verb(ctx) {
            bindings[0].label = verb.into();
        }
        if matches!(self.purpose, Purpose::Merge(_)) {
            bindings[0].help = ctx.say(KnownPhrase::MergeHelp).into();
            for taking in bindings.iter_mut().filter(|binding| binding.command == Command::TakeTheirs) {
                taking.label = ctx.say(KnownPhrase::TakeOther).into();
                taking.help = ctx.say(KnownPhrase::TakeOtherHelp).into();
            }
        }
        bindings
    }

    fn run(&mut self, command: Command, ctx: &Context) -> Action {
        match command {
            Command::Save => self.save(ctx),
            Command::NextField | Command::Down => self.leave(1, ctx),
            Command::PreviousField | Command::Up => self.leave(-1, ctx),
            // The reply comes soon; if it does not, Esc gives up waiting before it reaches the form.
            Command::Back if self.saving => Action::Notice(Notice::plain(ctx.say(Phrase::StillSaving))),
            Command::Back if self.has_unsaved() => {
                self.asked = Some(FormQuestion::Discard);
                Action::Popup(Box::new(Popup::discard(self.look_in(ctx), ctx)))
            }
            Command::Back => Action::Back,
            Command::PickDay => self.pick_day(ctx),
            Command::TakeTheirs => self.take_theirs(),
            Command::Propose => self.propose(ctx),
            _ => Action::None,
        }
    }

    fn draw(&self, frame: &mut Frame, area: Rect, ctx: &Context) -> Focus {
        self.draw_fields(frame, area, ctx)
    }

    fn stop_waiting(&mut self) {
        self.saving = false;
    }

    fn doubt(&mut self, unknown: bool) {
        self.doubt = unknown;
    }

    fn look_in(&self, ctx: &Context) -> Option<String> {
        self.doubt.then(|| self.purpose.look_in(ctx))
    }

    fn has_unsaved(&self) -> bool {
        !self.purpose.is_passing() && self.entries.iter().any(FormField::is_changed)
    }

    fn takes_text(&self) -> bool {
        true
    }

    fn is_filled_in(&self) -> bool {
        true
    }

    fn key(&mut self, key: KeyEvent, ctx: &Context) -> Option<Action> {
        Some(self.press(key, ctx))
    }

    fn paste(&mut self, pasted: &str) -> Action {
        if let Some(entry) = self.entries.get_mut(self.at).filter(|entry| entry.is_text()) {
            entry.input.insert(pasted);
            entry.forget_problem();
        }
        Action::None
    }
}
