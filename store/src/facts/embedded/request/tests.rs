use std::collections::HashSet;

use axum::http::{Uri, header};

use super::*;

fn call(uri: &str, headers: &[(&'static str, &str)]) -> Result<Call, u32> {
    let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
    let known = HashSet::from(["max_threads".to_owned()]);
    let account = Account { user: "otklik", password: "secret", guests: true };
    read_call(&uri.parse().unwrap(), &headers, &account, &known).map_err(|exception| exception.code)
}

#[track_caller]
fn check_user(uri: &str, headers: &[(&'static str, &str)], expect: Result<User, u32>) {
    assert_eq!(call(uri, headers).map(|call| call.user), expect, "{uri} {headers:?}");
}

#[test]
fn who_asks_is_told_by_headers_basic_or_address() {
    check_user("/", &[], Ok(User::Guest));
    check_user("/?user=default", &[], Ok(User::Guest));
    check_user("/", &[("x-clickhouse-user", "otklik"), ("x-clickhouse-key", "secret")], Ok(User::Writer));
    check_user("/?user=otklik&password=secret", &[], Ok(User::Writer));
    check_user("/", &[("authorization", "Basic b3RrbGlrOnNlY3JldA==")], Ok(User::Writer));
    check_user("/", &[("authorization", "Basic b3RrbGlrOnNlY3JlZA==")], Err(516));
    check_user("/", &[("x-clickhouse-user", "otklik")], Err(516));
    check_user("/?password=secret", &[], Err(516));
    check_user("/?user=root", &[], Err(516));
}

#[test]
fn where_no_guests_are_let_in_a_password_is_asked_for() {
    let account = Account { user: "otklik", password: "secret", guests: false };
    for uri in ["/", "/?user=default", "/?query=SELECT+1"] {
        let refused = read_call(&uri.parse().unwrap(), &Default::default(), &account, &HashSet::new()).unwrap_err();
        assert_eq!(refused.code, 516, "{uri}");
        assert!(refused.text.contains("`password`"), "{}", refused.text);
    }
    let known = "/?user=otklik&password=secret".parse().unwrap();
    assert!(read_call(&known, &Default::default(), &account, &HashSet::new()).is_ok());
}

#[test]
fn parameters_are_sorted_by_what_they_are() {
    let asked = "/?user=otklik&password=secret&query=SELECT+1&database=d&param_a=%D1%8F&max_threads=2&session_id=7";
    let call = call(asked, &[]).unwrap();
    assert_eq!((call.query.as_deref(), call.database.as_deref()), (Some("SELECT 1"), Some("d")));
    assert_eq!(call.parameters, [("a".to_owned(), "я".to_owned())]);
    assert_eq!(call.settings, [("max_threads".to_owned(), "2".to_owned())]);
}

#[test]
fn what_is_not_served_is_refused() {
    check_user("/?path=/etc", &[], Err(115));
    check_user("/?max_threads=2", &[], Err(164));
    check_user("/?decompress=1", &[], Err(48));
}

#[test]
fn a_form_carries_query_and_parameters() {
    let mut read = call("/", &[]).unwrap();
    let form = "--b\r\nContent-Disposition: form-data; name=\"query\"\r\n\r\nSELECT {a:String}\r\n--b\r\n\
                Content-Disposition: form-data; name=\"param_a\"\r\n\r\nx\r\n--b--\r\n";
    read_form(&mut read, "b", form.as_bytes()).unwrap();
    assert_eq!(read.query.as_deref(), Some("SELECT {a:String}"));
    assert_eq!(read.parameters, [("a".to_owned(), "x".to_owned())]);
    for cut in 0..form.len() - 4 {
        assert!(read_form(&mut read.clone(), "b", &form.as_bytes()[..cut]).is_err(), "{cut}");
    }
}

#[test]
fn a_page_that_points_its_own_name_here_is_seen() {
    let check = |host: &str, expect| {
        let headers = [(header::HOST, host.parse().unwrap())].into_iter().collect();
        assert_eq!(names_loopback(&headers, &Uri::from_static("/")), expect, "{host}");
    };
    check("127.0.0.1:8123", true);
    check("localhost", true);
    check("[::1]:80", true);
    check("evil.example:8123", false);
}

#[test]
fn a_page_of_another_site_is_seen() {
    let check = |name: &'static str, value: &str, expect| {
        let host = (header::HOST, "127.0.0.1:8123".parse().unwrap());
        let headers = [host, (name.parse().unwrap(), value.parse().unwrap())].into_iter().collect();
        assert_eq!(asked_by_another_site(&headers, &Uri::from_static("/")), expect, "{name}: {value}");
    };
    check("origin", "http://evil.example", true);
    check("origin", "null", true);
    check("origin", "http://127.0.0.1:8124", true);
    check("origin", "http://127.0.0.1:8123", false);
    check("sec-fetch-site", "cross-site", true);
    check("sec-fetch-site", "same-site", true);
    check("sec-fetch-site", "none", false);
    check("accept", "*/*", false);
}
