//! The key that one-time links are signed with: made at the first start, kept in the data folder.

use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Bytes of the signature in a link: nobody guesses 128 bits.
const SIGNATURE_BYTES: usize = 16;

/// The key that links are signed with.
#[derive(Clone)]
pub struct LinkKey(pub(crate) [u8; 32]);

impl LinkKey {
    /// Reads the key from its file; where there is no file, makes one with these random bytes, readable by its owner alone.
    pub fn open(path: &Path, random: [u8; 32]) -> std::io::Result<LinkKey> {
        match fs::read(path) {
            Ok(bytes) => {
                let key = bytes.try_into().map_err(|_| {
                    std::io::Error::other(format!(
                        "{} is no key of 32 bytes; remove it: links that were sent stop working",
                        path.display()
                    ))
                })?;
                Ok(LinkKey(key))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let mut file = fs::File::options().write(true).create_new(true).mode(0o600).open(path)?;
                file.write_all(&random)?;
                file.sync_all()?;
                Ok(LinkKey(random))
            }
            Err(error) => Err(error),
        }
    }

    /// Signs a text.
    pub(crate) fn sign(&self, text: &str) -> String {
        // HMAC takes a key of any length.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else { return String::new() };
        mac.update(text.as_bytes());
        hex::encode(&mac.finalize().into_bytes()[..SIGNATURE_BYTES])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_made_once_and_read_by_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("link-key");
        let first = LinkKey::open(&path, [1; 32]).unwrap();
        assert_eq!(LinkKey::open(&path, [2; 32]).unwrap().0, first.0);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        fs::write(&path, "short").unwrap();
        assert!(LinkKey::open(&path, [3; 32]).is_err());
    }
}
