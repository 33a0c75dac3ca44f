//! The domain layer: the records and their rules, the rights, money and dates. It does no input or
//! output.

pub mod address;
pub mod assigning;
pub mod audit;
pub mod check;
pub mod clients;
pub mod clocks;
pub mod connection_problem;
pub mod contract_lists;
pub mod contracts;
pub mod currencies;
pub mod dates;
pub mod day_order;
pub mod diagnosis;
pub mod entity;
pub mod error;
pub mod events;
pub mod field;
pub mod file_problem;
pub mod id;
pub mod import_words;
pub mod imports;
pub mod instalments;
pub mod known;
pub mod language;
pub mod lists;
pub mod method;
pub mod money;
pub mod page;
pub mod password;
pub mod payments;
pub mod phone;
pub mod plans;
pub mod policy;
pub mod record;
pub mod session;
pub mod settings;
pub mod status;
pub mod stretch;
pub mod terms;
pub mod text;
pub mod users;

pub use error::{Error, FieldErrors, Problem, Reason};
pub use field::Field;
pub use id::{ClientId, ContractId, EventId, ImportId, PaymentId, PlanId, UserId, ViewId};
pub use money::Cents;
