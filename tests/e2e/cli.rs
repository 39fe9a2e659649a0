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
        "sources",
        "parse",
        "classify",
        "match",
        "tokens",
        "train",
        "evaluate",
        "import",
        "search",
        "alerts",
        "digest",
        "replay",
        "dead-letters",
        "deletions",
        "status",
    ] {
        assert!(help.out.contains(&format!("\n  {command} ")), "{command} is missing in {}", help.out);
        let own = place.run(&[command, "--help"]);
        assert!(own.code == 0 && own.out.contains("Usage: otklik"), "{command}: {}", own.err);
    }
    assert!(place.run(&["source", "try", "--help"]).out.contains("sources.toml"), "the older spelling works");
    assert_eq!(place.run(&["fly"]).code, 2);
    let minus = place.run(&["search", "-вода"]);
    assert_eq!((minus.code, minus.err.contains("otklik search -- '-вода …'")), (2, true), "{}", minus.err);
    assert_eq!(place.run(&["search", "--sector", "moon", "x"]).code, 1, "there is no data folder yet");
}

#[test]
fn a_command_whose_reader_has_gone_ends_quietly() {
    let place = Place::new();
    let mut command = place.command(&["check"]);
    // A pipe that nobody reads.
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let done = command.stdout(writer).output().unwrap();
    let err = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.code() == Some(0) && !err.contains("panicked"), "{:?}: {err}", done.status);
}

#[test]
fn the_shipped_configuration_is_valid_with_all_its_examples() {
    let checked = Place::new().run(&["check"]);
    assert_eq!(checked.code, 0);
    assert!(checked.err.starts_with("nobody can be told of an alert"), "{}", checked.err);
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
        for expected in [
            "alerts.toml:1: ",
            "sources.toml:7: источник `a`: уже есть в sources.toml:2",
            "sources.toml:10: незнакомый ключ `colour`",
        ] {
            assert!(refused.err.contains(expected), "{expected} is missing in {}", refused.err);
        }
    }
}

