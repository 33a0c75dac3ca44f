//! Files that other programs wrote are read as people see them, and no file takes more than the limits.
//! `make.py` makes most of them, with openpyxl where that can.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod libreoffice;

use std::{
    fmt::Write,
    path::{Path, PathBuf},
    process::Command,
};

use epic_events::{
    domain::{file_problem::FileProblem, language::Language},
    services::spreadsheet::sheet::{self, Sheet, SheetFormat},
    ui::text,
};
use tempfile::TempDir;

/// A folder with the files.
fn made() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/spreadsheets/make.py");
    // Not any `python3`: the package with openpyxl belongs to this one.
    let made = Command::new("/usr/bin/python3").arg(script).arg(folder.path()).output();
    let made = made.expect("python3: tests/run installs it");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    folder
}

fn read(folder: &TempDir, name: &str) -> Result<Sheet, FileProblem> {
    sheet::read(&folder.path().join(name))
}

/// A sheet as one text: where it was read from, its headings, and its rows with their numbers.
fn shown(sheet: &Sheet) -> String {
    let seen = &sheet.seen;
    let format = match seen.format {
        SheetFormat::Csv { encoding, separator } => format!("{encoding:?} {separator:?}"),
        SheetFormat::Xlsx => "Xlsx".to_owned(),
        SheetFormat::Ods => "Ods".to_owned(),
    };
    let name = seen.sheet.as_deref().unwrap_or("-");
    let mut shown = format!("{format} {name} {} -{}\n{}", seen.heading_row, seen.left_out, sheet.headings.join("|"));
    for row in &sheet.rows {
        write!(shown, "\n{}: {}", row.number, row.cells.join("|")).unwrap();
    }
    shown
}

#[test]
fn tables_are_read_as_people_see_them() {
    let files = made();
    for (name, table) in [
        (
            "clients.xlsx",
            "Xlsx Clients 1 -0\nNom|Société|Courriel|Tél.|Dernier contact|Notes\n\
             2: Kevin Casey|Cool Startup|kevin@startup.io|+678 123 456 78|2021-04-18|a\nb\n\
             3: Anne Été|||33612345678|2021-04-18 13:00|true",
        ),
        // A title, an empty row, a total whose sum nobody has computed, and merged cells.
        (
            "titles.xlsx",
            "Xlsx Contrats 4 -3\nN° contrat|Client|Montant|Restant dû\n\
             5: 1|A|12000.5|0\n6: 2||0.3|1000000000000000\n8: 3|C|5|5",
        ),
        (
            "formats.xlsx",
            "Xlsx Sheet 1 -0\nClient|Montant|Date|Tél.|Note|Début|Part\n\
             2: A|1500|2021-04-18|0612345678|13:00|2021-04-18 00:00|30%",
        ),
        ("epoch.xlsx", "Xlsx Sheet 1 -0\nClient|Date\n2: A|2021-04-18"),
        // The first sheet that is neither hidden nor without a table.
        ("sheets.xlsx", "Xlsx Data 1 -0\nNom|Tél.\n2: Data|1"),
        ("names.xlsx", "Xlsx Clients 1 -0\nPrénom Nom|Tél.\n2: Kevin Casey|1"),
        ("far.xlsx", "Xlsx Sheet 1 -1048574\nNom|Tél.\n1048576: far|1"),
        // Rich text, readings of Japanese, formulas with and without their values, errors, escapes.
        (
            "raw.xlsx",
            "Xlsx Data 1 -2\nClient|Montant|Notes\n3: 東京|12000.5|#N/A\n4: true|=A1 & \"x\"|2021-04-18 13:00\n\
             5: in line|=1+1|a\r\nb <é>\n6: 東京||=1+1",
        ),
        ("prefixed.xlsx", "Xlsx Data 1 -0\nNom|Tél.\n2: A|1"),
        (
            "good.ods",
            "Ods Événements 3 -0\nClient|Début|Invités|Notes|Notes\n\
             4: A  B\nC & D|2021-04-18 13:00|1200|true|12000.5\n\
             5: twice|2021-04-18|30%|13:05|#N/A\n6: twice|2021-04-18|30%|13:05|#N/A",
        ),
        // The name of a file says nothing: people rename files, and browsers add endings.
        ("renamed.csv", "Ods A 1 -0\nNom|Tél.\n2: x|1"),
        ("excel.csv", "Windows1252 Semicolon - 1 -0\nNom|Société|Tél.\n2: Anne Été|Dupont; \"Fils\"|+33 1"),
        ("excel.txt", "Utf16Le Tab - 1 -0\nNom|Tél.\n2: Anne Été|01"),
    ] {
        assert_eq!(read(&files, name).map(|sheet| shown(&sheet)), Ok(table.to_owned()), "{name}");
    }
}

