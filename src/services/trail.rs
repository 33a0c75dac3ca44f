//! The one place from which an audit row also gets into the log files.

use std::sync::Arc;

use chrono::NaiveDateTime;

use crate::{
    domain::audit::{Subject, Verb},
    storage::{
        self, Db, DbError,
        audit::{AuditEntry, Author, By},
    },
};

/// The audit rows of one transaction. Each gets a line in the log once the transaction is committed;
/// `telemetry` sends some of these lines to Sentry.
#[derive(Debug, Default)]
#[must_use = "what was committed has to be logged"]
pub(super) struct Trail(Vec<Line>);

impl Trail {
    /// As [`storage::audit::add`].
    pub fn add(
        &mut self,
        db: &mut Db,
        author: &Author,
        entries: &[AuditEntry],
        now: NaiveDateTime,
    ) -> Result<(), DbError> {
        storage::audit::add(db, author, entries, now)?;
        let origin = Arc::new(Origin::of(author));
        self.0.extend(entries.iter().map(|entry| Line::new(&origin, entry)));
        Ok(())
    }

    /// Logs the rows, after they were committed.
    pub fn log(self) {
        for line in self.0 {
            line.log();
        }
    }
}

/// What the log says of a row. It names nobody.
#[derive(Debug)]
struct Line {
    of: Arc<Origin>,
    verb: Verb,
    subject: Subject,
    id: Option<i64>,
    /// Of a refusal: what was refused, and why.
    what: Box<str>,
}

/// Where rows are from. An import has very many of them from one author.
#[derive(Debug)]
struct Origin {
    session: String,
    actor_id: Option<i64>,
    actor_role: &'static str,
}

impl Origin {
    fn of(author: &Author) -> Self {
        let (actor_id, actor_role) = match &author.by {
            By::User(actor) => (Some(actor.id.0), actor.role.into()),
            By::Command { command, .. } => (None, *command),
            By::Unknown => (None, ""),
        };
        Self { session: author.session.to_owned(), actor_id, actor_role }
    }
}

impl Line {
    fn new(origin: &Arc<Origin>, entry: &AuditEntry) -> Self {
        let what = if entry.verb == Verb::Refused { entry.name.as_str().into() } else { Box::default() };
        Self { of: Arc::clone(origin), verb: entry.verb, subject: entry.subject, id: entry.id, what }
    }

    fn log(self) {
        let Self { of, verb, subject, id, what } = self;
        let Origin { session, actor_id, actor_role } = &*of;
        let (actor_id, actor_role) = (*actor_id, *actor_role);
        match verb {
            Verb::SignInRefused => tracing::warn!(
                target: "epic_events::business",
                session,
                event = "sign_in_refused",
                actor_id,
                known = actor_id.is_some(),
            ),
            Verb::Refused => tracing::warn!(
                target: "epic_events::business",
                session,
                event = "action_refused",
                actor_id,
                what,
            ),
            Verb::PasswordReset if actor_id.is_none() => tracing::warn!(
                target: "epic_events::business",
                session,
                event = "user_updated",
                actor_role,
                record_id = id,
            ),
            _ => tracing::info!(
                target: "epic_events::business",
                session,
                event = verb.as_event(),
                verb = %verb,
                actor_id,
                actor_role,
                record_type = %subject,
                record_id = id,
            ),
        }
    }
}
