//! Circles of files across folders, of which the table of rooms knows nothing.

use crate::plant::{UPPER_USES_LOWER, faults};

#[test]
fn a_circle_across_nested_folders_fails_with_its_arrows() {
    let told = faults(
        UPPER_USES_LOWER,
        &[
            ("demo/src/upper/mod.rs", "mod gable;\nmod roof;\npub use roof::Roof;\n"),
            (
                "demo/src/upper/roof.rs",
                "use crate::lower::Stone;\nuse super::gable::Tile;\npub struct Roof(Stone, Tile);\n",
            ),
            ("demo/src/upper/gable/mod.rs", "mod tile;\npub use tile::Tile;\n"),
            ("demo/src/upper/gable/tile.rs", "pub struct Tile;\nfn on(_: crate::upper::Roof) {}\n"),
        ],
    );
    assert_eq!(
        told,
        ["2 files form a circle across folders: demo/src/upper/gable/tile.rs, demo/src/upper/roof.rs\n    \
          demo/src/upper/gable/tile.rs:2 crate::upper::Roof → demo/src/upper/roof.rs\n    \
          demo/src/upper/roof.rs:2 super::gable::Tile → demo/src/upper/gable/tile.rs"]
    );
}

#[test]
fn a_room_that_uses_what_lib_defines_while_lib_uses_it_is_a_circle() {
    let told = faults(
        UPPER_USES_LOWER,
        &[
            ("demo/src/lib.rs", "mod lower;\nmod upper;\npub use lower::Stone;\npub const WEIGHT: u8 = 1;\n"),
            ("demo/src/lower/stone.rs", "pub struct Stone([u8; crate::WEIGHT as usize]);\n"),
        ],
    );
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].contains("does not let demo/src/lower use lib.rs"), "{told:?}");
    assert!(
        told[1].starts_with("2 files form a circle across folders: demo/src/lib.rs, demo/src/lower/stone.rs"),
        "{told:?}"
    );
}

#[test]
fn files_of_one_folder_may_need_one_another() {
    let files = [
        ("demo/src/lower/mod.rs", "mod stone;\nmod sand;\npub use stone::Stone;\npub const GRAINS: u8 = 9;\n"),
        ("demo/src/lower/stone.rs", "pub struct Stone;\nfn a() { super::sand::b() }\n"),
        ("demo/src/lower/sand.rs", "pub fn b() { let _ = (super::Stone, super::GRAINS); }\n"),
    ];
    assert_eq!(faults(UPPER_USES_LOWER, &files), [""; 0]);
}
