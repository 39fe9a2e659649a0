//! What a guest may read, as the engine itself keeps it: one database, and nothing of files or the network.
//!
//! The engine's one user has two roles, one with every right and one with a guest's; a guest's session gives up the first. The engine
//! also comes with a database `default` whose tables are the files of the machine, by their paths: where guests are let in, an
//! empty one is put in its place.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::chdb::Session;

/// Writes the definition of the roles beside the engine's folder, and says where it is. It is the engine's whole configuration.
pub(super) fn write(folder: &Path, database: &str) -> io::Result<PathBuf> {
    let path = folder.join("rights.xml");
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path)?;
    writeln!(
        file,
        "<clickhouse>\
         <user_directories><users_xml><path>rights.xml</path></users_xml></user_directories>\
         <profiles><default/></profiles><quotas><default/></quotas>\
         <roles>\
         <everything><grants><query>GRANT ALL ON *.*</query></grants></everything>\
         <guest><grants><query>GRANT SELECT, SHOW ON {database}.*</query></grants></guest>\
         </roles>\
         <users><default><password/><networks><ip>::/0</ip></networks><profile>default</profile><quota>default</quota>\
         <grants><query>GRANT everything, guest</query></grants></default></users>\
         </clickhouse>"
    )?;
    Ok(path)
}

/// Takes the files of the machine out of the engine. What tables the database had stay on the disk and are there again at a start
/// without guests.
pub(super) fn unmap_files(session: &mut Session) -> Result<(), String> {
    session.query("DETACH DATABASE default", "Null", &[])?;
    session.query("CREATE DATABASE default ENGINE = Memory", "Null", &[])?;
    Ok(())
}

/// What makes a session a guest's. It cannot take the other role back: a guest's text is one statement that only reads.
pub(super) fn of_guest(database: &str) -> [String; 2] {
    ["SET ROLE guest".to_owned(), format!("USE {database}")]
}
