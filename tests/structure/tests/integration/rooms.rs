//! Rooms against their table. In each plant `lower` reaches up to `upper`, which its row does not allow.

use crate::plant::{UPPER_USES_LOWER, faults};

/// `stone.rs` with this text is told of in its line 2 with the path as written.
#[track_caller]
fn against_the_table(stone: &str, written: &str, further: &[(&str, &str)]) {
    // The sound arrow from `upper` is taken away, so that no circle hides what is looked for.
    let mut files =
        vec![("demo/src/upper/roof.rs", "pub struct Roof;\npub fn cover() {}\n"), ("demo/src/lower/stone.rs", stone)];
    files.extend(further);
    let rows = "| `demo/src/lower/` | below | – |\n| `demo/src/upper/` | above | – |\n";
    let expected =
        format!("demo/src/lower/stone.rs:2 {written}: ARCHITECTURE.md does not let demo/src/lower use upper");
    assert_eq!(faults(rows, &files), [expected]);
}

#[test]
fn what_the_table_says_is_fine() {
    assert_eq!(faults(UPPER_USES_LOWER, &[]), [""; 0]);
}

#[test]
fn an_arrow_through_use_crate_fails() {
    against_the_table("pub struct Stone;\nuse crate::upper::Roof;\n", "crate::upper::Roof", &[]);
    against_the_table("pub struct Stone;\nuse crate::{upper as above};\n", "crate::upper", &[]);
    against_the_table("pub struct Stone;\nuse crate::upper::*;\n", "crate::upper::*", &[]);
}

#[test]
fn an_arrow_through_super_fails() {
    against_the_table("pub struct Stone;\nuse super::super::upper::Roof;\n", "super::super::upper::Roof", &[]);
}

#[test]
fn an_arrow_through_a_reexport_fails() {
    let lib = ("demo/src/lib.rs", "mod lower;\nmod upper;\npub use upper::Roof as Top;\n");
    against_the_table("pub struct Stone;\nuse crate::Top;\n", "crate::Top", &[lib]);
}

#[test]
fn an_arrow_through_globs_fails() {
    let lib = ("demo/src/lib.rs", "mod front;\nmod lower;\nmod upper;\npub use front::*;\n");
    let front = ("demo/src/front.rs", "pub use crate::upper::*;\n");
    against_the_table("pub struct Stone;\nuse crate::Roof;\n", "crate::Roof", &[lib, front]);
    against_the_table("use crate::*; pub struct Stone;\npub fn on() -> Roof { Roof }\n", "Roof", &[lib, front]);
}

#[test]
fn a_path_in_an_expression_fails() {
    against_the_table("pub struct Stone;\npub fn on() { crate::upper::cover() }\n", "crate::upper::cover", &[]);
    let within = "pub fn on() { use super::super::upper as above;\nabove::cover() }\npub struct Stone;\n";
    let told = faults(UPPER_USES_LOWER, &[("demo/src/lower/stone.rs", within)]);
    assert!(told.iter().any(|fault| fault.contains("stone.rs:2 above::cover: ")), "{told:?}");
}

#[test]
fn paths_in_macros_and_attributes_fail() {
    against_the_table(
        "pub struct Stone;\npub fn on() { println!(\"{:?}\", crate::upper::cover()) }\n",
        "crate::upper::cover",
        &[],
    );
    let field = "pub struct Stone {\n#[serde(with = \"crate::upper::cover\")] pub a: u8 }\n";
    against_the_table(field, "crate::upper::cover", &[]);
}

#[test]
fn test_code_is_free() {
    for stone in [
        "pub struct Stone;\n#[cfg(test)]\nmod tests { use crate::upper::Roof; }\n",
        "pub struct Stone;\n#[cfg(test)]\nuse crate::upper::Roof;\n",
        "pub struct Stone;\nimpl Stone {\n#[cfg(test)]\nfn on() { crate::upper::cover() } }\n",
    ] {
        let files = [
            ("demo/src/lower/mod.rs", "#[cfg(test)]\nmod proof;\nmod stone;\npub use stone::Stone;\n"),
            ("demo/src/lower/proof.rs", "use crate::upper::Roof;\n"),
            ("demo/src/lower/stone.rs", stone),
        ];
        assert_eq!(faults(UPPER_USES_LOWER, &files), [""; 0], "{stone}");
    }
}

