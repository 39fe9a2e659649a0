//! Root folders and crates.

use crate::plant::{UPPER_USES_LOWER, check};

#[test]
fn crates_and_root_folders_are_compared_both_ways() {
    let files = [
        ("base/Cargo.toml", "[package]\nname = \"base\"\nedition = \"2024\"\n"),
        ("base/src/lib.rs", ""),
        (
            "demo/Cargo.toml",
            "[package]\nname = \"demo\"\nedition = \"2024\"\n[dependencies]\nbase = { path = \"../base\" }\n",
        ),
        ("notes/a.md", ""),
    ];
    let told = |crates: &str| check(UPPER_USES_LOWER, "base demo", crates, &files[..3]);
    assert_eq!(told("| `base/` | – | – |\n| `demo/` | – | `base` |"), [""; 0]);
    assert_eq!(
        told("| `base/` | – | `demo` |\n| `demo/` | – | – |"),
        [
            "ARCHITECTURE.md lets base depend on demo, and it does not",
            "demo depends on base, which ARCHITECTURE.md does not allow",
        ]
    );
    assert_eq!(
        check(UPPER_USES_LOWER, "base demo", "| `demo/` | – | `base` |\n| `gone/` | – | – |", &files),
        [
            "folder base/ is not in ARCHITECTURE.md",
            "folder notes/ is not in ARCHITECTURE.md",
            "ARCHITECTURE.md names gone/, which does not exist",
            "base/ is not in the code map of ARCHITECTURE.md",
            "the code map of ARCHITECTURE.md names gone/, which is no crate",
        ]
    );
}
