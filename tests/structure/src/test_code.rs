//! Which items exist only when tests are compiled.

use syn::punctuated::Punctuated;
use syn::{Attribute, Item, Meta, Token};

/// Whether these attributes keep what they stand on out of every build but that of the tests.
pub fn only_in_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let path = attribute.path();
        path.is_ident("test")
            || path.is_ident("cfg") && attribute.parse_args::<Meta>().is_ok_and(|meta| needs_test(&meta))
    })
}

fn needs_test(condition: &Meta) -> bool {
    match condition {
        Meta::Path(path) => path.is_ident("test"),
        Meta::List(list) => {
            let Ok(parts) = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated) else { return false };
            match list.path.get_ident().map(ToString::to_string).as_deref() {
                Some("all") => parts.iter().any(needs_test),
                Some("any") => parts.iter().all(needs_test),
                _ => false,
            }
        }
        Meta::NameValue(_) => false,
    }
}

/// Whether an item is test code: by its attributes, or as a module named `tests`.
pub fn is_test_item(item: &Item) -> bool {
    only_in_tests(attributes(item)) || matches!(item, Item::Mod(module) if module.ident == "tests")
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::ExternCrate(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::ForeignMod(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::TraitAlias(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Union(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(item: &str, expected: bool) {
        assert_eq!(is_test_item(&syn::parse_str(item).unwrap()), expected, "{item}");
    }

    #[test]
    fn only_what_needs_the_tests_build_is_test_code() {
        check("#[cfg(test)] mod x;", true);
        check("#[cfg(all(unix, test))] fn x() {}", true);
        check("#[test] fn x() {}", true);
        check("mod tests;", true);
        check("#[cfg(any(test, feature = \"a\"))] fn x() {}", false);
        check("#[cfg(not(test))] fn x() {}", false);
        check("#[cfg_attr(test, derive(Debug))] struct X;", false);
    }
}