#[test]
fn what_cannot_be_read_is_refused_with_its_reason() {
    let files = made();
    let (rows, columns) = (FileProblem::TooManyRows(200_000), FileProblem::TooManyColumns(500));
    for (name, problem) in [
        ("missing.csv", FileProblem::NotFound),
        ("clients.xlsx/a.csv", FileProblem::NotFound),
        (".", FileProblem::Folder),
        ("pipe.csv", FileProblem::NotAFile),
        ("sparse.xlsx", FileProblem::TooLarge { mebibytes: 64 }),
        ("nothing.csv", FileProblem::Empty),
        ("blank.csv", FileProblem::Empty),
        ("empty.xlsx", FileProblem::Empty),
        ("words.xlsx", FileProblem::NoHeadings),
        ("headings.xlsx", FileProblem::NoRows),
        ("headings.csv", FileProblem::NoRows),
        ("old.xls", FileProblem::OldWorkbook),
        ("binary.xlsb", FileProblem::OldWorkbook),
        ("password.xlsx", FileProblem::Password),
        ("password.ods", FileProblem::Password),
        ("junk.csv", FileProblem::NotASpreadsheet),
        ("page.xls", FileProblem::NotASpreadsheet),
        ("invoice.pdf", FileProblem::NotASpreadsheet),
        ("document.docx", FileProblem::NotASpreadsheet),
        ("photos.zip", FileProblem::NotASpreadsheet),
        ("text.odt", FileProblem::NotASpreadsheet),
        ("nothing.zip", FileProblem::NotASpreadsheet),
        ("truncated.xlsx", FileProblem::Damaged),
        ("half.ods", FileProblem::Damaged),
        ("quote.csv", FileProblem::Damaged),
        ("string.xlsx", FileProblem::Damaged),
        ("order.xlsx", FileProblem::Damaged),
        ("deep.xlsx", FileProblem::Damaged),
        ("open.xlsx", FileProblem::Damaged),
        ("entity.xlsx", FileProblem::Damaged),
        ("no_part.xlsx", FileProblem::Damaged),
        ("long.csv", FileProblem::Damaged),
        ("cut.csv", FileProblem::NotText),
        ("cell.xlsx", FileProblem::TooMuch),
        ("pieces.xlsx", FileProblem::TooMuch),
        ("blank.xlsx", FileProblem::TooMuch),
        ("comments.xlsx", FileProblem::TooMuch),
        ("strings.xlsx", FileProblem::TooMuch),
        ("sheet.xlsx", FileProblem::TooMuch),
        ("many.csv", rows),
        ("rows.ods", rows),
        ("many.ods", rows),
        ("wide.csv", columns),
        ("wide.xlsx", columns),
        ("columns.ods", columns),
        ("far.ods", columns),
    ] {
        assert_eq!(read(&files, name).map(|sheet| shown(&sheet)), Err(problem), "{name}");
        for language in [Language::En, Language::Fr] {
            assert!(!text::file_problem(language, problem).is_empty());
        }
    }
    let blanks = read(&files, "blanks.ods").unwrap();
    assert!(blanks.rows[0].cells[0].len() <= 101, "as many blanks as a cell claims to have");
}

/// SQLite loses its locks on the database when this process closes the file, so it must not even be opened.
#[test]
fn a_file_that_the_program_has_open_is_not_opened() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("open.csv");
    std::fs::write(&path, "Nom;Tel\na;1\n").unwrap();
    std::os::unix::fs::symlink(&path, folder.path().join("link.csv")).unwrap();
    std::fs::hard_link(&path, folder.path().join("second.csv")).unwrap();
    let held = std::fs::File::open(&path).unwrap();
    for name in ["open.csv", "link.csv", "second.csv"] {
        assert_eq!(read(&folder, name), Err(FileProblem::NotASpreadsheet), "{name}");
    }
    drop(held);
    assert_eq!(read(&folder, "link.csv").unwrap().rows.len(), 1);
}

