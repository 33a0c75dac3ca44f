//! `epic-events import`.

use std::fs;

use epic_events::{
    domain::settings::{Reauth, Settings},
    services::{Request, WriteRequest},
    storage,
};
use rstest::rstest;
use serde_json::Value;

use crate::{
    BOSS, INIT, open, run, run_with,
    support::{Engine, TestDb},
};

const STAFF: &str = "Username,Full name,Role\nbill,Bill Boquet,sales\n";
const CLIENTS: &str = "Full name,E-mail,Phone,Sales contact\nKevin Casey,kevin@startup.io,+678 123 456 78,bill\n\
                       John Ouick,john.ouick@gmail.com,,bill\n";

/// How many clients there are.
fn clients(url: &str) -> String {
    open(url).texts("SELECT CONCAT(COUNT(*), '') AS text FROM clients").unwrap().remove(0)
}

/// A refused row keeps all rows out, unless it is to be left out; the preview is there for programs as well. The
/// password that is read counts for the import too, where every write asks for it again.
#[rstest]
fn a_file_is_imported_from_a_script(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let (home, db) = (tempfile::tempdir().unwrap(), TestDb::new(engine));
    let url = db.url.as_str();
    let (code, said) = run(home.path(), url, &INIT);
    assert_eq!(code, 0, "{said}");
    ask_always(url);
    let path = |name: &str| home.path().join(name).display().to_string();
    fs::write(path("staff.csv"), STAFF).unwrap();
    fs::write(path("clients.csv"), CLIENTS).unwrap();
    let import = |arguments: &[&str]| {
        let signed = ["--username", "boss", "--password-stdin"];
        run(home.path(), url, &[&["import"], arguments, &signed[..]].concat())
    };
    let (code, said) = import(&[&path("staff.csv")]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("no password yet"), "{said}");
    let (code, said) = import(&["--dry-run", "--json", &path("clients.csv")]);
    assert_eq!(code, 1, "{said}");
    let data: Value = serde_json::from_str(said.lines().next().unwrap()).unwrap();
    assert_eq!((&data["counts"]["new"], &data["counts"]["refused"]), (&Value::from(1), &Value::from(1)), "{data}");
    assert_eq!(data["rows"][1]["reasons"][0]["reason"], "the cell is empty.", "{data}");
    assert_eq!(data["import"], Value::Null);
    let (code, said) = import(&["--dry-run", &path("clients.csv")]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("This was a dry run: nothing was imported. 1 row is refused."), "{said}");
    let (code, said) = import(&["clients", &path("clients.csv")]);
    assert_eq!((code, clients(url).as_str()), (1, "0"), "{said}");
    assert!(said.contains("Nothing was imported, since 1 row is refused."), "{said}");
    let (code, said) = import(&["clients", &path("clients.csv"), "--without-refused"]);
    assert_eq!((code, clients(url).as_str()), (0, "1"), "{said}");
    // Fields are called as on the screen, in either language, and the sentence about dates names the option.
    fs::write(path("dated.csv"), "Wer,Nummer,Wann,Wem\nAnna Almeida,01 02 03 04 05,03/04/2024,bill\n").unwrap();
    let columns = ["--column", "Wer=Nom complet", "--column", "Nummer=phone", "--column", "Wann=last contact"];
    let dated = |more: &[&str]| import(&[&["clients", &path("dated.csv"), "--dry-run"], &columns[..], more].concat());
    let (code, said) = dated(&[]);
    assert!(code == 1 && said.contains("--day-order day-first"), "{said}");
    let (code, said) = dated(&["--day-order", "day-first", "--column", "Wem=Sales contact"]);
    assert!(code == 0 && said.contains("This was a dry run: nothing was imported."), "{said}");
    // A kind that does not exist, a file that is none, and a wrong password.
    assert_eq!(import(&["invoices", &path("clients.csv")]).0, 2);
    let (code, said) = import(&[&path("nothing.csv")]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("There is no such file."), "{said}");
    let wrong = ["import", &path("clients.csv"), "--username", "bill", "--password-stdin"];
    assert_eq!(run(home.path(), url, &wrong).0, 4);
}

