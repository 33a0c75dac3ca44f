//! Saving a form: the checks before it, the questions, and what happens when another user saved the
//! same record first.

use super::{Form, FormQuestion, purpose::Submission};
use crate::{
    domain::{Field, FieldErrors, audit::Subject, dates, entity::EntityKind, error::Conflict},
    services::{Reply, Request},
    ui::{
        Action, Context, Destination, Notice, entity,
        form::{FieldKind, FormField, Purpose, typed_form},
        question, report,
        text::{Asked, KnownPhrase, Phrase, Told, say},
    },
};

/// After this many merges in a row the user decides, since other users keep saving the record.
const MERGES: u8 = 3;

impl Form {
    /// Checks everything and saves, or goes to the first error.
    pub(super) fn save(&mut self, ctx: &Context) -> Action {
        if self.saving {
            return Action::None;
        }
        self.after_leaving(ctx);
        if let Some(stopped) = self.check_all(ctx) {
            return stopped;
        }
        self.spell_out_times(ctx);
        match self.purpose.submit(&self.entries, self.version, ctx) {
            Ok(Some(submission)) => self.submitted(submission, ctx),
            Ok(None) => Action::None,
            Err(errors) => self.show(&errors, ctx),
        }
    }

    fn submitted(&mut self, submission: Submission, ctx: &Context) -> Action {
        match submission {
            Submission::Send(request) => self.send(request),
            Submission::SendChanges(request) => self.confirm_changes(request, ctx),
            Submission::SendReset(request) => self.confirm_reset(request, ctx),
            Submission::SendSignature(request) => self.confirm_signature(request, ctx),
            Submission::SendMerge(request) => self.confirm_merge(request, ctx),
            Submission::Prefer(preferences) => Action::All(vec![
                Action::Prefer(preferences),
                Action::Done(Notice::good(say(preferences.language, Phrase::Told(Told::PreferencesKept)))),
            ]),
            Submission::Refine(query) => {
                let picked = self.entries.iter().filter(|entry| entry.picked.is_some());
                let names = picked.map(|entry| (entry.field, entry.input.text().to_owned())).collect();
                Action::Refine(Box::new(query), names)
            }
        }
    }

    /// Checks each field by itself and goes to the first error; `None` if there is none.
    pub fn check_all(&mut self, ctx: &Context) -> Option<Action> {
        for entry in &mut self.entries {
            entry.left = true;
        }
        self.check_each(ctx);
        let wrong = self.entries.iter().position(|entry| entry.problem.is_some())?;
        Some(self.stop_at(wrong, ctx))
    }

    /// Checks the fields that were left, each by itself and all together as the services would.
    pub(super) fn check_left(&mut self, ctx: &Context) {
        self.check_each(ctx);
        let errors = self.purpose.submit(&self.entries, self.version, ctx).err().unwrap_or_default();
        for entry in self.entries.iter_mut().filter(|entry| entry.left) {
            entry.problem = entry.problem.or(errors.of(entry.field)).or(entry.refused);
        }
    }

    /// Checks each field that was left by itself.
    fn check_each(&mut self, ctx: &Context) {
        for at in 0..self.entries.len() {
            let clock = self.clock(self.entries[at].field, ctx);
            let entry = &mut self.entries[at];
            entry.problem = if entry.left { entry.check(clock, ctx.settings().time_zone) } else { None };
        }
    }

    fn stop_at(&mut self, wrong: usize, ctx: &Context) -> Action {
        self.at = wrong;
        let field = self.entries[wrong].name(ctx);
        let problem = self.entries[wrong].problem.map(|problem| ctx.problem(problem)).unwrap_or_default();
        Action::Notice(Notice::bad(ctx.sentence_about(&field, &problem)))
    }

