//! A new file that gets its name when it is whole.
//!
//! This is the one place of `storage` and `services` where a file is opened. SQLite's hold on
//! a database is lost as soon as this process closes any descriptor of the file, so a
//! database must not be opened here, nor what stands beside it: what is opened is new, has a
//! name of its own, and is closed before it gets the name that others know.

use std::{
    ffi::OsString,
    fs::{self, DirBuilder, File, OpenOptions},
    io,
    os::unix::{
        ffi::OsStrExt,
        fs::{DirBuilderExt, OpenOptionsExt},
    },
    path::{Path, PathBuf},
};

use rustix::fs::{CWD, FileType, Mode, RenameFlags};
use uuid::Uuid;

/// The path with this added to its name.
pub fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(ending);
    name.into()
}

/// The path in the form in which SQLite takes every name, to read and write; SQLite makes no file
/// where there is none.
pub fn uri(path: &Path) -> String {
    format!("{}?mode=rw", name(path))
}

/// The same to read only. A database that nobody can be writing to (it has neither a log nor a
/// journal beside it) is read without making any file beside it, so it may stand where nothing
/// can be written.
pub fn uri_to_read(path: &Path) -> String {
    // SQLite puts them beside the file that a link leads to.
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

/// The file that the path leads to, also where a link leads to one that is still to be made.
pub fn real(path: &Path) -> PathBuf {
    let to = || fs::read_link(path).map_or(path.to_owned(), |to| path.parent().unwrap_or(path).join(to));
    fs::canonicalize(path).unwrap_or_else(|_| to())
}

/// Makes the folder of a file, for nobody else, where there is none.
pub fn make_folder_of(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => DirBuilder::new().recursive(true).mode(0o700).create(folder),
        _ => Ok(()),
    }
}

/// Makes an empty file for nobody else where there is none. No descriptor of it ever exists,
/// so this is safe also where SQLite may open the file at the same moment.
pub fn touch(path: &Path) -> io::Result<()> {
    match rustix::fs::mknodat(CWD, real(path), FileType::RegularFile, Mode::RUSR | Mode::WUSR, 0) {
        Err(rustix::io::Errno::EXIST) => Ok(()),
        made => Ok(made?),
    }
}

/// A file without its real name; it is removed unless it gets that.
#[derive(Debug)]
pub struct Part {
    path: PathBuf,
}

impl Part {
    /// An empty file for nobody else, beside the one that it may become. Its name is one that
    /// no file has.
    pub fn beside(path: &Path) -> io::Result<(Self, File)> {
        let part = beside(path, &format!(".{}.part", Uuid::new_v4().simple()));
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part)?;
        Ok((Self { path: part }, file))
    }

    /// Where it is until it gets its name.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Gives the file this name, once the disk has what is in it; never in the place of
    /// another file, for which the error is [`io::ErrorKind::AlreadyExists`].
    pub fn name(&self, path: &Path) -> io::Result<()> {
        File::open(&self.path)?.sync_all()?;
        rename_new(&self.path, path)?;
        // The name too has to reach the disk. Not every kind of folder can be asked for that.
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder).and_then(|folder| folder.sync_all()).ok();
        Ok(())
    }

    /// Gives the file the first of these names that no file has.
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

impl Drop for Part {
    fn drop(&mut self) {
        // A database that could not be made whole may leave its log or journal too.
        for ending in ["", "-wal", "-shm", "-journal"] {
            fs::remove_file(beside(&self.path, ending)).ok();
        }
    }
}

/// Renames a file, never onto another one.
pub fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    use rustix::io::Errno;
    match rustix::fs::renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        // Not every kind of disk can look and rename in one step.
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
