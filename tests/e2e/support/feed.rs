//! A site with a feed: an instance that reads it alone knows one event, which nothing merges or closes while a test acts on it.

use model::Time;

use super::site::Site;

/// A feed of one post that was published as the test began.
pub struct Feed {
    site: Site,
}

impl Feed {
    pub fn new(text: &str) -> Feed {
        let feed = rss(&item(1, text));
        Feed { site: Site::new(axum::Router::new().route("/news", axum::routing::get(|| async { feed }))) }
    }

    /// `sources.toml` with this source alone.
    pub fn sources_toml(&self) -> String {
        let url = self.site.url();
        format!("[[source]]\nid = 'news'\nname = 'Новости'\nurl = '{url}/news'\nhome = true\nevery = '5s'\n")
    }

    /// `otklik.toml` that may read an address of this machine.
    pub fn otklik_toml(&self) -> String {
        let address = self.site.address;
        format!("[web]\nlisten = '127.0.0.1:0'\n[fetch]\nhost_interval_ms = 0\nallow_private = ['{address}']\n")
    }
}

/// An item of a feed, published now.
pub fn item(number: usize, text: &str) -> String {
    let now = Time::now().strftime("%a, %d %b %Y %H:%M:%S +0000");
    format!(
        "<item><guid>{number}</guid><title>{text}</title><link>http://news.example/{number}</link><pubDate>{now}</pubDate></item>"
    )
}

/// A feed of items.
pub fn rss(items: &str) -> String {
    format!("<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>t</title>{items}</channel></rss>")
}
