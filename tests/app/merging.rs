//! Merging clients by keys, as people who have never done it: which of the two is which, what the keys do, and the way
//! back.

use epic_events::domain::{ClientId, clients::ClientDraft};

use super::desk::*;

/// Two clients of one name: the first has an address, the other one a contract.
fn namesakes(desk: &mut Desk) -> (ClientId, ClientId) {
    let email = Some("kevin@startup.io".to_owned());
    let drafts = [ClientDraft { email, ..client_draft("Kevin Casey") }, client_draft("Kevin Casey")];
    let owners = [desk.world.sales.actor.id, desk.world.other_sales.actor.id];
    let [one, other] = [0, 1].map(|at| {
        let create = WriteRequest::CreateClient { draft: drafts[at].clone(), sales_contact: Some(owners[at]) };
        ClientId::new(desk.world.save(&Request::Write(create)).0)
    });
    (one, other)
}

/// Opens the view of possible duplicates.
fn duplicates(desk: &mut Desk, language: Language) -> &mut Desk {
    let (list, view) = match language {
        Language::En => ("clients", "duplicates"),
        Language::Fr => ("clients", "doublons"),
    };
    desk.go(list).press(KeyCode::Char('v')).write(view).press(KeyCode::Enter)
}

#[test]
fn two_clients_of_one_name_are_told_apart_from_the_marks_to_the_answer() {
    for (language, [none, one, merge], [with, without], [theirs, own], ask, done) in [
        (
            Language::En,
            ["Space marks two, then M merges", "Mark the other one, then M merges", "M merge  "],
            ["Kevin Casey (kevin@startup.io): 0 contracts", "Kevin Casey (no e-mail): 0 contracts"],
            ["The other one: Person other.sales", "The one that stays: Person sales"],
            ["Merge Kevin Casey (no e-mail)", "(kevin@startup.io)?", "is archived; whoever"],
            "The two clients Kevin Casey are one now.",
        ),
        (
            Language::Fr,
            ["Espace en marque deux, puis M", "Marquez aussi l'autre, M les", "M fusionner  "],
            ["Kevin Casey (kevin@startup.io) : 0 contrat", "Kevin Casey (sans e-mail) : 0 contrat"],
            ["L'autre fiche : Person other.sales", "La fiche gardée : Person sales"],
            ["Fusionner Kevin Casey (sans e-mail)", "(kevin@startup.io) ?", "est archivée"],
            "Les deux fiches Kevin Casey n'en font plus qu'une.",
        ),
    ] {
        for (width, height) in [(60, 24), (80, 24), (120, 30)] {
            let mut desk = Desk::of("manager", language);
            namesakes(&mut desk);
            desk.resize(width, height);
            duplicates(&mut desk, language).see(none).not(merge).press(KeyCode::Char(' ')).see(one);
            desk.press(KeyCode::Char(' ')).see(merge).press(KeyCode::Char('M')).see(with).see(without);
            desk.press(KeyCode::Enter).see(theirs);
            to(&mut desk, if language == Language::En { "Sales contact" } else { "Commercial" });
            // The line says whose value can be taken, whatever stands in the field.
            desk.ctrl('t').see(own).not(theirs).ctrl('t').see(theirs).not(own);
            desk.press(KeyCode::Right).see(own).press(KeyCode::Right).see(theirs);
            // Whoever looks only has not to mark both again.
            desk.press(KeyCode::Esc).see(merge).press(KeyCode::Char('M')).press(KeyCode::Enter).ctrl('s');
            for part in ask {
                desk.see(part);
            }
            desk.press(KeyCode::Char(if language == Language::En { 'y' } else { 'o' })).see(done).not(merge);
        }
    }
}

#[test]
fn the_help_of_the_form_speaks_of_the_two_clients() {
    let mut desk = Desk::of("manager", Language::En);
    namesakes(&mut desk);
    duplicates(&mut desk, Language::En).press(KeyCode::Char(' ')).press(KeyCode::Char(' '));
    desk.press(KeyCode::Char('M')).press(KeyCode::Enter);
    to(&mut desk, "Sales contact").press(KeyCode::F(1));
    desk.see("Take the value of the other client").see("Merge the two").not("other person").not("what was typed");
}

#[test]
fn what_only_the_other_one_has_is_said_to_be_from_it() {
    let mut desk = Desk::of("manager", Language::En);
    let (one, other) = namesakes(&mut desk);
    desk.world.signed_contract(other);
    duplicates(&mut desk, Language::En).press(KeyCode::Char(' ')).press(KeyCode::Char(' '));
    desk.press(KeyCode::Char('M')).press(KeyCode::Enter).see("kevin@startup.io").see("From the other one.");
    assert!(one.0 < other.0);
}

/// Whoever may not merge is told who may, and not how.
#[test]
fn whoever_may_not_merge_is_told_who_may() {
    let mut desk = Desk::of("sales", Language::En);
    let owner = desk.world.sales.actor.id;
    for _ in 0..2 {
        desk.world.client_of(owner, "Kevin Casey");
    }
    duplicates(&mut desk, Language::En)
        .see("Kevin Casey")
        .see("Only management merges clients")
        .not("marks two")
        .press(KeyCode::Char('?'))
        .not("erge two");
}

