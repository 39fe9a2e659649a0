//! The password of the account that may write.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// Random bytes of the password: beyond guessing.
const PASSWORD_BYTES: usize = 32;

/// Reads the password from its file, or makes one and writes it there.
pub(super) fn password(path: &Path) -> io::Result<String> {
    match fs::read_to_string(path) {
        Ok(password) if password.len() >= 2 * PASSWORD_BYTES => return Ok(password),
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        // There is none yet, or a start was interrupted while writing it.
        _ => {}
    }
    let mut random = [0_u8; PASSWORD_BYTES];
    File::open("/dev/urandom")?.read_exact(&mut random)?;
    let password = hex::encode(random);
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(password.as_bytes())?;
    file.sync_all()?;
    Ok(password)
}
