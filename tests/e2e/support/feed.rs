//! A site with a feed: an instance that reads it alone knows one event, which nothing merges or closes while a test acts on it.

use std::net::SocketAddr;

use model::Time;

/// A feed of one post that was published as the test began.
pub struct Feed {
    address: SocketAddr,
    _runtime: tokio::runtime::Runtime,
}

impl Feed {
    pub fn new(text: &str) -> Feed {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let published = Time::now().strftime("%a, %d %b %Y %H:%M:%S +0000");
        let item = format!(
            "<item><guid>1</guid><title>{text}</title><link>http://news.example/1</link><pubDate>{published}</pubDate></item>"
        );
        let feed = format!(
            "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>Новости</title>{item}</channel></rss>"
        );
        let router = axum::Router::new().route("/news", axum::routing::get(|| async { feed }));
        runtime.spawn(async move { axum::serve(listener, router).await });
        Feed { address, _runtime: runtime }
    }

    /// `sources.toml` with this source alone.
    pub fn sources_toml(&self) -> String {
        format!(
            "[[source]]\nid = 'news'\nname = 'Новости'\nurl = 'http://{}/news'\nhome = true\nevery = '5s'\n",
            self.address
        )
    }

    /// `otklik.toml` that may read an address of this machine.
    pub fn otklik_toml(&self) -> String {
        format!("[web]\nlisten = '127.0.0.1:0'\n[fetch]\nhost_interval_ms = 0\nallow_private = ['{}']\n", self.address)
    }
}