#[test]
fn possible_duplicates_say_what_they_share() {
    for (language, title, name, number) in
        [(Language::En, "Same", "name", "phone"), (Language::Fr, "Même", "nom", "tél.")]
    {
        let mut desk = Desk::of("manager", language);
        namesakes(&mut desk);
        let owner = desk.world.sales.actor.id;
        for name in ["Anna Almeida", "A. Almeida"] {
            let draft = ClientDraft { phone: "06 12 34 56 78".to_owned(), ..client_draft(name) };
            desk.world.save(&Request::Write(WriteRequest::CreateClient { draft, sales_contact: Some(owner) }));
        }
        for width in [60, 80, 120] {
            desk.resize(width, 24);
            duplicates(&mut desk, language).see(title);
            let screen = desk.screen();
            let said = screen.lines().filter(|line| ["Almeida", "Kevin"].iter().any(|name| line.contains(name)));
            let said = said.filter_map(|line| [number, name].into_iter().find(|words| line.contains(words)));
            let said: Vec<&str> = said.collect();
            // The numbers are there to be compared, as far as there is room.
            assert_eq!(screen.contains("06 12 34 56 78"), width >= 80, "{screen}");
            // Those that belong together stand together.
            assert!(said.starts_with(&[number, number, name, name]), "{screen}");
        }
        desk.go("clients").press(KeyCode::Char('v')).press(KeyCode::Home).press(KeyCode::Enter).not(title);
    }
}

#[test]
fn a_merge_is_undone_later_in_the_details_of_the_archived_client() {
    for (language, clients, archived, undo, ask, done, changed) in [
        (
            Language::En,
            "clients",
            "archived",
            "M undo the merge",
            "Undo this merge?",
            "is two clients again; 1 contract was moved back.",
            "The merge cannot be undone: Kevin Casey was changed since.",
        ),
        (
            Language::Fr,
            "clients",
            "archivés",
            "M défaire la fusion",
            "Défaire cette fusion ?",
            "a de nouveau deux fiches ; 1 contrat est revenu.",
            "La fusion ne peut pas être défaite : la fiche Kevin Casey a été modifiée depuis.",
        ),
    ] {
        let mut desk = Desk::of("manager", language);
        let (kept, other) = namesakes(&mut desk);
        desk.world.signed_contract(other);
        let stored =
            |desk: &Desk, id| epic_events::storage::clients::find(&mut desk.world.connection(), id).unwrap().unwrap();
        let merge = |desk: &Desk| {
            let [kept, other] = [kept, other].map(|id| stored(desk, id));
            WriteRequest::MergeClients(Box::new(epic_events::services::Merge {
                kept: (kept.id, kept.version),
                other: (other.id, other.version),
                sales_contact: kept.sales_contact_id,
                draft: ClientDraft::from(&kept),
            }))
        };
        desk.world.manage(&Request::Write(merge(&desk)));
        let open = |desk: &mut Desk| {
            desk.go(clients).press(KeyCode::Char('v')).write(archived).press(KeyCode::Enter);
            desk.see("Kevin Casey").press(KeyCode::Enter).see(undo).see("+678 123 456 78    Person sales");
        };
        open(&mut desk);
        desk.press(KeyCode::Char('M')).see(ask).press(KeyCode::Esc).press(KeyCode::Char('M')).see(ask);
        desk.press(KeyCode::Char(if language == Language::En { 'y' } else { 'o' })).see(done).not(undo);
        assert_eq!(stored(&desk, other).merged_into_id, None);
        // After a change it says what has changed.
        desk.world.manage(&Request::Write(merge(&desk)));
        let version = stored(&desk, kept).version;
        let draft = ClientDraft { notes: "Changed".to_owned(), ..ClientDraft::from(&stored(&desk, kept)) };
        desk.world.manage(&Request::Write(WriteRequest::UpdateClient { id: kept, version, draft }));
        open(&mut desk);
        desk.resize(140, 24).press(KeyCode::Char('M')).see(changed).not(ask);
    }
}

#[test]
fn the_audit_log_finds_a_merge_by_its_words_and_says_with_whom() {
    for (language, log, words, verb, with) in [
        (Language::En, "audit log", "merged", "client merged", "Kevin Casey (Cool Startup LLC), 1 contract moved"),
        (Language::En, "audit log", "client merged", "client merged", "1 contract moved"),
        (Language::Fr, "journal", "fusion", "client fusionné", "1 contrat déplacé"),
        (Language::Fr, "journal", "client fusionné", "client fusionné", "1 contrat déplacé"),
    ] {
        let mut desk = Desk::of("manager", language);
        let (kept, other) = namesakes(&mut desk);
        desk.world.signed_contract(other);
        let (sales_contact, draft) = (desk.world.sales.actor.id, client_draft("Kevin Casey"));
        let versions = ((kept, 1), (other, 1));
        let merge = epic_events::services::Merge { kept: versions.0, other: versions.1, draft, sales_contact };
        desk.world.manage(&Request::Write(WriteRequest::MergeClients(Box::new(merge))));
        desk.resize(120, 30).go(log).press(KeyCode::Char('/')).write(words).press(KeyCode::Enter).see(verb);
        desk.press(KeyCode::End).press(KeyCode::Enter).see(with);
    }
}
