//! `places/`.

use super::*;

#[test]
fn streets_and_institutions_need_a_name_only() {
    let places = "[[street]]\nname = 'Лесная'\n[[street]]\nname = 'Мира'\ntype = 'проспект'\nid = 'mira'\n\
        [[institution]]\nname = 'Школа № 5'\nalso = ['Зелёная школа']\n";
    let config = accept(&[("places/a.toml", places)]);
    let told: Vec<(&str, &str, &str)> =
        config.places.iter().map(|place| (place.id.as_str(), place.name.as_str(), place.kind.as_str())).collect();
    let expect = [
        ("ul-lesnaya", "ул. Лесная", "street"),
        ("mira", "пр-т Мира", "street"),
        ("shkola-5", "Школа № 5", "institution"),
    ];
    assert_eq!(told, expect);
    assert!(config.places[2].aliases.iter().any(|alias| alias.source == "\"зеленая школа\""));
    refuse_one("places/a.toml", "[[street]]\nname = 'Мира'\ntype = 'авеню'", 3, "не вид улицы");
    refuse_one("places/a.toml", "[[street]]\nname = 'Мира'\n[[street]]\nname = 'Мира'", 4, "ul-mira");
    refuse_one("places/a.toml", "[[institution]]\nname = '!'", 2, "нет слова");
}

#[test]
fn a_place_lies_in_another_and_never_in_itself() {
    let town = "[[place]]\nid = 'town'\nname = 'Город'\nkind = 'settlement'\naliases = ['город']\n";
    let streets = "[[street]]\nname = 'Мира'\nid = 'mira'\nwithin = 'quarter'\n\
        [[place]]\nid = 'quarter'\nname = 'Черёмушки'\nkind = 'district'\naliases = ['черёмушки']\nwithin = 'town'\n";
    let config = accept(&[("places/a.toml", town), ("places/b.toml", streets)]);
    assert_eq!(config.enclosing("mira").collect::<Vec<_>>(), ["quarter", "town"]);
    assert_eq!(config.enclosing("town").count() + config.enclosing("nowhere").count(), 0);
    refuse_one("places/a.toml", "[[street]]\nname = 'Мира'\nwithin = 'town'", 3, "место `town`: такого нет");
    let round = [("places/a.toml", &*format!("{town}within = 'quarter'")), ("places/b.toml", streets)];
    refuse(&round, &[("places/a.toml:6", "само в себе"), ("places/b.toml:10", "само в себе")]);
}
