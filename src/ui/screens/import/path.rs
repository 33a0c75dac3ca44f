//! The path of a file as people type, paste or drag it into a terminal.

use std::path::PathBuf;

/// The path that was typed: without blanks and quotes around it, the backslashes that a terminal puts before blanks,
/// and `file://`.
pub(super) fn path_of(typed: &str) -> PathBuf {
    let typed = typed.trim();
    for quote in ['\'', '"'] {
        if let Some(inside) = typed.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)) {
            return PathBuf::from(inside.trim());
        }
    }
    if let Some(address) = typed.strip_prefix("file://") {
        return PathBuf::from(decoded(address));
    }
    PathBuf::from(without_backslashes(typed))
}

/// Takes away the backslashes before signs that a shell would not take as they are.
fn without_backslashes(typed: &str) -> String {
    let mut plain = String::new();
    let mut signs = typed.chars().peekable();
    while let Some(sign) = signs.next() {
        match signs.peek() {
            Some(next) if sign == '\\' && !next.is_alphanumeric() => plain.extend(signs.next()),
            _ => plain.push(sign),
        }
    }
    plain
}

/// Replaces `%20` and the like by what they stand for.
fn decoded(address: &str) -> String {
    let bytes = address.as_bytes();
    let (mut plain, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        let code = bytes.get(at + 1..at + 3).and_then(|code| std::str::from_utf8(code).ok());
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) if bytes[at] == b'%' => {
                plain.push(byte);
                at += 3;
            }
            _ => {
                plain.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&plain).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_read_however_it_came_into_the_terminal() {
        for typed in [
            "/data/My clients.csv",
            "  /data/My clients.csv \t",
            "'/data/My clients.csv' ",
            "\"/data/My clients.csv\"",
            "/data/My\\ clients.csv",
            "file:///data/My%20clients.csv",
        ] {
            assert_eq!(path_of(typed), PathBuf::from("/data/My clients.csv"), "{typed}");
        }
        assert_eq!(path_of("~/x 100%.csv"), PathBuf::from("~/x 100%.csv"));
        assert_eq!(path_of("C:\\data\\x.csv"), PathBuf::from("C:\\data\\x.csv"));
        assert_eq!(path_of("'"), PathBuf::from("'"));
    }
}
