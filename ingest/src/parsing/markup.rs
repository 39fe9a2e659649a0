//! HTML written anew before a tokenizer sees it: the same tags and texts, without what costs time and says nothing.
//!
//! html5ever compares each attribute of a tag with all before it, so that one tag of two hundred thousand takes ten seconds.
//! Whether a `<` begins a tag depends on what stands before it, and a look that judges otherwise than the tokenizer could be
//! led past such a tag. So nothing is judged: the text is taken apart in one pass and written again in a form that has one
//! reading. Each `<` of it begins a tag of ours, and no tag has more than [`MAX_ATTRIBUTES`].

/// Attributes of a tag that are kept; the tags of pages that are read have some ten.
pub(crate) const MAX_ATTRIBUTES: usize = 64;

/// A longer doctype is none; what it says is whether the page is in «quirks mode».
const MAX_DOCTYPE_BYTES: usize = 256;

/// Elements whose content is no text for people. It is left out.
const RAW: [&str; 7] = ["script", "style", "xmp", "iframe", "noembed", "noframes", "noscript"];

/// Elements whose content is text without tags.
const TEXT_ONLY: [&str; 2] = ["textarea", "title"];

/// The HTML with bounded tags, without comments and scripts.
pub(crate) fn bounded(html: &str) -> String {
    let mut writer = Writer { html, at: 0, out: String::with_capacity(html.len()) };
    while writer.at < html.len() {
        writer.piece();
    }
    writer.out
}

struct Writer<'a> {
    html: &'a str,
    at: usize,
    out: String,
}

impl<'a> Writer<'a> {
    fn rest(&self) -> &'a str {
        &self.html[self.at..]
    }

    /// Text up to the next `<`, and what that begins.
    fn piece(&mut self) {
        let rest = self.rest();
        let open = rest.find('<').unwrap_or(rest.len());
        self.out.push_str(&rest[..open]);
        self.at += open;
        let mut next = rest[open..].bytes().skip(1);
        match (next.next(), next.next()) {
            _ if open == rest.len() => {}
            (Some(b'a'..=b'z' | b'A'..=b'Z'), _) => self.start_tag(),
            (Some(b'/'), Some(b'a'..=b'z' | b'A'..=b'Z')) => self.end_tag(),
            (Some(b'/' | b'?'), _) => self.skip_past(">"),
            (Some(b'!'), _) => self.declaration(),
            _ => {
                self.out.push_str("&lt;");
                self.at += 1;
            }
        }
    }

    /// Goes on after the next `end`; without one, at the end of the text.
    fn skip_past(&mut self, end: &str) {
        self.at = self.rest().find(end).map_or(self.html.len(), |found| self.at + found + end.len());
    }

    fn declaration(&mut self) {
        let rest = self.rest();
        if let Some(comment) = rest.strip_prefix("<!--") {
            // `<!-->` and `<!--->` are whole comments.
            let ends = |at: usize| {
                let before = &comment[..at];
                matches!(before, "" | "-") || before.ends_with("--") || before.ends_with("--!")
            };
            let end = comment.match_indices('>').map(|(at, _)| at).find(|at| ends(*at));
            self.at = end.map_or(self.html.len(), |end| self.at + "<!--".len() + end + 1);
            return;
        }
        let begin = self.at;
        self.skip_past(">");
        let declaration = &self.html[begin..self.at];
        let is_doctype = declaration.get(..9).is_some_and(|start| start.eq_ignore_ascii_case("<!doctype"));
        if is_doctype && declaration.len() <= MAX_DOCTYPE_BYTES && !declaration[1..].contains('<') {
            self.out.push_str(declaration);
        }
    }

    fn end_tag(&mut self) {
        self.at += 2;
        let name = self.name();
        if self.attributes(|_, _| {}) && !name.contains('<') {
            self.out.push_str("</");
            self.out.push_str(name);
            self.out.push('>');
        }
    }

    fn start_tag(&mut self) {
        let written = self.out.len();
        self.at += 1;
        let name = self.name();
        self.out.push('<');
        self.out.push_str(name);
        let mut out = std::mem::take(&mut self.out);
        let mut count = 0;
        let whole = self.attributes(|name, value| {
            // A name with a quote or a bracket in it is a torn tag.
            if count < MAX_ATTRIBUTES && !name.contains(['<', '"', '\'', '=']) {
                count += 1;
                write_attribute(&mut out, name, value);
            }
        });
        self.out = out;
        if !whole || name.contains('<') {
            // The tokenizer gives out no tag that the text ends in, and a bracket in a name is a torn tag.
            return self.out.truncate(written);
        }
        self.out.push('>');
        let is = |known: &&str| name.eq_ignore_ascii_case(known);
        if RAW.iter().any(is) {
            self.at += end_of_content(self.rest(), name);
        } else if TEXT_ONLY.iter().any(is) {
            let content = &self.rest()[..end_of_content(self.rest(), name)];
            self.out.push_str(&content.replace('<', "&lt;"));
            self.at += content.len();
        } else if is(&"plaintext") {
            self.out.truncate(written);
            self.out.push_str(&self.rest().replace('<', "&lt;"));
            self.at = self.html.len();
        }
    }

    /// The name of a tag or attribute.
    fn name(&mut self) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|c: char| is_space(c) || matches!(c, '/' | '>')).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    /// Tells each attribute and goes past the end of the tag. False: the text ended first.
    fn attributes(&mut self, mut tell: impl FnMut(&'a str, &'a str)) -> bool {
        loop {
            self.skip(|c| is_space(c) || c == '/');
            match self.rest().chars().next() {
                None => return false,
                Some('>') => {
                    self.at += 1;
                    return true;
                }
                Some(_) => {}
            }
            let rest = self.rest();
            // An `=` at its beginning is a part of the name.
            let end = rest.char_indices().skip(1).find(|(_, c)| is_space(*c) || matches!(c, '/' | '>' | '='));
            let name = &rest[..end.map_or(rest.len(), |(end, _)| end)];
            self.at += name.len();
            self.skip(is_space);
            let mut value = "";
            if self.rest().starts_with('=') {
                self.at += 1;
                self.skip(is_space);
                let Some(read) = self.value() else {
                    self.at = self.html.len();
                    return false;
                };
                value = read;
            }
            tell(name, value);
        }
    }

    fn value(&mut self) -> Option<&'a str> {
        let rest = self.rest();
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
        let (value, length) = match quote {
            Some(quote) => {
                let value = &rest[1..1 + rest[1..].find(quote)?];
                (value, value.len() + 2)
            }
            None => {
                let value = &rest[..rest.find(|c: char| is_space(c) || c == '>')?];
                (value, value.len())
            }
        };
        self.at += length;
        Some(value)
    }

    fn skip(&mut self, skipped: impl Fn(char) -> bool) {
        self.at = self.html.len() - self.rest().trim_start_matches(skipped).len();
    }
}

