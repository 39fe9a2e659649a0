//! What the pages for developers name.

use crate::plant::{ONE_CRATE, UPPER_USES_LOWER, check};

#[test]
fn paths_that_pages_name_exist() {
    let files = [
        (
            "CONTRIBUTING.md",
            "`demo/src/lower/stone.rs`, `demo/src/lower/`, `demo/src/*.rs`, `index/x.rs`, `make check`, `a/b`\n",
        ),
        ("docs/adding.md", "`demo/src/upper/roof.rs`\n`demo/src/upper/gable.rs` and `demo/gone/`\n"),
        ("docs/decisions/0001-a.md", "`demo/src/nothing.rs`\n"),
    ];
    assert_eq!(
        check(
            UPPER_USES_LOWER,
            "demo",
            &format!("{ONE_CRATE}\n\n| folder | what it is |\n| `docs/` | pages |"),
            &files
        ),
        [
            "docs/adding.md:2 names demo/src/upper/gable.rs, which does not exist",
            "docs/adding.md:2 names demo/gone/, which does not exist",
            "docs/decisions/0001-a.md:1 names demo/src/nothing.rs, which does not exist",
        ]
    );
}

#[test]
fn functions_on_the_way_of_a_post_exist() {
    let hops = |function: &str| {
        let row = format!("| cover | it is covered | `demo/src/upper/roof.rs` | {function} |");
        let table = format!("{ONE_CRATE}\n\n| hop | what happens | file | function |\n|---|---|---|---|\n{row}");
        check(UPPER_USES_LOWER, "demo", &table, &[])
    };
    assert_eq!(hops("`cover`, `Roof::cover`"), [""; 0]);
    let told = "ARCHITECTURE.md names the function Roof::lift, which demo/src/upper/roof.rs does not define";
    assert_eq!(hops("`cover`, `Roof::lift`"), [told]);
}
