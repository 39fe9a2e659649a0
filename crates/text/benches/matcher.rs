//! The matcher under 100, 1,000 and 10,000 rules: `cargo bench -p text`.
//!
//! Posts and rules are drawn from one list of words, the first ones much more often, as words are in any language, so that rules are
//! candidates as often as those that people write. For texts of one's own there is the example `speed` of `classify`.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use fastrand::Rng;
use text::{Analyzer, Document, Percolator, Query};

/// Frequent words of such posts, which rules are not made of.
const COMMON: &str =
    "и в не на я что с по как это у за от из же бы так но все мы уже нет есть был для вы до или когда только очень ещё";

/// What posts and rules are about.
const WORDS: &str = "вода дом улица дорога двор школа свет отопление мусор автобус снег подъезд крыша контейнер яма тротуар остановка батарея \
    труба авария фонарь подвал лифт больница поликлиника садик врач очередь управляющий компания администрация житель квартира район горячий \
    холодный грязный разбитый тёмный старый новый детский аварийный отключить вывозить убирать чистить ремонтировать ждать обещать звонить \
    писать течь гореть ходить ездить стоять закрыть открыть построить сломать запах лужа собака дерево куст забор площадка качели парковка \
    светофор переход мост река парк сквер памятник магазин рынок аптека завод котельная насос давление температура градус утро вечер ночь \
    неделя месяц зима лето осень весна машина водитель маршрут билет расписание пассажир ребёнок пенсионер инвалид учитель директор депутат";

/// Words of a post: those of the channels that were measured have about a hundred.
const POST_WORDS: usize = 100;

const POSTS: usize = 500;

/// A fixed seed: every run measures the same posts and rules.
const SEED: u64 = 42;

/// One of some words, the first ones more often.
fn word(random: &mut Rng, words: &[&'static str]) -> &'static str {
    let most = random.usize(1..=words.len());
    words[random.usize(..most)]
}

fn posts(random: &mut Rng) -> Vec<String> {
    let (common, words): (Vec<_>, Vec<_>) = (COMMON.split(' ').collect(), WORDS.split_whitespace().collect());
    let mut post = |_| {
        let words =
            (0..POST_WORDS).map(|_| if random.usize(..5) < 3 { word(random, &common) } else { word(random, &words) });
        words.collect::<Vec<_>>().join(" ")
    };
    (0..POSTS).map(&mut post).collect()
}

/// Rules in the shapes that analysts write.
fn rules(random: &mut Rng, count: usize) -> Percolator {
    let words: Vec<&str> = WORDS.split_whitespace().collect();
    let mut rule = |_| {
        let [a, b, c] = [(); 3].map(|()| word(random, &words));
        let query = match random.usize(..10) {
            0..3 => format!("\"{a} {b}\"~3"),
            3 => format!("\"{a} {b}\""),
            4 => format!("{a} {b} {c}"),
            5 => format!("\"({a} | {c}) {b}\"~4"),
            6 => format!("{a} ({b} | {c})"),
            7 => format!("\"{}* {b}\"~4", a.chars().take(5).collect::<String>()),
            8 => format!("{a} {b} -{c}"),
            _ => format!("\"{a} {b}\"~2 | \"{b} {c}\"~2 | \"{a} {c}\"~2"),
        };
        Query::parse(&query).unwrap_or_else(|error| panic!("{query}: {error}"))
    };
    Percolator::new((0..count).map(&mut rule).collect())
}

/// Posts whose words are known, under sets of rules of three sizes.
fn matcher(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("matcher");
    group.throughput(Throughput::Elements(POSTS as u64));
    for count in [100, 1_000, 10_000] {
        let mut random = Rng::with_seed(SEED);
        let rules = rules(&mut random, count);
        let mut analyzer = Analyzer::with_vocabulary(rules.vocabulary());
        let documents: Vec<Document> = posts(&mut random).iter().map(|text| analyzer.document(None, text)).collect();
        group.bench_function(BenchmarkId::new("rules", count), |bench| {
            bench.iter(|| {
                for document in &documents {
                    rules
                        .prefilter(document)
                        .matches(0..count, None, &mut |query, positions| _ = black_box((query, positions)));
                }
            });
        });
    }
    group.finish();
}

/// Posts to tokens, with a cache that knows the words.
fn words(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("words");
    group.throughput(Throughput::Elements(POSTS as u64));
    let texts = posts(&mut Rng::with_seed(SEED));
    let mut analyzer = Analyzer::new();
    group.bench_function("tokens and lemmas", |bench| {
        bench.iter(|| texts.iter().for_each(|text| _ = black_box(analyzer.document(None, text))));
    });
    group.finish();
}

criterion_group!(benches, matcher, words);
criterion_main!(benches);
