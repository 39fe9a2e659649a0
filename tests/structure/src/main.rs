//! `.ci/structure`: prints what differs from ARCHITECTURE.md, and fails if anything does. `.ci/structure rows` prints the rows of rooms as
//! the code would have them, for whoever writes the table.

use std::path::Path;
use std::process::ExitCode;

fn main() -> anyhow::Result<ExitCode> {
    let root = Path::new(".");
    if std::env::args().nth(1).as_deref() == Some("rows") {
        structure::room_rows(root)?.iter().for_each(|row| println!("{row}"));
        return Ok(ExitCode::SUCCESS);
    }
    let faults = structure::check(root)?;
    faults.iter().for_each(|fault| println!("{fault}"));
    if faults.is_empty() {
        println!("structure: folders, crates and rooms are as ARCHITECTURE.md says");
        return Ok(ExitCode::SUCCESS);
    }
    Ok(ExitCode::FAILURE)
}
