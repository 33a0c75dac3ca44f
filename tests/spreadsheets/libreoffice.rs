//! Files that `LibreOffice` saved are read as people see them in it. `libreoffice.py` makes them. They belong to the
//! long run (`tests/torture`), since few machines have `LibreOffice`.

use std::{path::Path, process::Command};

use epic_events::domain::file_problem::FileProblem;
use tempfile::TempDir;

use crate::{read, shown};

/// A folder with the files.
fn made() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/spreadsheets/libreoffice.py");
    let made = Command::new("/usr/bin/python3").arg(script).arg(folder.path()).output();
    let made = made.expect("python3: tests/run installs it");
    let said = [made.stdout, made.stderr].map(|said| String::from_utf8_lossy(&said).into_owned());
    assert!(made.status.success(), "{}\nIs libreoffice-calc installed?", said.concat());
    folder
}

/// The files with one content, each behind its format, and what is read of them. Workbooks contain values, text files
/// what a person sees.
const TABLES: &[(&[&str], &str)] = &[
    (
        &["Ods clients.ods", "Xlsx clients.xlsx"],
        "Clients 2023 3 -1\nNom complet|Société|Courriel|Téléphone|Code postal|Premier contact|Actif|Notes\n\
         4: Kevin Casey|Cool Startup LLC|kevin@startup.io|+678 123 456 78|01000|2021-04-18|true|Bon client ;\n\"à suivre\", dit-il\n\
         6: Aliénor Vichum|L’Été & Fils||0612345678|41120|2023-12-31|false|  deux  blancs\n\
         7: Jean Œuf||jean@example.com|612345678||||10 €",
    ),
    (
        &["Ods again/clients.ods"],
        "Clients 2023 3 -1\nNom complet|Société|Courriel|Téléphone|Code postal|Premier contact|Actif|Notes\n\
         4: Kevin Casey|Cool Startup LLC|kevin@startup.io|+678 123 456 78|01000|2021-04-18|1|Bon client ;\n\"à suivre\", dit-il\n\
         6: Aliénor Vichum|L’Été & Fils||0612345678|41120|2023-12-31|0|  deux  blancs\n\
         7: Jean Œuf||jean@example.com|612345678||||10 €",
    ),
    (
        &["Windows1252 Semicolon windows/clients.csv", "Utf8 Comma commas/clients.csv", "Utf16Le Tab tabs/clients.csv"],
        "- 3 -1\nNom complet|Société|Courriel|Téléphone|Code postal|Premier contact|Actif|Notes\n\
         4: Kevin Casey|Cool Startup LLC|kevin@startup.io|+678 123 456 78|01000|18 avril 2021|VRAI|Bon client ;\n\"à suivre\", dit-il\n\
         6: Aliénor Vichum|L’Été & Fils||06 12 34 56 78|41120|31/12/2023|FAUX|  deux  blancs\n\
         7: Jean Œuf||jean@example.com|612345678||||10 €",
    ),
    (
        &["Ods contracts.ods", "Xlsx contracts.xlsx"],
        "Contrats 1 -2\nN° contrat|Client|Montant total|Payé|Restant dû|Part|Calculé\n\
         2: 1|A|12000.5|0.1|12000.4|30%|N° 1\n\
         3: 2|B|14400|4800.33333333333|2057.14|12.5%|#DIV/0!\n\
         4: 3|C|-1500.25|0|1000000000000000|1|#N/A\n\
         5: 4|D|1234567.89|12.3450|1.5|0.0050|true",
    ),
    (
        &[
            "Windows1252 Semicolon windows/contracts.csv",
            "Utf8 Comma commas/contracts.csv",
            "Utf16Le Tab tabs/contracts.csv",
        ],
        "- 1 -2\nN° contrat|Client|Montant total|Payé|Restant dû|Part|Calculé\n\
         2: 1|A|12\u{a0}000,50 €|0,10|12\u{a0}000,40 €|30 %|N° 1\n\
         3: 2|B|14\u{a0}400,00 €|4800.33333333333|2057|13 %|#DIV/0!\n\
         4: 3|C|-1\u{a0}500,25|0|1000000000000000|1|#N/A\n\
         5: 4|D|1\u{a0}234\u{a0}567,89 €|12.345|1.5|0.005|TRUE",
    ),
    (
        &["Ods american.ods", "Xlsx american.xlsx"],
        "Sheet1 1 -0\nClient|Total amount|Signed on|Created|Rate\n\
         2: Smith, John|12000.5|2021-04-08|2021-04-08 13:05|25%\n\
         3: O'Brien|-3.5|1999-12-31|2021-04-08 00:00|",
    ),
    (
        &["Utf8 Semicolon windows/american.csv", "Utf8 Comma commas/american.csv", "Utf16Le Tab tabs/american.csv"],
        "- 1 -0\nClient|Total amount|Signed on|Created|Rate\n\
         2: Smith, John|$12,000.50|04/08/21|04/08/21 01:05 PM|25 %\n\
         3: O'Brien|-$3.50|12/31/99|04/08/21 12:00 AM|",
    ),
    (
        &["Ods events.ods", "Ods again/events.ods", "Xlsx events.xlsx"],
        "Événements 1 -0\nClient|Début|Fin|Heure|Durée|Invités|Signé|Arrivée\n\
         2: A|2023-06-04 13:00|2023-06-05 02:00|13:05|37:30|75|2023-04-18|12:30\n\
         3: B|2023-06-04 09:59:59|2023-06-04 00:00|00:00|00:30|1200||\n\
         4: C|2023-06-04 14:00|2023-06-04 13:07|21:05|13:00|env. 50||",
    ),
    (
        &["Windows1252 Semicolon windows/events.csv", "Utf8 Comma commas/events.csv", "Utf16Le Tab tabs/events.csv"],
        "- 1 -0\nClient|Début|Fin|Heure|Durée|Invités|Signé|Arrivée\n\
         2: A|04/06/2023 13:00|05/06/2023 02:00|13:05|37:30|75|18/04/2023|12:30\n\
         3: B|04/06/2023 09:59:59|04/06/2023 00:00|00:00|00:30|1\u{a0}200,00||\n\
         4: C|04/06/2023 14:00|04/06/2023 13:07|21:05|13:00|env. 50||",
    ),
    (
        &["Ods old.ods", "Xlsx old.xlsx"],
        "Dates 1 -0\nClient|Date\n\
         2: 1900|1900-03-01\n3: 1903|1903-12-31\n4: 1904|1904-01-01\n5: 1904|1904-02-29\n6: 2000|2000-02-29\n\
         7: 9999|9999-12-31",
    ),
    (
        &["Ods mac.ods", "Ods again/mac.ods", "Xlsx mac.xlsx"],
        "Dates 1 -0\nClient|Date|Début\n2: A|2021-04-18|2021-04-18 13:00\n3: B|1904-01-02|1999-12-31 23:59",
    ),
    (&["Ods sheets.ods", "Xlsx sheets.xlsx"], "Liste & co 1 -0\nNom|Tél.\n2: data|2"),
    (&["Ods hidden.ods", "Xlsx hidden.xlsx"], "Filtre 1 -0\nNom|Société|Tél.\n2: A|x|1\n3: B|y|2\n4: C|z|3\n5: D|w|4"),
    (
        &["Ods merged.ods", "Xlsx merged.xlsx"],
        "Fusion 2 -502\nNom|Société|Tél.|Notes|Notes\n\
         3: A|Groupe|1||\n4: B||2||\n5: C|même|même|même|même\n6: C|même|même|même|même\n7: C|même|même|même|même\n\
         509: D||4|4|",
    ),
    (
        &["Ods phones.ods", "Xlsx phones.xlsx"],
        "Tél 1 -0\nNom|Téléphone\n\
         2: text|06 12 34 56 78\n3: number|33612345678\n4: zero|0612345678\n5: zero, spoken|0612345679\n\
         6: abroad|+33612345678\n7: dots|06.12.34.56.78\n8: extension|+44 (0)20 7946 0000 ext. 12",
    ),
    (
        &["Windows1252 Semicolon windows/phones.csv", "Utf8 Comma commas/phones.csv", "Utf16Le Tab tabs/phones.csv"],
        "- 1 -0\nNom|Téléphone\n\
         2: text|06 12 34 56 78\n3: number|33612345678\n4: zero|06 12 34 56 78\n5: zero, spoken|06 12 34 56 79\n\
         6: abroad|+33612345678\n7: dots|06.12.34.56.78\n8: extension|+44 (0)20 7946 0000 ext. 12",
    ),
    (
        &["Ods typed.ods", "Xlsx typed.xlsx"],
        "typed 1 -0\nClient|Montant|Date|Part|Payé|Tél.|Notes\n\
         2: Durand|12000.5|2021-04-18|30%|true|06 12 34 56 78|deux\nlignes\n\
         3: Été|-1500.25|1999-12-31|12.5%|false|612345678|1.5",
    ),
    (
        &["Ods page.ods", "Xlsx page.xlsx"],
        "Sheet1 1 -0\nClient|Total|Signed\n2: A & B\nLtd.|12000.5|2021-04-18\n3: Été|7|",
    ),
    (
        &["Ods rich.ods", "Xlsx rich.xlsx"],
        "Riche 1 -0\nNom|Courriel|Notes|Montant\n\
         2: Anne Été|anne@example.com|une\n\ndeux|12.5\n3: Ben|ben@example.com||",
    ),
];

