//! E-mail, against aiosmtpd over TLS.

mod smtp;

use config::ChannelKind;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use smtp::Smtp;

use crate::notify::channels::Channels;
use crate::notify::channels::message::{Attachment, Event, Message};
use crate::notify::channels::tests::{
    Lab, Received, Server, TestClock, id, message, missing_secret, nobody, page, secret, told,
};

const KIND: ChannelKind = ChannelKind::Email;

const TO: &str = "duty@city.example";

const PASSWORD: &str = "пароль";

fn settings(port: u16, security: config::MailSecurity, folder: &tempfile::TempDir) -> config::Email {
    config::Email {
        server: "localhost".into(),
        port,
        security,
        ca_file: Some(folder.path().join("cert.pem")),
        from: "otklik@город.рф".into(),
        from_name: "Отклик, МЦУ".into(),
        login: Some(("otklik".into(), secret(folder, PASSWORD))),
    }
}

fn open(email: config::Email) -> Channels {
    let settings = config::Channels { email: Some(email), ..config::Channels::default() };
    let channels = Channels::open(&settings, TestClock::new().clock(), None);
    assert!(channels.troubles().is_empty(), "{:?}", channels.troubles());
    channels
}

async fn start(mode: &str) -> (Smtp, Channels, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let smtp = Smtp::start(mode, folder.path()).await;
    let security = if mode == "tls" { config::MailSecurity::Tls } else { config::MailSecurity::StartTls };
    let channels = open(settings(smtp.port, security, &folder));
    (smtp, channels, folder)
}

/// For the promises that every channel makes.
pub async fn lab() -> Lab {
    let (smtp, channels, folder) = start("tls").await;
    let sure = settings(smtp.port, config::MailSecurity::Tls, &folder);
    let away = config::Email { port: nobody_port().await, ..sure.clone() };
    let without_secret = config::Email { login: Some(("otklik".into(), missing_secret())), ..sure.clone() };
    Lab {
        kind: KIND,
        channels,
        away: Some(open(away)),
        lossy: Some((open(sure), "lost@city.example".into())),
        without_secret: Some(config::Channels { email: Some(without_secret), ..config::Channels::default() }),
        secret: PASSWORD,
        to: TO.into(),
        clock: TestClock::new(),
        server: Box::new(Letters { smtp, taken: Vec::new() }),
        _folder: folder,
    }
}

async fn nobody_port() -> u16 {
    nobody().await.rsplit(':').next().unwrap().parse().unwrap()
}

struct Letters {
    smtp: Smtp,
    taken: Vec<Received>,
}

impl Server for Letters {
    fn received(&mut self, sent: usize) -> BoxFuture<'_, Vec<Received>> {
        async move {
            while self.taken.len() < sent {
                let letter = self.smtp.letter().await;
                let text = |part: &str| letter[part].as_str().unwrap().replace("\r\n", "\n");
                self.taken.push(Received { key: Some(text("id")), subject: text("subject"), text: text("plain") });
            }
            self.taken.clone()
        }
        .boxed()
    }
}

#[tokio::test]
async fn a_letter_has_both_parts_its_links_and_the_same_id_at_every_try() {
    for mode in ["tls", "starttls"] {
        let (mut smtp, channels, _folder) = start(mode).await;
        let sent = id(channels.send(KIND, &message(TO)).await);
        let letter = smtp.letter().await;
        assert_eq!(letter["from"], format!("otklik@{}", url::Host::parse("город.рф").unwrap()));
        assert_eq!(letter["to"], serde_json::json!([TO]));
        assert_eq!(letter["subject"], message("").subject);
        assert!(letter["sender"].as_str().unwrap().contains("Отклик, МЦУ"), "{letter}");
        assert_eq!((&letter["auto"], &letter["importance"]), (&"auto-generated".into(), &"high".into()));
        assert_eq!(letter["date"], 1_790_000_000.0);
        let plain = letter["plain"].as_str().unwrap().replace("\r\n", "\n");
        assert!(plain.starts_with(&message("").text), "{plain}");
        assert!(plain.contains("Принято: https://otklik.example/a?t=1&k=2\n"), "{plain}");
        let html = letter["html"].as_str().unwrap();
        assert!(html.contains("<h3>Пожар: ул. Мира, 5 &lt;3 &amp; «дым»</h3>"), "{html}");
        assert!(html.contains("<a href=\"https://otklik.example/a?t=1&amp;k=2\""), "{html}");
        assert!(letter["ascii"] == true && letter["longest"].as_u64().unwrap() <= 998, "{letter}");
        // Again, as after a crash: the mail program sees one letter twice.
        let again = Message { repeat: true, ..message(TO) };
        assert_eq!(id(channels.send(KIND, &again).await), sent);
        assert_eq!((&smtp.letter().await["id"], &letter["id"]), (&sent.clone().into(), &sent.into()));
        let other = Message { key: "another".into(), critical: false, ..message(TO) };
        assert_ne!(id(channels.send(KIND, &other).await), letter["id"]);
        assert_eq!(smtp.letter().await["importance"], serde_json::Value::Null);
    }
}

