//! The command line as scripts meet it: output, exit codes, and what is said about wrong use.

use crate::support::Place;

#[test]
fn help_names_every_command_and_wrong_use_is_2() {
    let place = Place::new();
    let help = place.run(&["--help"]);
    assert_eq!(help.code, 0);
    for command in [
        "run",
        "check",
        "source",
        "parse",
        "classify",
        "import",
        "search",
        "alerts",
        "digest",
        "replay",
        "dead-letters",
        "status",
    ] {
        assert!(help.out.contains(&format!("\n  {command} ")), "{command} is missing in {}", help.out);
        let own = place.run(&[command, "--help"]);
        assert!(own.code == 0 && own.out.contains("Usage: otklik"), "{command}: {}", own.err);
    }
    assert_eq!(place.run(&["fly"]).code, 2);
    assert_eq!(place.run(&["search", "--sector", "moon", "x"]).code, 1, "there is no data folder yet");
}

#[test]
fn the_shipped_configuration_is_valid_with_all_its_examples() {
    let checked = Place::new().run(&["check"]);
    assert_eq!((checked.code, checked.err.as_str()), (0, ""));
    assert!(checked.out.starts_with("Configuration is valid"), "{}", checked.out);
}

#[test]
fn a_bad_configuration_is_refused_whole_with_file_and_line() {
    let place = Place::new();
    let sources = "[[source]]\nid = \"a\"\nname = \"A\"\nchannel = \"aaaaa\"\n\n[[source]]\nid = \"a\"\nname = \"B\"\nchannel = \"bbbbb\"\ncolour = 1\n";
    let config = place.config(&[("sources.toml", sources), ("alerts.toml", "level = \"huge\"\n")]);
    for command in [&["check"][..], &["classify"], &["run"], &["import", "ndjson", "x"]] {
        let refused = place.run(&[&["--config", &config], command].concat());
        assert_eq!(refused.code, 2, "{command:?}");
        for expected in ["alerts.toml:1: ", "sources.toml:7: ", "sources.toml:10: "] {
            assert!(refused.err.contains(expected), "{expected} is missing in {}", refused.err);
        }
    }
}

#[test]
fn texts_are_classified_line_by_line_and_bad_lines_are_told() {
    let place = Place::new();
    let tagged = place.feed(&["classify", "--text"], "Третий день нет воды во всём доме\n\nСпасибо за праздник\n");
    assert_eq!(tagged.code, 0, "{}", tagged.err);
    let lines: Vec<serde_json::Value> = tagged.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 3);
    assert_eq!((lines[0]["sector"].as_str(), lines[0]["language"].as_str()), (Some("jkh"), Some("ru")));
    assert_eq!(lines[1]["sector"], "other");

    let good = crate::support::post_line(1, "2026-11-01T10:00:00Z", "Яма на дороге");
    let mixed = place.feed(&["classify"], &format!("{good}{{}}\nnot json\n"));
    assert_eq!((mixed.code, mixed.out.lines().count()), (3, 1));
    assert!(mixed.err.contains("line 2: not_a_post") && mixed.err.contains("line 3: not_a_post"), "{}", mixed.err);
}

#[test]
fn a_saved_feed_is_parsed_and_a_page_is_no_feed() {
    let place = Place::new();
    let feed = place.file(
        "feed.xml",
        "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>Газета</title><item><guid>7</guid>\
         <title>Мост открыт</title><description>&lt;p&gt;После ремонта&lt;/p&gt;</description>\
         <pubDate>Tue, 24 Nov 2026 10:00:00 +0300</pubDate></item></channel></rss>",
    );
    let parsed = place.run(&["parse", "feed", &feed, "--source", "paper"]);
    assert_eq!((parsed.code, parsed.err.as_str()), (0, ""));
    let post: serde_json::Value = serde_json::from_str(&parsed.out).unwrap();
    assert_eq!(post["id"], "portal:paper/7");
    assert_eq!(post["published_at"], "2026-11-24T07:00:00Z");
    assert_eq!((&post["title"], &post["text"]), (&"Мост открыт".into(), &"После ремонта".into()));

    let page = place.file("page.html", "<!doctype html><html><body>Страница</body></html>");
    let refused = place.run(&["parse", "feed", &page]);
    assert_eq!((refused.code, refused.out.as_str()), (1, ""));
    assert!(refused.err.contains("not_this_format"), "{}", refused.err);
}
