//! Clients of the demo that may be the same: two pairs, each with a contract, to be looked at and merged.

use super::{Deal, Demo};
use crate::{domain::clients::ClientDraft, services::context::ServiceError, storage::Db};

/// A client that was entered twice.
struct Twin {
    name: &'static str,
    company: &'static str,
    email: Option<&'static str>,
    phone: &'static str,
    /// The place of the sales contact among the sales staff.
    owner: usize,
    deal: Deal,
}

/// The first two share a telephone number, which is spelled in two ways, and the others the name and the company.
const TWINS: [Twin; 4] = [
    Twin {
        name: "Camille Roussel",
        company: "Traiteur Roussel",
        email: Some("camille@traiteur-roussel.example"),
        phone: "+33 4 78 42 17 09",
        owner: 0,
        deal: Deal { total: 640_000, due: 0, signed: Some(130) },
    },
    Twin {
        name: "C. Roussel",
        company: "Roussel Réceptions",
        email: Some("contact@roussel-receptions.example"),
        phone: "04.78.42.17.09",
        owner: 1,
        deal: Deal { total: 280_000, due: 280_000, signed: None },
    },
    Twin {
        name: "Hélène Marchand",
        company: "Éditions du Quai",
        email: Some("helene.marchand@editions-du-quai.example"),
        phone: "+33 1 44 27 60 35",
        owner: 0,
        deal: Deal { total: 1_250_000, due: 625_000, signed: Some(40) },
    },
    Twin {
        name: "Helene MARCHAND",
        company: "EDITIONS DU QUAI",
        email: None,
        phone: "06 71 08 25 90",
        owner: 0,
        deal: Deal { total: 350_000, due: 350_000, signed: None },
    },
];

impl Demo {
    pub(super) fn twins(&self, db: &mut Db) -> Result<(), ServiceError> {
        for Twin { name, company, email, phone, owner, deal } in TWINS {
            let draft = ClientDraft {
                full_name: name.to_owned(),
                company_name: company.to_owned(),
                email: email.map(str::to_owned),
                phone: phone.to_owned(),
                last_contact_at: Some(self.wall.date()),
                ..ClientDraft::default()
            };
            self.deal(db, &draft, self.sales[owner], &deal)?;
        }
        Ok(())
    }
}