/// What stands in long and odd cells; the rows of two thousand clients.
fn long_tables() -> [(&'static [&'static str], String); 3] {
    let long = "Une note, un peu longue ; elle dit « oui ». ".repeat(700) + "fin";
    let lines: Vec<String> = (1..=300).map(|number| format!("ligne {number}")).collect();
    let texts = |sheet: &str, space: &str| {
        format!(
            "{sheet} 1 -0\nNom|Notes\n2: long|{long}\n3: lines|{}\n4: signs|東京 🎉 é e\u{301} שלום <b>&amp;</b> _x000D_ %20 \\n\n\
             5: formula|=1+1\n6: number|0012\n7: date|18/04/2021\n8: spaces|{space}",
            lines.join("\n")
        )
    };
    let row = |number: u32| format!("\n{}: Client {number}|Company {}|{number}.25", number + 1, number % 7);
    let rows: String = (1..=2_000).map(row).collect();
    [
        (&["Ods texts.ods", "Xlsx texts.xlsx"], texts("Textes", "a\u{a0}b\u{202f}c")),
        (&["Utf8 Comma commas/texts.csv", "Utf16Le Tab tabs/texts.csv"], texts("-", "a\u{a0}b\u{202f}c")),
        (&["Ods rows.ods", "Xlsx rows.xlsx"], format!("Liste 1 -0\nNom|Société|Montant{rows}")),
    ]
}

#[test]
#[ignore = "tests/torture runs it; it needs LibreOffice"]
fn tables_of_libreoffice_are_read_as_people_see_them() {
    let folder = made();
    let tables = TABLES.iter().map(|(files, table)| (*files, (*table).to_owned()));
    let (mut wrong, mut count) = (Vec::new(), 0);
    for (files, table) in tables.chain(long_tables()) {
        for file in files {
            count += 1;
            let (format, name) = file.rsplit_once(' ').unwrap();
            let seen = read(&folder, name).map(|sheet| shown(&sheet));
            let expected = format!("{format} {table}");
            if seen.as_ref() != Ok(&expected) {
                wrong.push(format!("{file}\n{seen:?}\ninstead of\n{expected:?}"));
            }
        }
    }
    for (name, problem) in
        [("clients.xls", FileProblem::OldWorkbook), ("sources/clients.fods", FileProblem::NotASpreadsheet)]
    {
        assert_eq!(read(&folder, name).map(|sheet| shown(&sheet)), Err(problem), "{name}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    println!("FIGURE 30 files of LibreOffice: {count} files read as they are seen");
}
