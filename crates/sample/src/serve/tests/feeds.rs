//! Feeds, and the hours in which one fails.

use super::*;

fn decode(answer: &Answer) -> String {
    match std::str::from_utf8(&answer.body) {
        Ok(text) => text.to_owned(),
        Err(_) => encoding_rs::WINDOWS_1251.decode(&answer.body).0.into_owned(),
    }
}

#[tokio::test]
async fn each_feed_shows_every_post_once() {
    let world = world();
    let app = app(&world, end());
    for source in world.sources() {
        let Address::Feed { file, .. } = &source.address else { continue };
        let answer = get(&app, &format!("/feeds/{file}")).await;
        let xml = decode(&answer);
        let entries = [between(&xml, "<item>", "</item>"), between(&xml, "<entry>", "</entry>")].concat();
        let mut expected = live(&world, &source.id, end());
        expected.reverse();
        assert!(expected.len() > 8, "{}: {}", source.id, expected.len());
        assert_eq!(entries.len(), expected.len(), "{}", source.id);
        for (entry, expected) in entries.iter().zip(&expected) {
            let guids = [between(entry, "<guid isPermaLink=\"true\">", "<"), between(entry, "\"false\">", "<")];
            let guid = guids.concat().first().copied().unwrap_or_else(|| between(entry, "<id>", "<")[0]);
            assert_eq!(format!("portal:{}/{guid}", source.id), expected.id.as_str());
            assert_eq!(unescape(between(entry, "<title>", "<")[0]), expected.title.as_deref().unwrap());
            let full = [
                between(entry, "<content:encoded><![CDATA[", "]]>"),
                between(entry, "<content type=\"html\">", "</content>"),
                between(entry, "<description>", "</description>"),
            ]
            .concat();
            let html = if full[0].contains("&lt;p&gt;") { unescape(full[0]) } else { full[0].to_owned() };
            assert_eq!(text_of(&html), expected.text);
        }
    }
    let old = get(&app, "/feeds/admin.xml").await;
    assert!(std::str::from_utf8(&old.body).is_err(), "the old site writes windows-1251");
}

#[tokio::test]
async fn an_unchanged_feed_is_304_and_a_changed_one_is_not() {
    let world = world();
    let newest = live(&world, "gazeta", end()).pop().unwrap().published_at;
    let before = newest.checked_sub(SignedDuration::from_secs(1)).unwrap();
    let old = get(&app(&world, before), "/feeds/gazeta.xml").await;
    for (validator, condition) in
        [(header::ETAG, header::IF_NONE_MATCH), (header::LAST_MODIFIED, header::IF_MODIFIED_SINCE)]
    {
        let value = old.headers[&validator].clone();
        let request = || Request::get("/feeds/gazeta.xml").header(&condition, &value).body(Body::empty()).unwrap();
        let same = ask(&app(&world, before), request()).await;
        assert_eq!((same.status, same.body.len()), (StatusCode::NOT_MODIFIED, 0));
        let changed = ask(&app(&world, newest), request()).await;
        assert_eq!(changed.status, StatusCode::OK);
        assert_ne!(changed.headers[&validator], value);
    }
}

#[tokio::test]
async fn one_source_fails_for_hours_of_the_last_day() {
    let world = world();
    let mut failed = 0;
    for hour in 0..24 {
        failed += u32::from(
            get(&app(&world, hours_before_end(hour)), "/feeds/vodokanal.xml").await.status
                == StatusCode::SERVICE_UNAVAILABLE,
        );
    }
    assert!((4..12).contains(&failed), "{failed} hours");
    assert_eq!(get(&app(&world, hours_before_end(24)), "/feeds/vodokanal.xml").await.status, StatusCode::OK);
    assert_eq!(get(&app(&world, end()), "/feeds/nothing.xml").await.status, StatusCode::NOT_FOUND);
}
