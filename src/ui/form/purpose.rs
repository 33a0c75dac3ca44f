//! What a form is for.

use super::field::FormField;
use crate::domain::{
    ClientId, ContractId, PaymentId, UserId,
    clients::Below,
    entity::{EntityKind, Query},
};

/// What a form is for.
#[derive(Debug, Clone)]
pub enum Purpose {
    /// Creating a record of this kind.
    Create(EntityKind),
    /// Editing the record of this kind with this id.
    Edit(EntityKind, i64),
    /// Signing a contract: on which day.
    Sign(ContractId),
    /// Cancelling a payment: why.
    CancelPayment(PaymentId),
    /// What stays of two clients that are merged.
    Merge(Box<Merging>),
    /// Setting a temporary password for another user.
    ResetPassword(UserId),
    /// Changing one's own password; `forced` while it is a temporary one.
    OwnPassword {
        forced: bool,
    },
    /// The settings of the company.
    Settings,
    /// Language and looks, on this machine.
    Preferences,
    /// The structured filters of a list.
    Refine(Query),
    /// A page of the set-up wizard.
    SetUp,
    SignIn,
}

/// Two clients that are merged.
#[derive(Debug, Clone)]
pub struct Merging {
    pub kept: ClientId,
    pub kept_name: String,
    /// The other one, in the version that was seen.
    pub other: (ClientId, i32),
    pub other_name: String,
    /// What is below the other one.
    pub moves: Below,
}

impl Purpose {
    /// Whether nothing is lost when the form is left without saving.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::SetUp | Self::SignIn)
    }

    /// Whether Enter in the first field saves the form: what is proposed in the others is mostly right.
    pub fn saves_from_the_first(&self) -> bool {
        matches!(self, Self::Create(EntityKind::Payment))
    }

    /// Whether the form sets a temporary password, which is read to the person.
    pub fn sets_temporary_password(&self) -> bool {
        matches!(self, Self::Create(EntityKind::User) | Self::ResetPassword(_))
    }

    /// What the form is for if it stays open after its record was saved under this id. `None` if it
    /// never stays open.
    pub fn once_saved(&self, id: i64) -> Option<Self> {
        match self {
            Self::Create(kind) => Some(Self::Edit(*kind, id)),
            Self::Edit(..) | Self::Settings => Some(self.clone()),
            // These forms contain passwords, which are set only once, or save no record; and a contract is
            // signed, a payment cancelled only once.
            Self::ResetPassword(_)
            | Self::Sign(_)
            | Self::CancelPayment(_)
            | Self::Merge(_)
            | Self::OwnPassword { .. }
            | Self::Preferences
            | Self::Refine(_)
            | Self::SetUp
            | Self::SignIn => None,
        }
    }
}

/// A form before anything was typed.
#[derive(Debug, Clone)]
pub struct FormSpec {
    pub purpose: Purpose,
    /// The version of the edited record; 0 if there is none.
    pub version: i32,
    pub fields: Vec<FormField>,
}
