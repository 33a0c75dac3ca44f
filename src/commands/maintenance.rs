//! Maintenance of the database: migrating, backing up, restoring, verifying the audit log.

use std::path::Path;

use epic_events::{
    app,
    services::{
        self, Migrated,
        admin::{self, Verified},
    },
    ui::text::{self, AdminPhrase, Phrase},
};

use super::{Run, Stop, exit};

impl Run<'_> {
    pub fn migrate(&self, dry_run: bool) -> Result<(), Stop> {
        let migrated = services::migrate(self.address(), dry_run).map_err(self.said())?;
        let Migrated { versions, guarded, unguarded, sees_guards } = migrated;
        match (versions.from == versions.to, dry_run) {
            (true, _) if guarded.is_empty() => self.say(AdminPhrase::UpToDate(&versions.to).into())?,
            (true, _) => {}
            (false, true) => self.say(AdminPhrase::WouldMigrate(&versions).into())?,
            (false, false) => self.say(AdminPhrase::Migrated(&versions).into())?,
        }
        if !guarded.is_empty() {
            let told = if dry_run { AdminPhrase::WouldGuard(&guarded) } else { AdminPhrase::Guarded(&guarded) };
            self.say(told.into())?;
        }
        if !sees_guards {
            self.say(AdminPhrase::GuardsNotSeen.into())?;
        }
        if unguarded.is_empty() { Ok(()) } else { self.say(AdminPhrase::Unguarded(&unguarded).into()) }
    }

    pub fn backup(&self, file: &Path) -> Result<(), Stop> {
        admin::backup(self.address(), file).map_err(self.said())?;
        self.say(Phrase::Admin(AdminPhrase::BackupDone(&file.display().to_string())))
    }

    pub fn restore(&self, file: &Path) -> Result<(), Stop> {
        let stamp = app::now().utc.format("%Y%m%d-%H%M%S").to_string();
        let kept = admin::restore(self.address(), file, &stamp).map_err(self.said())?;
        self.say(Phrase::Admin(AdminPhrase::RestoreDone(&file.display().to_string())))?;
        kept.map_or(Ok(()), |kept| self.say(Phrase::Admin(AdminPhrase::RestoreKept(&kept.display().to_string()))))
    }

    pub fn verify_audit(&self, head: Option<&str>) -> Result<(), Stop> {
        let language = self.config.preferences.language;
        let known = head.map(str::parse).transpose();
        let known = known.map_err(|()| Stop(exit::USAGE, text::say(language, Phrase::Admin(AdminPhrase::BadHead))))?;
        let Verified { head, fault } = admin::verify_audit(self.address(), known.as_ref()).map_err(self.said())?;
        match fault {
            None => self.say(Phrase::Admin(AdminPhrase::AuditWhole { rows: head.seq, head: &head.to_string() })),
            Some(fault) => Err(Stop(exit::ERROR, text::say(language, Phrase::Admin(AdminPhrase::AuditFault(&fault))))),
        }
    }
}
