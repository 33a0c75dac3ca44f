//! Printed documents in words. How they look is in `templates/`: a file for each document, and
//! `paper.html` for what they have in common. The templates escape every value.

mod event_sheet;
mod receipt;
mod sheet;
mod statement;

use std::io;

use askama::Template;

use super::Context;
use crate::{
    domain::language::Language,
    services::{
        Request,
        paper::{Content, Document, Paper},
    },
};
use sheet::Sheet;

/// The request to print a document in the language of the screen.
pub fn request(document: Document, ctx: &Context) -> Request {
    Request::Print { document, language: ctx.language, typeset: html }
}

/// The document as one HTML file that loads nothing from elsewhere.
pub fn html(paper: &Paper, language: Language) -> io::Result<String> {
    let sheet = Sheet { paper, language };
    let html = match &paper.content {
        Content::EventSheet(data) => event_sheet::page(sheet, data).render(),
        Content::Statement(data) => statement::page(sheet, data).render(),
        Content::Receipt(data) => receipt::page(sheet, data).render(),
    };
    html.map_err(io::Error::other)
}