/// Cuts and flips bytes of good files everywhere: each is read or refused, and none takes the program down.
#[test]
fn broken_files_are_read_or_refused() {
    let files = made();
    for name in ["clients.xlsx", "raw.xlsx", "good.ods", "excel.csv", "excel.txt"] {
        let good = std::fs::read(files.path().join(name)).unwrap();
        let step = (good.len() / 200).max(1);
        for at in (0..good.len()).step_by(step) {
            sheet::read_bytes(&good[..at]).ok();
            let mut flipped = good.clone();
            for bits in [0x01, 0x80, 0xff] {
                flipped[at] = good[at] ^ bits;
                sheet::read_bytes(&flipped).ok();
            }
        }
    }
}

/// Files in this folder of so many rows and ten columns: a text file and a workbook.
fn long_files(folder: &TempDir, rows: u32) -> [PathBuf; 2] {
    let script = "import sys, zipfile
rows, csv, xlsx = int(sys.argv[1]), sys.argv[2], sys.argv[3]
def cells(at): return [f'Name of client {at}', f'Company {at % 5000} Ltd.', f'client{at}@example.com', f'+33 6 {at:08}', '2021-04-18', f'{at}.5', f'Some note about {at}', 'Rue de la Paix 1', str(at), 'planned']
with open(csv, 'w') as file:
    file.write('Client,Company,Email,Phone,Last contact,Total,Notes,Address,Ref,State\\n')
    for at in range(rows): file.write(','.join(cells(at)) + '\\n')
head = open(csv).readline().strip().split(',')
with zipfile.ZipFile(xlsx, 'w', zipfile.ZIP_DEFLATED, compresslevel=1) as file:
    file.writestr('[Content_Types].xml', '<Types/>')
    file.writestr('xl/workbook.xml', '<workbook><sheets><sheet name=\"A\" id=\"rId1\"/></sheets></workbook>')
    kind = 'http://x/'
    file.writestr('xl/_rels/workbook.xml.rels', f'<R><R Id=\"rId1\" Type=\"{kind}worksheet\" Target=\"sheet.xml\"/><R Id=\"rId2\" Type=\"{kind}sharedStrings\" Target=\"strings.xml\"/></R>')
    strings = {}
    with file.open('xl/sheet.xml', 'w') as part:
        part.write(b'<worksheet><sheetData>')
        for at in range(-1, rows):
            row = ''.join(f'<c t=\"s\"><v>{strings.setdefault(cell, len(strings))}</v></c>' for cell in (head if at < 0 else cells(at)))
            part.write(f'<row>{row}</row>'.encode())
        part.write(b'</sheetData></worksheet>')
    with file.open('xl/strings.xml', 'w') as part:
        part.write(b'<sst>')
        for text in strings: part.write(f'<si><t>{text}</t></si>'.encode())
        part.write(b'</sst>')
";
    let paths = ["long.csv", "long.xlsx"].map(|name| folder.path().join(name));
    let made = Command::new("/usr/bin/python3").args(["-c", script, &rows.to_string()]).args(&paths).status();
    assert!(made.unwrap().success());
    paths
}

/// A process of its own reads each file, since other tests of this process use memory at the same time.
#[test]
fn many_rows_take_little_memory() {
    let folder = tempfile::tempdir().unwrap();
    for path in long_files(&folder, 100_000) {
        let read = Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "reads_the_file_that_is_named", "--nocapture"])
            .env("EPIC_EVENTS_SPREADSHEET", &path)
            .output()
            .unwrap();
        let said = String::from_utf8(read.stdout).unwrap();
        let peak = said.lines().find_map(|line| line.strip_prefix("peak KiB ")).unwrap_or_else(|| panic!("{said}"));
        let peak: u64 = peak.parse().unwrap();
        println!("{}: {peak} KiB", path.display());
        assert!(peak < 80 << 10, "{} took {peak} KiB", path.display());
    }
}

#[test]
#[ignore = "many_rows_take_little_memory runs it"]
fn reads_the_file_that_is_named() {
    let sheet = sheet::read(Path::new(&std::env::var("EPIC_EVENTS_SPREADSHEET").unwrap())).unwrap();
    assert_eq!((sheet.rows.len(), sheet.headings.len()), (100_000, 10));
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    println!("peak KiB {}", peak.trim().trim_end_matches(" kB"));
}
