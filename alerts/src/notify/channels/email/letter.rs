//! A message as a letter: plain text and HTML as alternatives, followed by a file.

use std::time::SystemTime;

use html_escape::encode_double_quoted_attribute as escape;
use lettre::Address;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment as Part, Mailbox, MessageBuilder, MultiPart, SinglePart};
use model::Time;
use sha2::{Digest, Sha256};

use super::super::message::Message;
use super::super::outcome::Reason;
use super::super::text::links;

/// Mail servers refuse letters of more than some 10 to 25 MB, and a file grows by a third when it is encoded.
const MAX_FILE_BYTES: usize = 7_000_000;

/// The same for the same key, so that mail programs recognise a duplicate. The domain is the sender's (RFC 5322, 3.6.4).
pub fn message_id(key: &str, domain: &str) -> String {
    let hash = Sha256::digest(key.as_bytes());
    let hex = hex::encode(&hash[..16]);
    format!("<{hex}@{domain}>")
}

/// The letter's bytes, all of them ASCII.
pub fn compose(message: &Message, from: &Mailbox, to: &Address, id: &str, now: Time) -> Result<Vec<u8>, Reason> {
    let unwritable = |_| Reason::new("email_compose", "письмо не составляется");
    let date = SystemTime::try_from(now).map_err(unwritable)?;
    let mut builder = MessageBuilder::new()
        .from(from.clone())
        .to(Mailbox::new(None, to.clone()))
        .subject(message.subject.split_whitespace().collect::<Vec<_>>().join(" "))
        .message_id(Some(id.to_owned()))
        .date(date)
        // Keeps out-of-office programs from answering it (RFC 3834).
        .raw_header(header("Auto-Submitted", "auto-generated"));
    if message.critical {
        builder = builder.raw_header(header("Importance", "high")).raw_header(header("X-Priority", "1"));
    }
    let body = MultiPart::alternative_plain_html(plain(message), html(message));
    let composed = match &message.attachment {
        None => builder.multipart(body),
        Some(file) if file.content.len() > MAX_FILE_BYTES => {
            return Err(Reason::new("email_file_too_large", "файл слишком велик для письма"));
        }
        Some(file) => {
            let media_type = ContentType::parse(&file.media_type)
                .map_err(|_| Reason::new("bad_media_type", "тип файла записан неверно"))?;
            let part: SinglePart = Part::new(file.name.clone()).body(file.content.clone(), media_type);
            builder.multipart(MultiPart::mixed().multipart(body).singlepart(part))
        }
    };
    let composed = composed.map_err(|_| Reason::new("email_compose", "письмо не составляется"))?;
    Ok(composed.formatted())
}

fn header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

fn plain(message: &Message) -> String {
    let links = links(&message.buttons);
    if links.is_empty() { message.text.clone() } else { format!("{}\n\n{links}", message.text) }
}

/// The page that the message brings, or one built from its text; the links follow at its end.
fn html(message: &Message) -> String {
    let links: String = message
        .buttons
        .iter()
        .filter_map(|button| Some((button, button.url.as_ref()?)))
        .map(|(button, url)| {
            let style = "display:inline-block;margin:0 8px 8px 0;padding:8px 16px;border:1px solid #444;color:#111;text-decoration:none";
            format!("<a href=\"{}\" style=\"{style}\">{}</a>\n", escape(url), escape(&button.label))
        })
        .collect();
    let links = if links.is_empty() { links } else { format!("<p>{links}</p>\n") };
    match &message.html {
        Some(page) => {
            let end = page.rfind("</body>").unwrap_or(page.len());
            format!("{}{links}{}", &page[..end], &page[end..])
        }
        None => format!(
            "<!DOCTYPE html>\n<html lang=\"ru\">\n<head><meta charset=\"utf-8\"><title>{subject}</title></head>\n<body>\n\
             <h3>{subject}</h3>\n<div style=\"white-space:pre-wrap\">{}</div>\n{links}</body>\n</html>\n",
            escape(&message.text),
            subject = escape(&message.subject),
        ),
    }
}
