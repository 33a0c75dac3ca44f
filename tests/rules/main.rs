//! The rules for the company's data, tested through the services on every engine.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "../support/mod.rs"]
pub mod support;

mod access;
mod company;
mod contacts;
mod demo;
mod due;
mod exports;
mod home;
mod imports;
mod instalments;
mod known;
mod lists;
mod merge;
mod money;
mod names;
mod payment_guards;
mod payment_lists;
mod payments;
mod pickers;
mod plans;
mod printing;
mod records;
mod search;
mod signatures;
mod spans;
mod staff;
mod undo;
mod views;
mod visibility;

use std::thread;

use chrono::TimeDelta;
use epic_events::{
    domain::{
        Cents, ClientId, ContractId, Error, EventId, Field, Problem, Reason,
        assigning::{Assignment, Availability},
        audit::{AuditFilter, AuditRow, AuditSort},
        clients::{ClientDraft, ClientFilter, ClientRow, ClientSort, ClientView},
        contracts::{ContractFilter, ContractRow, ContractSort},
        entity::{EntityKind, Query, Record},
        error::{ConnectionProblem, SignInProblem, SignedOutBecause},
        events::{EventDraft, EventFilter, EventRow, EventSort, EventView, Status},
        language::Language,
        page::{Count, Cursor, Edge, Listing, Sorted},
        session::Moment,
        settings::{Reauth, Settings},
        users::{Role, UserDraft},
    },
    services::{HandOver, HomeLine, ReadRequest, Reply, Request, Services, SessionRequest, WriteRequest},
    storage::{self, Target},
};
use rstest::rstest;
use secrecy::SecretString;
use strum::IntoEnumIterator;
use support::{
    Engine, TestDb,
    world::{
        PASSWORD, World, client_draft, contract_draft, event_draft, heirs, new_contract, set_up, start, user_draft,
    },
};

fn denied(answer: Result<Reply, Error>) -> Reason {
    match answer {
        Err(Error::Denied(reason)) => reason,
        other => panic!("{other:?}"),
    }
}

fn invalid(answer: Result<Reply, Error>, field: Field) -> Problem {
    match answer {
        Err(Error::Invalid(errors)) => errors.of(field).unwrap_or_else(|| panic!("{errors:?}")),
        other => panic!("{other:?}"),
    }
}

fn listing<F, S>(filter: F, sort: S, limit: u16) -> Listing<F, S> {
    Listing { filter, sort, descending: false, edge: Edge::Start, limit }
}
