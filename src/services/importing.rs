//! How requests about imports are carried out.

use std::path::Path;

use super::{
    ImportRequest, Reply, Request, Services,
    context::{Needs, RequestContext},
    import,
};
use crate::{
    domain::{
        Error,
        entity::EntityKind,
        session::{Moment, Session, random_id},
    },
    storage::Db,
};

impl Services {
    /// Answers a request about imports.
    pub(super) fn import(
        &mut self,
        session: &Session,
        request: &Request,
        asked: &ImportRequest,
        now: Moment,
    ) -> Result<Reply, Error> {
        let needs = Needs::of_file(request);
        let operation = random_id();
        let reading = |services: &mut Self| {
            RequestContext::for_reading(services.database.db()?, session, needs, now)
                .map(RequestContext::planning_import)
        };
        match asked {
            ImportRequest::Complete(typed) => {
                reading(self)?;
                let (text, names) = import::complete(typed);
                Ok(Reply::Completed { typed: typed.clone(), text, names })
            }
            ImportRequest::Open(path) => {
                reading(self)?;
                Ok(Reply::Opened(import::open(path)?))
            }
            ImportRequest::Preview(file) => {
                let ctx = reading(self)?;
                Ok(Reply::ImportPreview(Box::new(import::preview(self.database.db()?, &ctx, file)?)))
            }
            ImportRequest::List => {
                reading(self)?;
                Ok(Reply::Imports(import::list(self.database.db()?)?))
            }
            ImportRequest::SaveRefused(refused) => {
                let write =
                    |_: &mut Db, ctx: &RequestContext, folder: &Path| import::write_refused(ctx, refused, folder);
                let (path, rows) = self.write_file(session, needs, write, &operation, now)?;
                Ok(Reply::RefusedSaved { rows, path })
            }
            ImportRequest::Write(file, expected) => {
                let settings = &reading(self)?.settings;
                let password = import::unknown_password(settings.min_password_length, &settings.company_name);
                // Hashing takes long, and only new accounts have a password.
                let may_hire = file.kind.is_none_or(|kind| kind == EntityKind::User);
                let hash = if may_hire { self.hasher.hash(&password) } else { None };
                let import = self.database.write(&operation, |db, trail| {
                    let ctx = RequestContext::for_writing(db, session, needs, now)?.planning_import();
                    ctx.confirmed(true)?;
                    let hashed = (&password, hash.as_deref());
                    let author = ctx.author(&self.host, &operation);
                    import::write(db, &ctx, (file, *expected), hashed, &operation, |db, entries| {
                        trail.add(db, &author, entries, ctx.now)
                    })
                })?;
                Ok(Reply::Imported(import))
            }
            ImportRequest::Revert { import, progress } => {
                let done = self.database.write(&operation, |db, trail| {
                    let ctx = RequestContext::for_writing(db, session, needs, now)?.planning_import();
                    ctx.confirmed(true)?;
                    let done = import::revert(db, &ctx, (import.id, import.version), progress)?;
                    trail.add(db, &ctx.author(&self.host, &operation), &done.entries, ctx.now)?;
                    Ok(done)
                })?;
                let import::Reverted { import, restored, removed, kept, entries: _ } = done;
                Ok(Reply::Reverted { import, restored, removed, kept })
            }
        }
    }
}
