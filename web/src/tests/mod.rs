//! Every route over the real parts: an index, figures, alerts and digests of two invented posts.

mod fixture;
mod routes;
mod searches;
mod slow_readers;

/// The routes are listed in one place, and each of them has a test that names it.
#[test]
fn every_route_has_a_test() {
    let tests = include_str!("routes.rs");
    let untested: Vec<&str> = crate::routes()
        .into_iter()
        .map(|(path, _)| path)
        .filter(|path| !tests.contains(&format!("route(\"{path}\")")))
        .collect();
    assert!(untested.is_empty(), "routes without a test in web/src/tests/routes.rs: {untested:?}");
}