fn write_attribute(out: &mut String, name: &str, value: &str) {
    out.push(' ');
    out.push_str(name);
    out.push_str("=\"");
    let mut rest = value;
    while let Some(at) = rest.find(['"', '<']) {
        out.push_str(&rest[..at]);
        out.push_str(if rest[at..].starts_with('"') { "&quot;" } else { "&lt;" });
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
    out.push('"');
}

/// Where the end tag of an element stands whose content holds no tags.
fn end_of_content(rest: &str, name: &str) -> usize {
    let ends = |at: &usize| {
        let after = &rest[at + 2..];
        after.get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name))
            && after[name.len()..].starts_with(|c: char| is_space(c) || matches!(c, '/' | '>'))
    };
    rest.match_indices("</").map(|(at, _)| at).find(ends).unwrap_or(rest.len())
}

/// What HTML takes for space.
fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{c}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(html: &str, expect: &str) {
        assert_eq!(bounded(html), expect, "{html}");
        assert_eq!(bounded(expect), expect, "written twice");
    }

    #[test]
    fn tags_are_written_anew_and_texts_stay() {
        check("Нет <b>воды</b> &amp; света", "Нет <b>воды</b> &amp; света");
        check(
            "<A HREF=/news/1 title='a \"b\" <c>'>x</A >",
            "<A HREF=\"/news/1\" title=\"a &quot;b&quot; &lt;c>\">x</A>",
        );
        check("<img src=a/b.png / hidden>", "<img src=\"a/b.png\" hidden=\"\">");
        check("давление < 2 <3", "давление &lt; 2 &lt;3");
        check("<!DOCTYPE html><p>x", "<!DOCTYPE html><p>x");
        check("<svg><![CDATA[x]]></svg><?xml x?>y", "<svg></svg>y");
    }

    #[test]
    fn comments_and_scripts_are_left_out() {
        check("a<!-- <b x> -->c<!-->d<!--->e<!--f--!>g<!-- h", "acdeg");
        check("a<script>if (a<b) '</scripts>'</script >b", "a<script></script>b");
        check("<STYLE>p{}</style>c<script>never closed", "<STYLE></style>c<script>");
        check("<textarea><b>x</b></textarea>", "<textarea>&lt;b>x&lt;/b></textarea>");
        check("a<plaintext><b>x", "a&lt;b>x");
    }

    #[test]
    fn what_is_torn_begins_no_tag() {
        check("a<a href=\"x", "a");
        check("a<b x=1", "a");
        check("a</b", "a");
        check("<<!-- -->b x=1>", "&lt;b x=1>");
        check("<a <b \"c\" d=1>", "<a d=\"1\">");
    }

    #[test]
    fn no_tag_has_more_attributes_than_are_kept_wherever_it_hides() {
        let many: String = (0..200_000).map(|n| format!(" a{n}")).collect();
        for html in [
            format!("<a{many}>"),
            format!("</a{many}>"),
            format!("<!-- \"--><a{many}>"),
            format!("<script>'</script><a{many}>"),
            format!("<p title='\"'><a{many} title=\"'\">"),
            format!("<title><!--</title><a{many}>"),
            format!("<svg><style><a{many}></style></svg>"),
        ] {
            let written = bounded(&html);
            assert!(written.matches(" a").count() <= MAX_ATTRIBUTES, "{}", &html[..20]);
        }
    }
}
