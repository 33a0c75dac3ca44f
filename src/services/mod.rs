//! What the program can do. Every action is a [`Request`]; [`execute`] is the only
//! way to the data, and nothing else writes.

pub mod request;

pub use request::{
    Assigned, ClientDetail, ContractDetail, DETAIL_ROWS, EventDetail, Found, HandOver, Home, HomeLine, Reply, Request,
    SetUp, UserDetail,
};
