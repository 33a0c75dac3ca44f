//! Examines a database, for an administrator who looks for a fault. Changes nothing.

use super::setup::look_at;
use crate::{
    domain::{
        Error,
        diagnosis::{Check, Finding, Found, Verdict},
    },
    storage::{DbError, Target, diagnosis},
};

/// The state of a database.
#[derive(Debug, Clone, Default)]
pub struct Examination {
    pub findings: Vec<Finding>,
    /// What has ended the examination early.
    pub problem: Option<Error>,
}

impl Examination {
    /// Whether the database contains a company.
    pub fn is_set_up(&self) -> bool {
        self.findings.iter().any(|finding| finding.check == Check::Company && finding.found == Found::Yes)
    }
}

/// Connects to a database and examines it. The whole file of an embedded database is read.
pub fn examine(address: &str) -> Examination {
    let examined = Target::parse(address).and_then(|target| {
        let examined = look_at(&target, |db| {
            let mut findings = vec![Finding::new(Check::Connection, Found::Yes, Verdict::Fine)];
            let ended: Result<(), DbError> = diagnosis::examine(db, &target, &mut findings);
            Ok((findings, ended))
        });
        examined.map(|examined| examined.unwrap_or_else(|failure| (Vec::new(), Err(failure))))
    });
    match examined {
        Ok((findings, ended)) => Examination { findings, problem: ended.err().map(Error::from) },
        Err(problem) => {
            let mend = diagnosis::mend(&problem, address);
            let unopened = Finding::new(Check::Connection, Found::Problem(problem), Verdict::Fault).mended_by(mend);
            Examination { findings: vec![unopened], problem: None }
        }
    }
}