/// What is left out of a file, and what its columns are read as, is said in words: choices of last time count again.
#[rstest]
fn a_script_is_told_what_is_left_out(#[values(("en", EN), ("fr", FR))] (language, told): (&str, [&str; 3])) {
    let (home, db) = (tempfile::tempdir().unwrap(), TestDb::new(Engine::Sqlite));
    let url = db.url.as_str();
    let (code, said) = run(home.path(), url, &INIT);
    assert_eq!(code, 0, "{said}");
    let path = |name: &str| home.path().join(name).display().to_string();
    fs::write(path("staff.csv"), STAFF).unwrap();
    fs::write(path("clients.csv"), CLIENTS.replace(",,bill", ",+1 234 567 890,bill")).unwrap();
    let text = "Contracts of 2024,,,\n\nClient,Total,Due,Comment\nKevin Casey,1000,0,x\nTotal,1000,0,\n";
    fs::write(path("contracts.csv"), text).unwrap();
    let import = |arguments: &[&str]| {
        let signed = ["--username", "boss", "--password-stdin"];
        let language = [("EPIC_EVENTS_LANGUAGE", language)];
        run_with(home.path(), url, &[&["import"], arguments, &signed[..]].concat(), &language)
    };
    for file in ["staff.csv", "clients.csv"] {
        let (code, said) = import(&[&path(file)]);
        assert_eq!(code, 0, "{said}");
    }
    let (code, first) = import(&[&path("contracts.csv"), "--column", "Due=", "--column", "Comment="]);
    assert_eq!(code, 0, "{first}");
    let (code, again) = import(&[&path("contracts.csv")]);
    assert_eq!(code, 0, "{again}");
    let (code, data) = import(&[&path("contracts.csv"), "--json"]);
    assert_eq!(code, 0, "{data}");
    for words in told {
        assert!(first.contains(words) && again.contains(words), "{words}\n{first}\n{again}");
        assert!(!data.contains(words), "{data}");
    }
    let place = |words: &str| again.find(words).unwrap();
    assert!(place(told[0]) < place(told[2]) && place(told[2]) < again.rfind("1 ").unwrap(), "{again}");
}

const EN: [&str; 3] = [
    "Text with commas between the columns (letters: UTF-8): 1 row below the headings in row 3.",
    "1 row was left out: it is empty, repeats the headings or is a total.",
    "Columns: Client = Client, Total = Total; not imported: Due, Comment.",
];

const FR: [&str; 3] = [
    "Texte avec des virgules entre les colonnes (encodage\u{a0}: UTF-8)\u{a0}: 1 ligne sous les en-têtes de la ligne 3.",
    "1 ligne est laissée de côté\u{a0}: elle est vide, répète les en-têtes ou est un total.",
    "Colonnes\u{a0}: Client = Client, Total = Total\u{a0}; non importées\u{a0}: Due, Comment.",
];

/// Every write asks for the password again.
fn ask_always(url: &str) {
    use epic_events::{
        app::now,
        services::{Reply, Services, SessionRequest},
        storage::Target,
    };
    let mut services = Services::new(Target::parse(url).unwrap(), "test".to_owned(), 4);
    let password = || secrecy::SecretString::from(BOSS);
    let sign_in = SessionRequest::SignIn { login: "boss".to_owned(), password: password() };
    let Ok(Reply::SignedIn(mut boss)) = services.execute(None, &Request::Session(sign_in), now()) else { panic!() };
    let confirm = Request::Session(SessionRequest::Confirm { password: password() });
    let Ok(Reply::Confirmed { at }) = services.execute(Some(&boss), &confirm, now()) else { panic!() };
    boss.confirmed_at = Some(at);
    let settings = storage::settings::load(&mut open(url)).unwrap();
    let always = WriteRequest::UpdateSettings(Settings { reauth: Reauth::Always, ..settings });
    services.execute(Some(&boss), &Request::Write(always), now()).unwrap();
}
