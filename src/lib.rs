//! Epic Events: a full-screen terminal CRM for the staff of an event company.

pub mod domain;
pub mod schema;
pub mod services;
pub mod storage;
