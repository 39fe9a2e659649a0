//! Articles behind the teasers of a feed.

use super::*;

#[tokio::test]
async fn a_teaser_is_replaced_by_its_article_once_and_makes_no_edit() {
    let article = "Движение по улице Мира закрыто до вечера пятницы, объезд организован по Садовой. ".repeat(12);
    let server = Server::start(move |asked| match asked.target.as_str() {
        "/rss" => answer(
            200,
            &[],
            "<rss><channel><item><guid>1</guid><link>/news/1</link><title>Улица закрыта</title><description>Закрыто \
             движение</description><pubDate>Sun, 01 Nov 2026 09:00:00 GMT</pubDate></item></channel></rss>"
                .replace("/news", &format!("http://{}/news", asked.header("host").unwrap())),
        ),
        "/news/1" => answer(
            200,
            &[("content-type", "text/html; charset=utf-8")],
            format!("<html><body><article><p>{article}</p><p>{article}</p></article></body></html>"),
        ),
        _ => answer(404, &[], ""),
    })
    .await;
    let mut world = World::new(&server, &[Address::Portal(format!("{}/rss", server.base))], false);
    let mut config = Config::clone(&world.config);
    config.sources[0].article = true;
    world.config = Arc::new(config);
    let world = world.restart();
    assert_eq!(world.poll().await.new, 1);
    assert!(world.journal.posts()[0].text.contains("объезд организован"), "{:?}", world.journal.posts());
    world.wait(300);
    let again = world.poll().await;
    assert_eq!((again.new, again.edited), (0, 0));
    let asked = server.asked();
    assert_eq!(asked.iter().filter(|asked| asked.target == "/news/1").count(), 1, "an article is fetched once");
}
