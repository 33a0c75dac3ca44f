//! What is wrong with the values of a request, by themselves. The screens ask before they send it, so
//! that a person is not asked to confirm what would be refused; the services check again, with the
//! same rules of the domain.

use chrono::NaiveDateTime;
use secrecy::{ExposeSecret, SecretString};

use super::WriteRequest;
use crate::domain::{
    Cents, Field, FieldErrors, check,
    contracts::check_paid_before,
    events::EventDraft,
    password::{self, PasswordRules},
    payments::check_reason,
    settings::Settings,
};

/// What the values of a request are checked against.
#[derive(Debug, Clone, Copy)]
pub struct CheckedAgainst<'a> {
    pub settings: &'a Settings,
    /// The company's wall clock.
    pub wall: NaiveDateTime,
    /// The account whose password is set; empty if it is not known.
    pub username: &'a str,
    /// The same request with the values that the record had.
    pub before: Option<&'a WriteRequest>,
}

impl CheckedAgainst<'_> {
    fn password(self, password: &SecretString) -> FieldErrors {
        let Settings { min_password_length, company_name: company, .. } = self.settings;
        let rules = PasswordRules { min_length: (*min_password_length).into(), username: self.username, company };
        let mut errors = FieldErrors::default();
        errors.take(Field::Password, password::check(password.expose_secret(), &rules));
        errors
    }

    fn event(self, draft: &EventDraft) -> FieldErrors {
        let before = match self.before {
            Some(WriteRequest::UpdateEvent { draft, .. }) => Some(draft),
            _ => None,
        };
        wrong(draft.checked(self.wall, self.settings.time_zone, before))
    }
}

impl WriteRequest {
    /// What is wrong with the values of the request. What only the database knows is not found here,
    /// such as whether an address is taken.
    pub fn problems(&self, against: CheckedAgainst) -> FieldErrors {
        match self {
            Self::CreateUser { draft, password } => {
                let mut errors = wrong(draft.checked());
                errors.0.extend(against.password(password).0);
                errors
            }
            Self::UpdateUser { draft, .. } => wrong(draft.checked()),
            Self::ResetPassword { password, .. } | Self::ChangeOwnPassword { new: password, .. } => {
                against.password(password)
            }
            Self::CreateClient { draft, .. } | Self::UpdateClient { draft, .. } => {
                wrong(draft.checked(against.wall.date()))
            }
            Self::MergeClients(merge) => wrong(merge.draft.checked(against.wall.date())),
            Self::CreateContract { draft, paid_before, .. } => {
                let mut errors = wrong(draft.checked(Cents(0)));
                errors.take(Field::PaidBefore, check_paid_before(*paid_before, draft.total_cents));
                errors
            }
            Self::UpdateContract { draft, difference, .. } => {
                let mut errors = wrong(draft.checked(Cents(0)));
                if let (Some(takes), Some(Self::UpdateContract { draft: before, .. })) = (difference, against.before)
                    && draft.total_cents != before.total_cents
                {
                    let more = Cents(draft.total_cents.0.saturating_sub(before.total_cents.0));
                    errors.take(Field::Difference, takes.with(more));
                }
                errors
            }
            Self::CreateEvent { draft, .. } | Self::UpdateEvent { draft, .. } => against.event(draft),
            Self::SignContract { day, .. } => {
                let mut errors = FieldErrors::default();
                errors.take(Field::SignedAt, check::day_until(*day, against.wall.date()));
                errors
            }
            Self::RecordPayment { draft, .. } => wrong(draft.checked(against.wall.date())),
            Self::UpdatePayment { words, .. } => wrong(words.checked()),
            Self::CancelPayment { reason, .. } => {
                let mut errors = FieldErrors::default();
                errors.take(Field::CancelReason, check_reason(reason));
                errors
            }
            Self::CreatePlan(draft) | Self::UpdatePlan { draft, .. } => wrong(draft.checked()),
            Self::UpdateSettings(settings) => wrong(settings.checked(Some(against.settings))),
            Self::SaveView(draft) | Self::ReplaceView { draft, .. } => wrong(draft.checked()),
            Self::DeactivateUser { .. }
            | Self::ReactivateUser { .. }
            | Self::HandOverClients(_)
            | Self::ArchiveClient { .. }
            | Self::RestoreClient { .. }
            | Self::UndoMerge(_)
            | Self::ArchiveContract { .. }
            | Self::RestoreContract { .. }
            // The sum depends on the contract's total.
            | Self::SetInstalments { .. }
            | Self::RemovePlan { .. }
            | Self::SetStatus { .. }
            | Self::AssignSupport(_)
            | Self::ArchiveEvent { .. }
            | Self::RestoreEvent { .. }
            | Self::ArchiveAll(_)
            | Self::RestoreAll(_)
            | Self::RemoveView { .. }
            | Self::SaveColumns { .. } => FieldErrors::default(),
        }
    }
}

fn wrong<T>(checked: Result<T, FieldErrors>) -> FieldErrors {
    checked.err().unwrap_or_default()
}
