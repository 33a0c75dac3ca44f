//! Writes printed documents as files.

use std::{
    io::{self, Write},
    path::Path,
};

use super::{
    context::{RequestContext, ServiceError},
    new_file::{NewFile, Written, unwritable},
    paper::{Document, Paper, Typeset},
    read,
};
use crate::{
    domain::{
        audit::{Changes, Verb},
        language::Language,
        text,
    },
    storage::{Db, audit::AuditEntry},
};

/// Writes the document to a file in the folder. Tells the name of the record.
pub(super) fn write(
    db: &mut Db,
    ctx: &RequestContext,
    (document, language, typeset): (Document, Language, Typeset),
    folder: &Path,
) -> Result<Written<String>, ServiceError> {
    let (name, content) = read::paper::content(db, ctx, document)?;
    let paper = Paper {
        company: ctx.settings.company_name.clone(),
        currency: ctx.settings.currency.clone(),
        made_by: ctx.actor().full_name.clone(),
        made_at: ctx.wall,
        content,
    };
    let (subject, id) = document.record();
    let what: &'static str = document.into();
    let (file, mut to) = NewFile::begin(folder, &format!("{what}-{id}"), ctx.wall, "html")?;
    let text = typeset(&paper, language);
    text.and_then(|text| put(&text, &mut to)).map_err(|error| unwritable(folder, &error))?;
    let entry = AuditEntry::new(Verb::Printed, subject, Some(id), name.clone(), Changes::default());
    Ok(Written { file, entry, told: name })
}

/// Writes the text without anything that a program reading it would act on, such as a sign that
/// reverses the direction of what follows.
fn put(text: &str, to: &mut impl Write) -> io::Result<()> {
    to.write_all(text::for_file(text).as_bytes())?;
    to.flush()
}
