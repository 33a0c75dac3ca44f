//! The ground: what the company's words mean, without any input or output.

pub mod address;
pub mod audit;
pub mod check;
pub mod client;
pub mod clocks;
pub mod contract;
pub mod dates;
pub mod error;
pub mod event;
pub mod field;
pub mod filter;
pub mod id;
pub mod language;
pub mod money;
pub mod page;
pub mod password;
pub mod policy;
pub mod session;
pub mod settings;
pub mod text;
pub mod user;

pub use error::{Error, FieldErrors, Problem, Reason};
pub use field::Field;
pub use id::{ClientId, ContractId, EventId, UserId};
pub use money::Cents;