    /// Shows problems under their fields, or in the message line if the form has no such field.
    pub fn show(&mut self, errors: &FieldErrors, ctx: &Context) -> Action {
        for entry in &mut self.entries {
            entry.problem = errors.of(entry.field);
        }
        if let Some(wrong) = self.entries.iter().position(|entry| entry.problem.is_some()) {
            return self.stop_at(wrong, ctx);
        }
        let first = errors.0.first();
        let text = first.map(|(field, problem)| ctx.sentence_about(&ctx.field(*field), &ctx.problem(*problem)));
        Action::Notice(Notice::bad(text.unwrap_or_default()))
    }

    fn confirm_changes(&mut self, request: Request, ctx: &Context) -> Action {
        let changes = self.changes(ctx);
        let line = |(entry, old, new): &(&FormField, String, String)| {
            ctx.pair(&entry.name(ctx), &ctx.say(Phrase::FromTo { old, new }))
        };
        let changed: Vec<String> = changes.iter().map(line).collect();
        if changed.is_empty() {
            return self.send(request);
        }
        let (title, verb) = (ctx.say(Phrase::SummaryTitle), ctx.say(Phrase::VerbSave));
        let consequences = changes.iter().filter_map(|change| consequence(change, ctx));
        let lines = changed
            .into_iter()
            .chain(self.difference_goes(ctx))
            .chain(consequences)
            .chain(self.known_in_all(ctx))
            .collect();
        self.ask_to_save((title, lines, verb), request, ctx)
    }

    /// The fields that change, each with its value before and after. A value that is only written in another way,
    /// such as a currency by its sign, does not change.
    fn changes(&self, ctx: &Context) -> Vec<(&FormField, String, String)> {
        // Where a difference goes is said together with what it makes of the instalment.
        let own = self.entries.iter().filter(|entry| entry.field != Field::Difference);
        let changed = own.filter(|entry| entry.is_changed()).map(|entry| {
            let shown = |content: &str| entry.label(content, ctx, self.clock(entry.field, ctx));
            (entry, shown(&entry.base), shown(&entry.content()))
        });
        // Notes are shown by their beginning, which may be the same.
        changed.filter(|(entry, old, new)| old != new || entry.kind == FieldKind::Notes).collect()
    }

    fn confirm_merge(&mut self, request: Request, ctx: &Context) -> Action {
        let Purpose::Merge(merging) = &self.purpose else { return Action::None };
        let (title, lines) = entity::merging::consequences(merging, ctx);
        let verb = ctx.say(KnownPhrase::VerbMerge);
        self.ask_to_save((title, lines, verb), request, ctx)
    }

    fn confirm_reset(&mut self, request: Request, ctx: &Context) -> Action {
        let lines = vec![
            format!("{} ({})", self.text(Field::FullName), self.text(Field::Username)),
            ctx.say(Phrase::ResetPasswordMeans),
        ];
        let title = ctx.say(Phrase::ResetPassword);
        self.ask_to_save((title.clone(), lines, title), request, ctx)
    }

    fn ask_to_save(
        &mut self,
        (title, lines, verb): (String, Vec<String>, String),
        request: Request,
        ctx: &Context,
    ) -> Action {
        let popup = question::before(title, lines, &verb, &request, ctx);
        self.asked = Some(FormQuestion::Save(Box::new(request)));
        Action::Popup(Box::new(popup))
    }

    fn confirm_signature(&mut self, request: Request, ctx: &Context) -> Action {
        let line = |entry: &FormField| {
            let text = entry.echo(ctx, Some(ctx.now)).unwrap_or_else(|| entry.input.text().to_owned());
            ctx.pair(&entry.name(ctx), &text)
        };
        let mut lines: Vec<String> = self.entries.iter().map(line).collect();
        lines.push(ctx.say(Phrase::SignatureIsFinal));
        let (title, verb) = (ctx.say(Phrase::SignContract), ctx.say(Phrase::VerbSign));
        self.ask_to_save((title, lines, verb), request, ctx)
    }

    pub(super) fn send(&mut self, request: Request) -> Action {
        self.saving = true;
        self.sent = self.entries.iter().map(FormField::content).collect();
        Action::Send(request)
    }

