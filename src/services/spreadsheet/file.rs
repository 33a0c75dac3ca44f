//! Reads the file that a person has chosen, unless this program has it open itself.

use std::{
    fs::{self, File, Metadata},
    io::{self, ErrorKind, Read},
    os::unix::fs::MetadataExt,
    path::Path,
    sync::{Mutex, PoisonError},
};

use crate::domain::file_problem::FileProblem;

/// How large a file may be.
const MOST_MEBIBYTES: u64 = 64;

/// Held while a file is read, so that no reader takes the file of another for one of the program.
static READING: Mutex<()> = Mutex::new(());

/// The contents of a file.
///
/// Errors: `NotASpreadsheet` without opening the file if this program has it open, since that is the
/// database or its log, and SQLite would lose its locks on a database that somebody else closes.
pub(super) fn contents(path: &Path) -> Result<Vec<u8>, FileProblem> {
    let failed = |error: io::Error| match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => FileProblem::NotFound,
        _ => FileProblem::NotReadable,
    };
    let too_large = FileProblem::TooLarge { mebibytes: MOST_MEBIBYTES };
    let most = MOST_MEBIBYTES << 20;
    let alone = READING.lock().unwrap_or_else(PoisonError::into_inner);
    // Asked before the file is opened, since opening a pipe would wait for somebody to write into it.
    let about = fs::metadata(path).map_err(failed)?;
    if about.is_dir() {
        return Err(FileProblem::Folder);
    }
    if !about.is_file() {
        return Err(FileProblem::NotAFile);
    }
    if about.len() > most {
        return Err(too_large);
    }
    if is_open(&about).map_err(|_| FileProblem::NotReadable)? {
        return Err(FileProblem::NotASpreadsheet);
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(failed)?;
    // It may have grown meanwhile.
    file.take(most + 1).read_to_end(&mut bytes).map_err(failed)?;
    drop(alone);
    if bytes.len() as u64 > most { Err(too_large) } else { Ok(bytes) }
}

/// Whether this process has the file open, under whatever name.
fn is_open(about: &Metadata) -> io::Result<bool> {
    let mut open = fs::read_dir("/proc/self/fd")?.flatten().filter_map(|entry| fs::metadata(entry.path()).ok());
    Ok(open.any(|open| (open.dev(), open.ino()) == (about.dev(), about.ino())))
}