#[tokio::test]
async fn a_file_and_a_page_of_its_own_arrive_whole() {
    let (mut smtp, channels, _folder) = start("tls").await;
    let html = "<html><body><h1>Сводка за 21 сентября</h1></body></html>".to_owned();
    let digest = Message {
        event: Event::Digest,
        html: Some(html),
        attachment: Some(page()),
        subject: "Очень длинная тема сводки\r\nBcc: evil@example.org ".repeat(10),
        ..message(TO)
    };
    id(channels.send(KIND, &digest).await);
    let letter = smtp.letter().await;
    assert_eq!(letter["subject"], "Очень длинная тема сводки Bcc: evil@example.org ".repeat(10).trim());
    assert_eq!(letter["to"], serde_json::json!([TO]), "a subject adds no recipient");
    let page_html = letter["html"].as_str().unwrap();
    assert!(page_html.contains("<h1>Сводка за 21 сентября</h1><p><a href="), "{page_html}");
    let file = serde_json::json!({ "name": page().name, "type": "text/html", "text": String::from_utf8(page().content).unwrap() });
    assert_eq!(letter["files"], serde_json::json!([file]));
}

#[tokio::test]
async fn every_answer_has_its_consequence() {
    let (mut smtp, channels, folder) = start("starttls").await;
    let rows = [
        ("busy", ("later", "email_recipient")),
        ("nobody", ("refused", "email_recipient")),
        ("full", ("later", "email_message")),
        ("spam", ("refused", "email_message")),
        ("lost", ("unknown", "email_lost")),
    ];
    for (name, expect) in rows {
        assert_eq!(told(&channels.send(KIND, &message(&format!("{name}@city.example"))).await), expect, "{name}");
    }
    assert_eq!(smtp.letter().await["to"][0], "lost@city.example");
    for to in ["", "никто", "a@", "a b@city.example", "a@b\r\nRCPT TO:<c@d>", "a@[127.0.0.1]", "дежурный@city.example"]
    {
        assert_eq!(told(&channels.send(KIND, &message(to)).await), ("refused", "email_address"), "{to:?}");
    }
    let large = Attachment { content: vec![0; 7_000_001], ..page() };
    let large = Message { attachment: Some(large), ..message(TO) };
    assert_eq!(told(&channels.send(KIND, &large).await), ("refused", "email_file_too_large"));

    let mut wrong = settings(smtp.port, config::MailSecurity::StartTls, &folder);
    wrong.login = Some(("otklik".into(), secret(&folder, "wrong")));
    let outcome = open(wrong).send(KIND, &message(TO)).await;
    assert_eq!(told(&outcome), ("refused", "email_login"));
    assert!(!format!("{outcome:?}").contains("wrong"), "{outcome:?}");
    let mut stranger = settings(smtp.port, config::MailSecurity::StartTls, &folder);
    stranger.ca_file = None;
    assert_eq!(told(&open(stranger).send(KIND, &message(TO)).await), ("refused", "email_tls"));
    let away = open(settings(nobody_port().await, config::MailSecurity::Tls, &folder));
    assert_eq!(told(&away.send(KIND, &message(TO)).await), ("later", "no_connection"));
}

#[tokio::test]
async fn nothing_is_told_in_the_clear() {
    let (_smtp, channels, _folder) = start("plain").await;
    assert_eq!(told(&channels.send(KIND, &message(TO)).await), ("refused", "email_no_tls"));
}
