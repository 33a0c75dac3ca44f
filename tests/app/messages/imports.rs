//! What is said after an import.

use super::*;

/// What imports say: of each kind of record, with one and with several rows, and when they are taken back.
pub(super) fn imports(told: &mut Told) {
    let anything = Request::Import(ImportRequest::List);
    let mut say = |name: &str, reply: &Reply| {
        let sentences = told.sentences(&anything, reply);
        told.said.push((name.to_owned(), sentences));
    };
    let import = |kind, created, changed, refused| Import {
        id: ImportId::new(1),
        version: 1,
        file_name: "clients.csv".to_owned(),
        kind,
        created_by: UserId::new(1),
        operation: String::new(),
        counts: Counts { created, changed, unchanged: 3, refused, suspected: 0 },
        reverted_at: None,
        created_at: support::world::start(),
        updated_at: support::world::start(),
    };
    for kind in IMPORTED {
        for (created, changed, refused) in [(1, 0, 0), (12, 0, 1), (0, 1, 0), (0, 2, 2), (1_200, 3, 0), (1, 1, 5)] {
            say("Import", &Reply::Imported(import(kind, created, changed, refused)));
        }
    }
    for kind in [EntityKind::Client, EntityKind::Payment, EntityKind::User] {
        for (removed, restored, kept) in [(0, 0, 2), (1, 1, 0), (0, 1, 1), (1, 2, 1), (1_200, 2_400, 3)] {
            let kept = vec![Kept { name: "Anna Almeida".to_owned(), by: String::new() }; kept];
            say("Revert", &Reply::Reverted { import: import(kind, 1, 0, 0), removed, restored, kept });
        }
    }
    for rows in [1, 1_200] {
        say("SaveRefused", &Reply::RefusedSaved { rows, path: "/home/marta/refused.csv".into() });
    }
}
