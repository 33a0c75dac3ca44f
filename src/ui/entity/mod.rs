//! What each kind of record shows and offers. Everything about one entity is in its file:
//! [`clients`], [`contracts`], [`events`], [`payments`], [`users`], [`audit`], each of which implements
//! [`Entity`]. The screens call the functions that are exported here, for records of any kind.
//!
//! A new entity is one file here and one line in [`dispatch`].

/// Evaluates the same expression for the entity of each kind, which the expression names `$E`. It
/// matches on an [`EntityKind`], or on a [`Query`] or a [`Record`] together with their content.
///
/// [`EntityKind`]: crate::domain::entity::EntityKind
/// [`Query`]: crate::domain::entity::Query
/// [`Record`]: crate::domain::entity::Record
macro_rules! dispatch {
    ($type:ident $value:expr, $E:ident $(, $content:ident)? => $body:expr) => {
        dispatch!(@ $type $value, $E $(, $content)? => $body;
            Client: clients::Clients,
            Contract: contracts::Contracts,
            Event: events::Events,
            Payment: payments::Payments,
            User: users::Users,
            Audit: audit::Audit,
        )
    };
    (@ $type:ident $value:expr, $E:ident => $body:expr; $($variant:ident: $file:ident::$entity:ident,)*) => {
        match $value {
            $($type::$variant => {
                type $E = $crate::ui::entity::$file::$entity;
                $body
            })*
        }
    };
    (@ $type:ident $value:expr, $E:ident, $content:ident => $body:expr; $($variant:ident: $file:ident::$entity:ident,)*) => {
        match $value {
            $($type::$variant($content) => {
                type $E = $crate::ui::entity::$file::$entity;
                $body
            })*
        }
    };
}

pub mod audit;
pub mod clients;
mod commands;
pub mod contracts;
mod definition;
mod events;
mod forms;
pub mod merging;
mod part;
pub mod payments;
mod queries;
mod records;
pub mod users;

pub use commands::{begin, commands, is_for_several, is_markable, permission};
pub use definition::{
    Begins, Begun, DetailPart, Entity, EntityForm, PartContent, RecordDetail, Seen, ThenOption, ThenUsers, money,
};
pub use forms::{
    edit_form, edit_title, filter_names, filters, is_refinable, new_form, new_title, refine_form, refined, set_once,
    suggestions, write_edit, write_new,
};
pub use records::{
    cells, child, choice, columns, detail, facts, found_name, has_calendar, has_sums, heading, named, picked_name,
    read, sums_in_words, sums_of, titles, too_many_to_sum,
};
