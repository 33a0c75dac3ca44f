//! The one form: a field a line, checked when it is left, kept whatever happens.

use chrono::NaiveDateTime;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use secrecy::SecretString;

use crate::{
    domain::{Cents, Error, Field, FieldErrors, Problem, audit::Subject, dates, error::Conflict, users::Role},
    services::{Reply, Request, WriteRequest},
    ui::{
        Action, Context, Notice,
        actions::{self, bind},
        keys::{Binding, Command, Key, find},
        popup::{Outcome, Popup, Source},
        screens::{
            Screen,
            detail::Detail,
            form_field::{FieldKind, FormField, typed_form},
            purpose::Purpose,
        },
        text::{Phrase, say},
        widgets::input::Input,
    },
};

/// What a popup over the form was asked for.
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
    /// What every field held when it was sent to be saved.
    sent: Vec<String>,
    /// The contact that came with the contract that was picked last.
    suggested: String,
    /// Who saved first, and when (UTC), while a conflict is settled.
    pub conflict: Option<(String, NaiveDateTime)>,
    /// How often a save was merged with somebody else's and sent again.
    merges: u8,
    asked: Option<FormQuestion>,
}

/// After so many merges in a row the person is asked: somebody keeps saving.
const MERGES: u8 = 3;

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
            suggested: String::new(),
            conflict: None,
            merges: 0,
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

    pub fn picked(&self, field: Field) -> Option<i64> {
        self.entry(field).and_then(|entry| entry.picked)
    }

    /// The value of a choice.
    pub fn choice(&self, field: Field) -> String {
        self.entry(field).map(FormField::content).unwrap_or_default()
    }

    pub fn entry(&self, field: Field) -> Option<&FormField> {
        self.entries.iter().find(|entry| entry.field == field)
    }

    /// The clock that dates of a field are read by: an end counts from its start.
    pub fn clock(&self, field: Field, ctx: &Context) -> NaiveDateTime {
        let start = match field {
            Field::EndsAt => dates::parse_date_time(self.text(Field::StartsAt), ctx.now).ok(),
            _ => None,
        };
        start.unwrap_or(ctx.now)
    }

    /// An amount; zero stands for what could not be read, which is noted.
    pub fn amount(&self, field: Field, errors: &mut FieldErrors) -> Cents {
        errors.take(field, Cents::parse(self.text(field))).unwrap_or_default()
    }

    pub fn optional<T>(
        &self,
        field: Field,
        errors: &mut FieldErrors,
        read: impl FnOnce(&str) -> Result<T, Problem>,
    ) -> Option<T> {
        let text = self.text(field);
        if text.trim().is_empty() { None } else { errors.take(field, read(text)) }
    }

    pub fn has_unsaved(&self) -> bool {
        !self.purpose.is_passing() && self.entries.iter().any(FormField::is_changed)
    }

    pub fn takes_text(&self) -> bool {
        true
    }

    pub fn bindings(&self, ctx: &Context) -> Vec<Binding> {
        let mut bindings = vec![
            bind(Command::Save, ctx, None),
            bind(Command::NextField, ctx, None),
            bind(Command::PreviousField, ctx, None),
        ];
        if self.entries.get(self.at).is_some_and(FormField::is_date) {
            bindings.push(bind(Command::PickDay, ctx, None));
        }
        if self.entries.get(self.at).is_some_and(|entry| entry.theirs.is_some()) {
            bindings.push(bind(Command::TakeTheirs, ctx, None));
        }
        bindings.push(bind(Command::Back, ctx, None));
        if let Some(verb) = self.purpose.verb(ctx) {
            bindings[0].label = verb.into();
        }
        bindings
    }

    pub fn paste(&mut self, pasted: &str) -> Action {
        if let Some(entry) = self.entries.get_mut(self.at).filter(|entry| entry.is_text()) {
            entry.input.insert(pasted);
            entry.problem = None;
        }
        Action::None
    }

    pub fn run(&mut self, command: Command, ctx: &Context) -> Action {
        match command {
            Command::Save => self.save(ctx),
            Command::NextField | Command::Down => self.leave(1, ctx),
            Command::PreviousField | Command::Up => self.leave(-1, ctx),
            // Whether it is saved is known soon; the app gives up waiting for that after a moment.
            Command::Back if self.saving => Action::Notice(Notice::plain(ctx.say(Phrase::StillSaving))),
            Command::Back if self.has_unsaved() => {
                self.asked = Some(FormQuestion::Discard);
                Action::Popup(Box::new(Popup::discard(ctx)))
            }
            Command::Back => Action::Back,
            Command::PickDay => self.pick_day(ctx),
            Command::TakeTheirs => self.take_theirs(),
            _ => Action::None,
        }
    }

    pub fn key(&mut self, key: KeyEvent, ctx: &Context) -> Action {
        let ctrl = key.modifiers.contains(KeyModifiers::CONTROL) && !key.modifiers.contains(KeyModifiers::ALT);
        if let Some(binding) = find(&self.bindings(ctx), Key::from_event(key)) {
            return self.run(binding.command, ctx);
        }
        let last = self.at + 1 == self.entries.len();
        let Some(entry) = self.entries.get_mut(self.at) else { return Action::None };
        if entry.is_text() && entry.input.key(key) {
            entry.problem = None;
            return Action::None;
        }
        match (key.code, &entry.kind) {
            (KeyCode::Left | KeyCode::Right | KeyCode::Char(' '), FieldKind::Choice(options)) => {
                let step = if key.code == KeyCode::Left { options.len() - 1 } else { 1 };
                entry.choice = (entry.choice + step) % options.len().max(1);
                Action::None
            }
            (KeyCode::Char(letter), FieldKind::Choice(options)) if !ctrl => {
                let begins = |label: &String| label.to_lowercase().starts_with(letter.to_ascii_lowercase());
                let count = options.len();
                let next = (1..=count).map(|step| (entry.choice + step) % count).find(|at| begins(&options[*at].1));
                entry.choice = next.unwrap_or(entry.choice);
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
                if key.code == KeyCode::Enter && entry.picked.is_some() {
                    return self.leave(1, ctx);
                }
                let typed = if let KeyCode::Char(letter) = key.code { Some(letter) } else { None };
                self.pick(typed.filter(|letter| *letter != ' '), ctx)
            }
            (KeyCode::Enter, _) if last => self.save(ctx),
            (KeyCode::Enter | KeyCode::Down, _) => self.leave(1, ctx),
            (KeyCode::Up, _) => self.leave(-1, ctx),
            _ => Action::None,
        }
    }

    /// Moves to another field and checks the one that is left.
    fn leave(&mut self, step: isize, ctx: &Context) -> Action {
        let clock = self.entries.get(self.at).map_or(ctx.now, |entry| self.clock(entry.field, ctx));
        let mut note = None;
        if let Some(entry) = self.entries.get_mut(self.at) {
            entry.problem = entry.check(clock, ctx.settings().time_zone);
            note = entry.which_of_two(ctx, clock);
        }
        self.purpose.after_leaving(self.at, &mut self.entries);
        let count = self.entries.len();
        let forward = if step > 0 { 1 } else { count.saturating_sub(1) };
        for _ in 0..count {
            self.at = (self.at + forward) % count;
            if self.entries[self.at].kind != FieldKind::Fixed {
                break;
            }
        }
        note.map_or(Action::None, |note| Action::Notice(Notice::plain(note)))
    }

    fn pick(&mut self, typed: Option<char>, ctx: &Context) -> Action {
        let entry = &self.entries[self.at];
        let source = match entry.kind {
            FieldKind::Person(Role::Support) => Source::People(Role::Support),
            FieldKind::Person(role) => Source::People(role),
            FieldKind::Contract => Source::Contracts,
            _ => Source::Clients {
                own: ctx.session.actor.role == Role::Sales && matches!(self.purpose, Purpose::NewContract),
            },
        };
        let nothing = if matches!(self.purpose, Purpose::Refine(_)) { Phrase::Any } else { Phrase::Nobody };
        let nobody = (!entry.required).then(|| ctx.say(nothing));
        let mut picker = Popup::picker(ctx.field(entry.field), source, nobody);
        if let (Popup::Menu(menu), Some(letter)) = (&mut picker, typed) {
            menu.input = Some(Input::line(&letter.to_string()));
        }
        self.asked = Some(FormQuestion::Pick(self.at));
        Action::Popup(Box::new(picker))
    }

    /// The month of the day that is written, or the present one.
    fn pick_day(&mut self, ctx: &Context) -> Action {
        let Some(entry) = self.entries.get(self.at).filter(|entry| entry.is_date()) else { return Action::None };
        let clock = self.clock(entry.field, ctx);
        let day = entry.day(clock).unwrap_or(clock.date());
        let popup = Popup::month(ctx.field(entry.field), day, ctx.now.date());
        self.asked = Some(FormQuestion::Pick(self.at));
        Action::Popup(Box::new(popup))
    }

    /// Swaps mine and theirs in the present field.
    fn take_theirs(&mut self) -> Action {
        if let Some(entry) = self.entries.get_mut(self.at)
            && let Some(theirs) = entry.theirs.take()
        {
            entry.theirs = Some(entry.content());
            entry.set(&theirs);
        }
        Action::None
    }

    /// Checks everything and saves, or goes to the first error.
    fn save(&mut self, ctx: &Context) -> Action {
        if self.saving {
            return Action::None;
        }
        self.purpose.after_leaving(self.at, &mut self.entries);
        if let Some(stopped) = self.check_all(ctx) {
            return stopped;
        }
        self.spell_out_times(ctx);
        if let Purpose::Preferences = self.purpose {
            let preferences = self.purpose.preferred(self, ctx);
            return Action::All(vec![
                Action::Prefer(preferences),
                Action::Done(Notice::good(say(preferences.language, Phrase::Saved))),
            ]);
        }
        if let Purpose::Refine(query) = &self.purpose {
            return match self.purpose.refined(self, query, ctx) {
                Ok(query) => Action::Refine(Box::new(query)),
                Err(errors) => self.show(&errors, ctx),
            };
        }
        match self.purpose.request(self, ctx) {
            Ok(request) => self.confirm_or_send(request, ctx),
            Err(errors) => self.show(&errors, ctx),
        }
    }

    /// Checks each field by itself and goes to the first that is wrong.
    pub fn check_all(&mut self, ctx: &Context) -> Option<Action> {
        for at in 0..self.entries.len() {
            let clock = self.clock(self.entries[at].field, ctx);
            self.entries[at].problem = self.entries[at].check(clock, ctx.settings().time_zone);
        }
        let wrong = self.entries.iter().position(|entry| entry.problem.is_some())?;
        Some(self.stop_at(wrong, ctx))
    }

    /// Writes out what times mean that count from others: the end of an event must not move
    /// when somebody else moves its start while this is saved.
    fn spell_out_times(&mut self, ctx: &Context) {
        for at in 0..self.entries.len() {
            let clock = self.clock(self.entries[at].field, ctx);
            let entry = &mut self.entries[at];
            if entry.kind == FieldKind::Time
                && let Ok(time) = dates::parse_date_time(entry.input.text(), clock)
            {
                entry.input.set(&dates::format_date_time(time));
            }
        }
    }

    fn stop_at(&mut self, wrong: usize, ctx: &Context) -> Action {
        self.at = wrong;
        let field = ctx.field(self.entries[wrong].field);
        let problem = self.entries[wrong].problem.map(|problem| ctx.problem(problem)).unwrap_or_default();
        Action::Notice(Notice::bad(format!("{field}: {problem}")))
    }

    /// Puts problems under their fields; those of no field here go into the message.
    pub fn show(&mut self, errors: &FieldErrors, ctx: &Context) -> Action {
        for entry in &mut self.entries {
            entry.problem = errors.of(entry.field);
        }
        if let Some(wrong) = self.entries.iter().position(|entry| entry.problem.is_some()) {
            return self.stop_at(wrong, ctx);
        }
        let first = errors.0.first();
        let text = first.map(|(field, problem)| format!("{}: {}", ctx.field(*field), ctx.problem(*problem)));
        Action::Notice(Notice::bad(text.unwrap_or_default()))
    }

    fn confirm_or_send(&mut self, request: Request, ctx: &Context) -> Action {
        let weighty = matches!(
            request,
            Request::Write(
                WriteRequest::UpdateContract { .. } | WriteRequest::UpdateUser { .. } | WriteRequest::UpdateSettings(_)
            )
        );
        let changed: Vec<String> = self
            .entries
            .iter()
            .filter(|entry| entry.is_changed())
            .map(|entry| {
                let (old, new) = (entry.label(&entry.base), entry.label(&entry.content()));
                format!("{}: {}", ctx.field(entry.field), ctx.say(Phrase::FromTo { old: &old, new: &new }))
            })
            .collect();
        if weighty && !changed.is_empty() {
            self.asked = Some(FormQuestion::Save(Box::new(request)));
            return Action::Popup(Box::new(Popup::confirm(
                ctx.say(Phrase::SummaryTitle),
                changed,
                ctx.say(Phrase::VerbSave),
                ctx,
            )));
        }
        if matches!(request, Request::Write(WriteRequest::ResetPassword { .. })) {
            let (title, who) = (ctx.say(Phrase::ResetPassword), self.text(Field::FullName).to_owned());
            self.asked = Some(FormQuestion::Save(Box::new(request)));
            let lines = vec![who, ctx.say(Phrase::ResetPasswordMeans)];
            return Action::Popup(Box::new(Popup::confirm(title.clone(), lines, title, ctx)));
        }
        self.send(request)
    }

    fn send(&mut self, request: Request) -> Action {
        self.saving = true;
        self.sent = self.entries.iter().map(FormField::content).collect();
        Action::Send(request)
    }

    pub fn on_popup(&mut self, outcome: Outcome, ctx: &Context) -> Action {
        match (self.asked.take(), outcome) {
            (Some(FormQuestion::Discard), Outcome::Confirmed) => Action::Back,
            (Some(FormQuestion::Save(request)), Outcome::Confirmed) => self.send(*request),
            (Some(FormQuestion::Pick(at)), Outcome::Day(day)) => {
                let clock = self.clock(self.entries[at].field, ctx);
                self.entries[at].set_day(day, clock);
                Action::None
            }
            (Some(FormQuestion::Pick(at)), outcome) => {
                self.fill(at, outcome);
                Action::None
            }
            _ => Action::None,
        }
    }

    fn fill(&mut self, at: usize, outcome: Outcome) {
        let (id, name) = match outcome {
            Outcome::Client(row) => {
                (Some(row.client.id.0), format!("{} ({})", row.client.full_name, row.client.company_name))
            }
            Outcome::Contract(row) => {
                // A contact that somebody typed stays; one of another contract does not.
                if let Some(contact) = self.entries.iter_mut().find(|entry| entry.field == Field::ClientContact)
                    && (contact.input.is_empty() || contact.input.text() == self.suggested)
                {
                    contact.input.set(&row.client);
                    self.suggested.clone_from(&row.client);
                }
                (Some(row.contract.id.0), format!("{} - {} ({})", row.contract.id.0, row.client, row.company))
            }
            Outcome::Person(id, name) => (id.map(|id| id.0), name),
            _ => return,
        };
        let entry = &mut self.entries[at];
        entry.picked = id;
        entry.input.set(&name);
        entry.problem = None;
    }

    pub fn on_reply(&mut self, reply: Result<Reply, Error>, ctx: &Context) -> Action {
        self.saving = false;
        match reply {
            Ok(reply @ Reply::Saved { .. }) => self.saved(&reply, ctx),
            Ok(Reply::PasswordChanged { .. }) => {
                let words = if self.is_typed_on(|_| true) { Phrase::PasswordAsSaved } else { Phrase::PasswordChanged };
                Action::Done(Notice::good(ctx.say(words)))
            }
            Ok(_) => Action::None,
            Err(Error::Invalid(errors)) => self.show(&errors, ctx),
            Err(Error::Conflict(conflict)) => self.merge(*conflict, ctx),
            Err(error) => Action::Notice(Notice::bad(ctx.error(&error))),
        }
    }

    /// Something was typed since it was sent to be saved, in one of these fields.
    fn is_typed_on(&self, which: impl Fn(&FormField) -> bool) -> bool {
        self.entries.iter().zip(&self.sent).any(|(entry, sent)| which(entry) && entry.content() != *sent)
    }

    fn saved(&mut self, reply: &Reply, ctx: &Context) -> Action {
        let Reply::Saved { subject, id, version, .. } = *reply else { return Action::None };
        let notice = actions::undoable(ctx.say(Phrase::Saved), reply, ctx);
        let password_typed_on = self.is_typed_on(FormField::is_password);
        if self.is_typed_on(|entry| !entry.is_password())
            && let Some(purpose) = self.purpose.once_saved(id)
        {
            (self.purpose, self.version) = (purpose, version);
            for (entry, sent) in self.entries.iter_mut().zip(&self.sent) {
                entry.base.clone_from(sent);
            }
            // A password is set once, as it was when it was saved.
            self.entries.retain(|entry| !entry.is_password());
            self.at = self.at.min(self.entries.len().saturating_sub(1));
            let words = if password_typed_on { Phrase::PasswordAsSaved } else { Phrase::SavedSoFar };
            return Action::Notice(Notice::good(ctx.say(words)));
        }
        let notice = if password_typed_on { Notice::plain(ctx.say(Phrase::PasswordAsSaved)) } else { notice };
        let Subject::Entity(kind) = subject else { return Action::Done(notice) };
        if self.purpose.makes_new() {
            let detail = Screen::Detail(Box::new(Detail::new(kind, id)));
            Action::All(vec![Action::Replace(Box::new(detail)), Action::Notice(notice)])
        } else {
            Action::Done(notice)
        }
    }

    /// Three ways: what only one of us changed is taken, what both changed is shown side
    /// by side.
    fn merge(&mut self, conflict: Conflict, ctx: &Context) -> Action {
        self.version = conflict.version;
        for entry in &mut self.entries {
            let Some(theirs) = typed_form(entry, &conflict.theirs, ctx) else { continue };
            if theirs == entry.base {
                continue;
            }
            let mine = entry.content();
            if mine == entry.base {
                entry.set(&theirs);
            } else if mine != theirs {
                entry.theirs = Some(theirs.clone());
            }
            entry.base = theirs;
        }
        match self.entries.iter().position(|entry| entry.theirs.is_some()) {
            Some(open) => self.at = open,
            // What only one of us changed goes together without a question.
            None if self.merges < MERGES => {
                self.merges += 1;
                if let Ok(request) = self.purpose.request(self, ctx) {
                    return self.send(request);
                }
            }
            None => {}
        }
        let when = dates::format_date_time(ctx.settings().wall_clock(conflict.at));
        let text = ctx.say(Phrase::ConflictWith { name: &conflict.by, when: &when });
        self.conflict = Some((conflict.by, conflict.at));
        Action::Notice(Notice::bad(text))
    }
}
