//! What lets a user read a file that they cannot read.

use std::{fs, os::unix::fs::MetadataExt, path::Path};

/// What lets this user read a file. Of one that a group may read, the group to join: its own, or that
/// of the folder which hides it.
pub(super) fn how_to_read(path: &Path) -> String {
    const READ: u32 = 0o040;
    let seen = path.ancestors().find_map(|path| fs::metadata(path).ok());
    let group = seen.filter(|file| file.uid() == 0 && file.mode() & READ != 0 && file.mode() & 0o004 == 0);
    match group.and_then(|file| name_of_group(file.gid())) {
        Some(group) => {
            format!("The group \"{group}\" may read it: run usermod -aG {group} USER as root, then sign in again.")
        }
        None => "Check the file and its rights.".to_owned(),
    }
}

fn name_of_group(id: u32) -> Option<String> {
    let groups = fs::read_to_string("/etc/group").ok()?;
    groups.lines().find_map(|line| {
        let mut parts = line.split(':');
        let name = parts.next()?;
        (parts.nth(1)? == id.to_string()).then(|| name.to_owned())
    })
}
