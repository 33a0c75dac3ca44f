//! A new file that gets its name once it is complete.
//!
//! This is the only place in `storage` and `services` where a file is opened. SQLite loses its
//! locks on a database as soon as this process closes any descriptor of the file. So neither a
//! database nor the files beside it may be opened here: a file that is opened is new, has a name of
//! its own, and is closed before it gets the name that others know.

use std::{
    ffi::OsString,
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io,
    os::unix::{
        ffi::OsStrExt,
        fs::{DirBuilderExt, OpenOptionsExt},
    },
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use rustix::fs::{CWD, FileType, Mode, RenameFlags};
use uuid::Uuid;

/// The path with `ending` appended to its name.
pub fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(ending);
    name.into()
}

/// The path as a URI for SQLite, in which every name can be written, to read and write. SQLite does
/// not create the file if it is missing.
pub fn uri(path: &Path) -> String {
    format!("{}?mode=rw", name(path))
}

/// The same for reading only. A database with neither a log nor a journal beside it cannot be
/// written to by anybody at the moment. It is read without creating a file beside it, so it may be
/// where nothing can be written.
pub fn uri_to_read(path: &Path) -> String {
    // SQLite creates them beside the file that a link leads to.
    let real = real(path);
    let quiet = ["-wal", "-journal"].iter().all(|end| beside(&real, end).symlink_metadata().is_err());
    format!("{}?mode=ro{}", name(path), if quiet { "&immutable=1" } else { "" })
}

fn name(path: &Path) -> String {
    let encoded = |byte: &u8| match byte {
        b'/' | b'.' | b'-' | b'_' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => char::from(*byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    let name: String = path.as_os_str().as_bytes().iter().map(encoded).collect();
    let scheme = if path.is_absolute() { "file://" } else { "file:" };
    format!("{scheme}{name}")
}

/// The file that the path leads to, even if a link leads to a file that does not exist yet.
pub fn real(path: &Path) -> PathBuf {
    let to = || fs::read_link(path).map_or(path.to_owned(), |to| path.parent().unwrap_or(path).join(to));
    fs::canonicalize(path).unwrap_or_else(|_| to())
}

/// The folder of a file.
fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Waits until no other program holds the folder of a file, and holds it until the answer is dropped
/// or the program ends. `None` where folders cannot be locked, as on some network file systems, and
/// if another program, such as a suspended one, holds it for longer than `patience`.
pub fn lock_folder_of(path: &Path, patience: Duration) -> Option<File> {
    let folder = File::open(folder_of(path)).ok()?;
    let give_up = Instant::now() + patience;
    loop {
        match folder.try_lock() {
            Ok(()) => return Some(folder),
            Err(TryLockError::WouldBlock) if Instant::now() < give_up => std::thread::sleep(Duration::from_millis(20)),
            // A signal, such as that of a window whose size changes.
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return None,
        }
    }
}

/// Creates the folder of a file if it is missing, for this user only.
pub fn make_folder_of(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => DirBuilder::new().recursive(true).mode(0o700).create(folder),
        _ => Ok(()),
    }
}

/// Creates an empty file if it is missing, for this user only. No descriptor of it ever exists, so
/// this is safe even if SQLite opens the file at the same moment.
pub fn touch(path: &Path) -> io::Result<()> {
    match rustix::fs::mknodat(CWD, real(path), FileType::RegularFile, Mode::RUSR | Mode::WUSR, 0) {
        Err(rustix::io::Errno::EXIST) => Ok(()),
        made => Ok(made?),
    }
}

/// A file without its final name; it is removed unless it gets that name.
#[derive(Debug)]
pub struct PartialFile {
    path: PathBuf,
}

impl PartialFile {
    /// Creates an empty file, for this user only, beside the one that it may become. Its name is
    /// unique.
    pub fn beside(path: &Path) -> io::Result<(Self, File)> {
        let part = beside(path, &format!(".{}.part", Uuid::new_v4().simple()));
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part)?;
        Ok((Self { path: part }, file))
    }

    /// The path of the file until it gets its name.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Gives the file this name once its content is on the disk. Never replaces another file: the
    /// error is then [`io::ErrorKind::AlreadyExists`].
    pub fn name(&self, path: &Path) -> io::Result<()> {
        File::open(&self.path)?.sync_all()?;
        rename_new(&self.path, path)?;
        // The name has to reach the disk too. Not every file system can sync a folder.
        File::open(folder_of(path)).and_then(|folder| folder.sync_all()).ok();
        Ok(())
    }

    /// Gives the file the first of these names that is free.
    pub fn name_first(&self, names: impl IntoIterator<Item = PathBuf>) -> io::Result<PathBuf> {
        for path in names {
            match self.name(&path) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                named => return named.map(|()| path),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }
}

impl Drop for PartialFile {
    fn drop(&mut self) {
        // A database that was not completed may leave a log or journal too.
        for ending in ["", "-wal", "-shm", "-journal"] {
            fs::remove_file(beside(&self.path, ending)).ok();
        }
    }
}

/// Renames a file without replacing another one.
pub fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    use rustix::io::Errno;
    match rustix::fs::renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        // Not every file system can check and rename in one step.
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) if fs::symlink_metadata(to).is_err() => {
            fs::rename(from, to)
        }
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => Err(io::ErrorKind::AlreadyExists.into()),
        renamed => Ok(renamed?),
    }
}

/// `name.ending`, then `name-2.ending` and so on.
pub fn numbered(folder: PathBuf, name: String, ending: &str) -> impl Iterator<Item = PathBuf> {
    (1..1_000).map(move |number: u32| match number {
        1 => folder.join(format!("{name}.{ending}")),
        _ => folder.join(format!("{name}-{number}.{ending}")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_of_a_folder_is_not_waited_for_without_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("demo.db");
        let held = lock_folder_of(&path, Duration::ZERO);
        assert!(held.is_some() && lock_folder_of(&path, Duration::ZERO).is_none());
        drop(held);
        assert!(lock_folder_of(&path, Duration::ZERO).is_some());
    }
}