    /// The fields that were changed after the form was sent to be saved.
    fn typed_on(&self) -> impl Iterator<Item = &FormField> {
        let pairs = self.entries.iter().zip(&self.sent);
        pairs.filter(|(entry, sent)| entry.content() != **sent).map(|(entry, _)| entry)
    }

    /// Whether Enter in the focused field saves the form.
    pub(super) fn is_saved_here(&self) -> bool {
        self.purpose.saves_from_the_first() && self.entries.iter().position(FormField::is_text) == Some(self.at)
    }

    /// Whether no field that has to be filled in is empty.
    pub(super) fn has_what_it_needs(&self) -> bool {
        !self.entries.iter().any(|entry| entry.required && entry.content().trim().is_empty())
    }

    /// What follows when the form was saved; `late` if the user no longer waited for that, or has even been told that
    /// nobody knows.
    pub(super) fn saved(&mut self, to: &Request, reply: &Reply, late: bool, ctx: &Context) -> Action {
        self.saving = false;
        let words = self.words_of(to, reply, ctx);
        let words = if late { format!("{} {words}", ctx.say(Phrase::SavedAfterAll)) } else { words };
        let passwords = self.typed_on().any(FormField::is_password).then(|| ctx.say(Phrase::PasswordAsSaved));
        let subject = match *reply {
            Reply::Saved { subject, id, version, .. } => {
                if let Some(since) = self.stays_open(id, version, ctx) {
                    // The instalments may have changed by what was saved.
                    let read = self.wanted().map(|read| Action::Send(read.into()));
                    let notice = Action::Notice(Notice::good(match since.as_str() {
                        "" if late => format!("{words} {}", ctx.say(Phrase::Told(Told::TypedSince))),
                        "" => passwords.unwrap_or_else(|| ctx.say(Phrase::SavedSoFar)),
                        lost => format!("{words} {lost}"),
                    }));
                    return Action::All(std::iter::once(notice).chain(read).collect());
                }
                Some((subject, id))
            }
            _ => None,
        };
        let lost = passwords.or_else(|| self.lost(false, ctx).map(|lost| format!("{words} {lost}")));
        let notice = match lost {
            Some(lost) => Notice::plain(lost),
            // After a wait that was given up, it is unknown which change is the last.
            None if late => Notice::good(words),
            None => report::notice(words, reply, ctx),
        };
        match (subject, &self.purpose) {
            // A payment is recorded for a contract, to which the user goes back.
            (Some((Subject::Entity(kind), id)), Purpose::Create(created)) if *created != EntityKind::Payment => {
                Action::All(vec![Action::Replace(Destination::Record(kind, id)), Action::Notice(notice)])
            }
            _ => Action::Done(notice),
        }
    }

    /// What a saved form answers. If another client may be the same, the form knows who that is.
    fn words_of(&self, to: &Request, reply: &Reply, ctx: &Context) -> String {
        let known = self.twins_in_words(ctx);
        let mut reply = reply.clone();
        if let Reply::Saved { done: Some(done), .. } = &mut reply
            && done.is_twin
            && !known.is_empty()
        {
            done.is_twin = false;
            return format!("{} {known}", report::words(to, &reply, ctx).unwrap_or_default());
        }
        report::words(to, &reply, ctx).unwrap_or_default()
    }

