//! What lets a user read a file that they cannot read.

use std::{fs, os::unix::fs::MetadataExt, path::Path};

/// What lets this user read a file. Of one that a group may read, the group to join: its own, or that
/// of the folder which hides it.
pub(super) fn how_to_read(path: &Path) -> String {
    match group_of(path) {
        Some(group) => {
            format!("The group \"{group}\" may read it: run {} as root, then sign in again.", join_command(&group))
        }
        None => "Check the file and its rights.".to_owned(),
    }
}

/// The command that lets this user read a file that a group may read.
pub(super) fn command_to_read(path: &Path) -> Option<String> {
    group_of(path).map(|group| join_command(&group))
}

fn join_command(group: &str) -> String {
    format!("usermod -aG {group} USER")
}

fn group_of(path: &Path) -> Option<String> {
    const READ: u32 = 0o040;
    let seen = path.ancestors().find_map(|path| fs::metadata(path).ok());
    let group = seen.filter(|file| file.uid() == 0 && file.mode() & READ != 0 && file.mode() & 0o004 == 0);
    group.and_then(|file| name_of_group(file.gid()))
}

fn name_of_group(id: u32) -> Option<String> {
    let groups = fs::read_to_string("/etc/group").ok()?;
    groups.lines().find_map(|line| {
        let mut parts = line.split(':');
        let name = parts.next()?;
        (parts.nth(1)? == id.to_string()).then(|| name.to_owned())
    })
}