#[test]
fn what_stands_in_the_way_of_reading_a_source_is_told_with_what_to_do() {
    let place = Place::new();
    let wall = ("sources.toml", "[[source]]\nid = \"w\"\nname = \"W\"\nowner = -5\n");
    let warned = |settings: &str| {
        let checked = place.run(&["check", "--config", &place.config(&[wall, ("otklik.toml", settings)])]);
        assert_eq!(checked.code, 0, "{}", checked.err);
        checked.err
    };
    assert!(warned("").contains("give token_file or token_env"));
    assert!(warned("[vk]\ntoken_file = \"/nowhere/token\"\n").contains("/nowhere/token"));
    for (url, code, advice) in [
        ("http://127.0.0.1:1/rss", 1, "allow_private"),
        ("http://no-such-host.invalid/rss", 1, "нет ли опечатки"),
        ("t.me/+abc", 2, "открытые каналы"),
        ("ftp://a.example", 2, "не похоже на адрес"),
    ] {
        let tried = place.run(&["source", "try", url]);
        assert!(tried.code == code && tried.err.contains(advice), "{url}: {} {}", tried.code, tried.err);
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
fn queries_are_matched_against_posts_in_order() {
    let place = Place::new();
    let queries = place.file("queries.tsv", "water\tнет воды\n7\t\"(прорвало|лопнула) труба\"~2\njkh\tсектор:жкх\n");
    let texts = "Прорвало трубу, воды нет\n\nСпасибо за праздник\n";
    let matched = place.feed(&["match", &queries, "--text"], texts);
    assert_eq!((matched.code, matched.out.as_str()), (0, "[\"water\",\"7\",\"jkh\"]\n[]\n[]\n"), "{}", matched.err);

    // A tag that a post carries is believed; a line that is no post keeps its place.
    let post = crate::support::post_line(1, "2026-11-01T10:00:00Z", "Труба лопнула");
    let tagged = post.trim_end().replace("}", ",\"sector\":\"roads\",\"sectors\":[\"roads\"]}");
    let matched = place.feed(&["match", &queries], &format!("{post}not json\n{tagged}\n"));
    assert_eq!((matched.code, matched.out.as_str()), (3, "[\"7\",\"jkh\"]\n[]\n[\"7\"]\n"), "{}", matched.err);
    assert!(matched.err.contains("line 2: not_a_post"), "{}", matched.err);

    let wrong = place.file("wrong.tsv", "a\tвода\nвода\nb\t(вода\n");
    let refused = place.feed(&["match", &wrong, "--text"], "");
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("wrong.tsv:2: no tab"), "{}", refused.err);
    assert!(refused.err.contains("wrong.tsv:3: Скобка не закрыта.\n(вода\n^"), "{}", refused.err);
}

#[test]
fn tokens_are_printed_with_their_places_and_lemmas() {
    let printed = Place::new().feed(&["tokens"], "🔥 стали,\n\n");
    assert_eq!(printed.code, 0, "{}", printed.err);
    let lines: Vec<serde_json::Value> = printed.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let word = &lines[0][1];
    assert_eq!((&word["token"], &word["start"], &word["end"]), (&"стали".into(), &2.into(), &7.into()));
    assert!(word["lemmas"].as_array().unwrap().contains(&"сталь".into()), "{word}");
    assert_eq!(lines[1], serde_json::json!([]));
    let printed = Place::new().feed(&["tokens"], "Света нет. Воды тоже\n");
    let line: serde_json::Value = serde_json::from_str(&printed.out).unwrap();
    let sentences: Vec<_> = line.as_array().unwrap().iter().map(|token| token["sentence"].as_u64().unwrap()).collect();
    assert_eq!(sentences, [0, 0, 1, 1]);
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

#[test]
fn a_model_is_trained_evaluated_and_put_into_force() {
    let place = Place::new();
    let mut table = String::from("theme\tsector\ttext\n");
    for number in 0..50 {
        table += &format!("музыка\troads\tКларнет играет тихую сонату, лист {number}\n");
        table += &format!("музыка\ttko\tСкрипка играет быстрый вальс, лист {number}\n");
    }
    let labelled = place.file("labelled.tsv", &table);
    let rules = place.json(&["evaluate", &labelled, "--json"]);
    assert!(rules["accuracy"].as_f64().unwrap() < 0.9, "{rules}");
    let model = place.path().join("config/sectors.model").display().to_string();
    let config = place.config(&[("otklik.toml", "[classify]\nmodel = \"sectors.model\"\n")]);
    let refused = place.run(&["--config", &config, "check"]);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("otklik.toml:2: ") && refused.err.contains("sectors.model"), "{}", refused.err);

    let trained = place.run(&["train", &labelled, "--out", &model]);
    assert_eq!((trained.code, trained.err.as_str()), (0, ""));
    let bytes = std::fs::read(&model).unwrap();
    place.ok(&["train", &labelled, "--out", &model]);
    assert_eq!(bytes, std::fs::read(&model).unwrap(), "the same texts give the same model");

    for options in [&["--model", &model][..], &["--train", "--folds", "3"]] {
        let told = place.json(&[&["evaluate", &labelled, "--json"], options].concat());
        assert_eq!((&told["accuracy"], &told["macro_f1"]), (&1.0.into(), &1.0.into()), "{options:?}");
        assert_eq!(told["confusion"]["roads"]["roads"], 50);
    }

    let tagged = place.feed(&["--config", &config, "classify", "--text"], "Кларнет опять играет сонату\n");
    let post: serde_json::Value = serde_json::from_str(&tagged.out).unwrap();
    assert_eq!(post["sector"], "roads");
    let why = post["why"].to_string();
    assert!(why.contains("модель: Дороги, слова «Кларнет … играет сонату»"), "{why}");
}

#[test]
fn bad_rows_of_a_table_are_named_and_the_rest_is_evaluated() {
    let place = Place::new();
    let labelled = place.file("labelled.tsv", "sector\ttext\njkh\tНет воды\nmoon\tКратер\nroads\n");
    let evaluated = place.run(&["evaluate", &labelled, "--json"]);
    assert_eq!(evaluated.code, 3);
    for expected in ["line 3: \"moon\" is no sector", "line 4: 1 columns where the header has 2", "Rows left out: 2"] {
        assert!(evaluated.err.contains(expected), "{expected} is missing in {}", evaluated.err);
    }
    let report: serde_json::Value = serde_json::from_str(&evaluated.out).unwrap();
    assert_eq!((&report["texts"], &report["left_out"], &report["accuracy"]), (&1.into(), &2.into(), &1.0.into()));
    let nothing = place.file("nothing.tsv", "a,b\n1,2\n");
    let refused = place.run(&["evaluate", &nothing]);
    assert!(refused.code == 1 && refused.err.contains("no column `sector`"), "{}", refused.err);
    let few = place.run(&["train", &labelled, "--out", "x"]);
    assert!(few.code == 1 && few.err.contains("1 texts are too few"), "{}", few.err);
}

#[test]
fn what_rings_is_compared_with_what_people_judged() {
    let place = Place::new();
    let texts = place.file(
        "texts.tsv",
        "id\ttext\na:1\tГорит жилой дом на Садовой, внутри люди!\na:2\tСпасибо за новый двор\n\
         a:3\tПосле обеда у всех соседей пропал аппетит\na:4\tГорит жилой дом на Мира, внутри люди!\n",
    );
    let labels = place
        .file("labels.tsv", "id\tlevel\tkind\na:1\t3\tfire\tother\t1\na:2\t0\t-\na:3\t2\tpoisoning\na:4\tnone\t-\n");
    let evaluate =
        |rest: &[&str]| place.json(&[&["evaluate", "--risks", &labels, "--texts", &texts, "--json"], rest].concat());
    let all = evaluate(&[]);
    assert_eq!(
        (&all["ring"]["texts"], &all["ring"]["should"], &all["ring"]["rang"]),
        (&4.into(), &2.into(), &2.into())
    );
    assert_eq!(
        (&all["ring"]["precision"], &all["ring"]["recall"], &all["ring"]["f1"]),
        (&0.5.into(), &0.5.into(), &0.5.into())
    );
    assert_eq!(all["ring"]["false_per_1000"], 500.0);
    assert_eq!(all["critical"], serde_json::json!({"told": 2, "right": 1, "far": 1}));
    assert_eq!(all["levels"]["critical"], serde_json::json!({"critical": 1}));
    let fire = all["kinds"].as_array().unwrap().iter().find(|kind| kind["kind"] == "fire").unwrap();
    assert_eq!(*fire, serde_json::json!({"kind": "fire", "should": 1, "rang": 2, "right": 1}));
    let mistakes = all["mistakes"].as_array().unwrap();
    assert_eq!((mistakes.len(), &mistakes[0]["id"], &mistakes[0]["judged"]), (2, &"a:4".into(), &"none".into()));
    assert_eq!((&mistakes[1]["kind"], &mistakes[1]["told"]), (&"poisoning".into(), &"none".into()));

    let odd = evaluate(&["--rows", "odd", "--mistakes", "0"]);
    assert_eq!((&odd["ring"]["texts"], odd["mistakes"].as_array().unwrap().len()), (&2.into(), 0));
    let shown = place.run(&["evaluate", "--risks", &labels, "--texts", &texts]);
    assert!(shown.code == 0 && shown.out.contains("Should ring: 2, rang: 2"), "{}{}", shown.out, shown.err);

    let bad = place.file("bad.tsv", "a:1\t3\tfire\na:2\t7\n");
    let left_out = place.run(&["evaluate", "--risks", &bad, "--texts", &texts]);
    assert!(left_out.code == 3 && left_out.err.contains("bad.tsv:2: \"7\" is no level"), "{}", left_out.err);
    assert_eq!(place.run(&["evaluate", "--risks", &labels]).code, 2, "the texts are missing");
    assert_eq!(place.run(&["evaluate"]).code, 2);
}