    /// Becomes the form to edit what was saved, if something was typed since that can be edited; then returns what is
    /// said of the rest that was typed since: nothing if there is no rest.
    fn stays_open(&mut self, id: i64, version: i32, ctx: &Context) -> Option<String> {
        let purpose = self.purpose.once_saved(id)?;
        let once = self.purpose.set_once();
        let editable = |entry: &FormField| !entry.is_password() && !once.contains(&entry.field);
        let typed = self.typed_on().find(|entry| editable(entry))?.field;
        let lost = self.lost(true, ctx).unwrap_or_default();
        (self.purpose, self.version, self.doubt) = (purpose, version, false);
        let focused = self.entries.get(self.at).map(|entry| entry.field);
        for at in 0..self.entries.len() {
            let clock = self.clock(self.entries[at].field, ctx);
            let (entry, sent) = (&mut self.entries[at], &self.sent[at]);
            if once.contains(&entry.field) {
                let shown = entry.label(sent, ctx, clock);
                entry.fix(&shown);
            } else {
                entry.base.clone_from(sent);
            }
        }
        // A password is set only once, and it was saved as it was sent.
        self.entries.retain(|entry| !entry.is_password());
        self.sent.clear();
        let place =
            |field| self.entries.iter().position(|entry| entry.field == field && entry.kind != FieldKind::Fixed);
        self.at = focused.and_then(place).or(place(typed)).unwrap_or(0);
        Some(lost)
    }

    /// Names what was typed since the form was sent and cannot be saved any more, passwords aside; `rest` if something
    /// else can.
    fn lost(&self, rest: bool, ctx: &Context) -> Option<String> {
        let once = self.purpose.set_once();
        let lost = self.typed_on().filter(|entry| !entry.is_password());
        let lost = lost.filter(|entry| self.purpose.once_saved(0).is_none() || once.contains(&entry.field));
        let names: Vec<String> = lost.map(|entry| entry.name(ctx)).collect();
        let fields = names.join(", ");
        (!names.is_empty()).then(|| ctx.say(Phrase::Told(Told::LostSince { fields: &fields, rest })))
    }

    /// Merges what another user has saved: a field that only one of the two has changed takes that
    /// value; both values are shown where both have changed it.
    pub(super) fn merge(&mut self, conflict: Conflict, ctx: &Context) -> Action {
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
        let open = self.entries.iter().position(|entry| entry.theirs.is_some());
        self.at = open.unwrap_or(self.at);
        self.conflict = Some((conflict.by, conflict.at));
        // The instalments of a contract, which its form has read, are not among the fields that were merged.
        let read = self.wanted().filter(|_| matches!(self.purpose, Purpose::Edit(..)));
        self.sends_again = open.is_none() && read.is_some();
        match read {
            Some(read) if self.sends_again => Action::Send(read.into()),
            Some(read) => Action::All(vec![self.say_conflict(ctx), Action::Send(read.into())]),
            None if open.is_none() => self.send_merged(ctx),
            None => self.say_conflict(ctx),
        }
    }

    /// Saves the merged values without a question, since no field was changed by both.
    pub(super) fn send_merged(&mut self, ctx: &Context) -> Action {
        if self.merges < MERGES {
            self.merges += 1;
            let submission = self.purpose.submit(&self.entries, self.version, ctx).ok().flatten();
            if let Some(request) = submission.and_then(Submission::request) {
                return self.send(request);
            }
        }
        self.say_conflict(ctx)
    }

    /// Says who has saved the record first.
    fn say_conflict(&self, ctx: &Context) -> Action {
        let Some((name, at)) = &self.conflict else { return Action::None };
        let when = dates::format_date_time(ctx.settings().wall_clock(*at));
        Action::Notice(Notice::bad(ctx.say(Phrase::ConflictWith { name, when: &when })))
    }
}

/// What a changed field changes besides itself.
fn consequence((entry, old, new): &(&FormField, String, String), ctx: &Context) -> Option<String> {
    match entry.field {
        Field::Currency => Some(ctx.say(Phrase::Asked(Asked::CurrencyMeans { old, new }))),
        Field::TimeZone => Some(ctx.say(Phrase::Asked(Asked::TimeZoneMeans(new)))),
        Field::MinPasswordLength => Some(ctx.say(Phrase::Asked(Asked::PasswordLengthMeans))),
        Field::DefaultPlan => Some(ctx.say(Phrase::Asked(Asked::DefaultPlanMeans))),
        _ => None,
    }
}