#[test]
fn a_row_without_its_arrow_fails() {
    let told = faults(UPPER_USES_LOWER, &[("demo/src/upper/roof.rs", "pub struct Roof;\npub fn cover() {}\n")]);
    assert_eq!(told, ["ARCHITECTURE.md lets demo/src/upper use lower, and it does not"]);
}

#[test]
fn a_folder_without_a_row_and_a_row_without_a_folder_fail() {
    let rows = "| `demo/src/middle/` | – | – |\n| `demo/src/upper/` | above | `lower` |\n| `gone/src/x/` | – | – |\n";
    assert_eq!(
        faults(rows, &[]),
        [
            "the rooms of ARCHITECTURE.md name gone/src/x/, which lies in no crate",
            "demo/src/lower/ has no row among the rooms of ARCHITECTURE.md",
            "the rooms of ARCHITECTURE.md name demo/src/middle, which does not exist",
            "ARCHITECTURE.md:7 names demo/src/middle/, which does not exist",
        ]
    );
}

#[test]
fn the_table_itself_has_no_circle() {
    let rows = "| `demo/src/lower/` | below | `upper` |\n| `demo/src/upper/` | above | `lower` |\n";
    let told = faults(rows, &[("demo/src/lower/stone.rs", "use crate::upper::cover;\npub struct Stone;\n")]);
    assert!(
        told.iter().any(|fault| fault.contains("the rows of demo/src/ in ARCHITECTURE.md form a circle: lower, upper"))
    );
}

#[test]
fn files_beside_the_rooms_use_every_room_and_are_used_by_row_only() {
    let lib = ("demo/src/lib.rs", "mod error;\nmod lower;\nmod upper;\npub use upper::Roof;\n");
    let files = [
        lib,
        ("demo/src/error.rs", "pub struct Error;\n"),
        ("demo/src/lower/stone.rs", "pub struct Stone;\nuse crate::error::Error;\n"),
    ];
    let told =
        "demo/src/lower/stone.rs:2 crate::error::Error: ARCHITECTURE.md does not let demo/src/lower use error.rs";
    assert_eq!(faults(UPPER_USES_LOWER, &files), [told]);
    let rows = "| `demo/src/error.rs` | errors | – |\n| `demo/src/lower/` | below | `error.rs` |\n\
                | `demo/src/upper/` | above | `lower` |\n";
    assert_eq!(faults(rows, &files), [""; 0]);
    let rows = "| `demo/src/*.rs` | the rest | – |\n| `demo/src/lower/` | below | `*.rs` |\n\
                | `demo/src/upper/` | above | `lower` |\n";
    assert_eq!(faults(rows, &files), [""; 0]);
    let rows = "| `demo/src/lower/` | below | `error.rs` |\n| `demo/src/upper/` | above | `lower` |\n";
    assert_eq!(faults(rows, &files), ["ARCHITECTURE.md lets demo/src/lower use error.rs, which has no row"]);
}

#[test]
fn a_file_with_a_row_is_held_to_it() {
    let files = [
        ("demo/src/lib.rs", "mod error;\nmod lower;\nmod upper;\n"),
        ("demo/src/error.rs", "pub struct Error(crate::lower::Stone);\n"),
    ];
    assert_eq!(faults(UPPER_USES_LOWER, &files), [""; 0]);
    for name in ["error.rs", "*.rs"] {
        let rows = format!("{UPPER_USES_LOWER}| `demo/src/{name}` | errors | – |\n");
        let told =
            format!("demo/src/error.rs:1 crate::lower::Stone: ARCHITECTURE.md does not let demo/src/{name} use lower");
        assert_eq!(faults(&rows, &files), [told]);
    }
}

#[test]
fn a_module_file_beside_its_folder_fails() {
    let files = [
        ("demo/src/lower/stone.rs", "mod grain;\npub use grain::Stone;\n"),
        ("demo/src/lower/stone/grain.rs", "pub struct Stone;\n"),
    ];
    let told = faults(UPPER_USES_LOWER, &files);
    let expected = "demo/src/lower/stone.rs stands beside its folder; move it to demo/src/lower/stone/mod.rs";
    assert!(told.iter().any(|fault| fault == expected), "{told:?}");
}
