//! Plain text out of the HTML that feeds carry.
//!
//! Only the tokenizer of html5ever runs, no tree is built: time and memory stay in proportion to the input, however
//! deep somebody nests it.

use std::cell::RefCell;

use html5ever::buffer_queue::BufferQueue;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};

use super::markup;

/// The words of a piece of HTML: a line break for `<br>` and around blocks, scripts and styles left out.
pub(crate) fn from_html(html: &str) -> String {
    if !html.contains(['<', '&']) {
        return tidy(html);
    }
    let tokenizer = Tokenizer::new(Words::default(), TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(markup::bounded(html)));
    // The tokenizer pauses after a script end tag and goes on when fed again.
    while !input.is_empty() {
        let _ = tokenizer.feed(&input);
    }
    tokenizer.end();
    let words = tokenizer.sink.0.into_inner();
    tidy(&words.text)
}

/// Spaces folded, at most one empty line in a row, nothing at the ends.
pub(crate) fn tidy(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    let mut breaks = 0;
    for line in text.lines() {
        let mut words = line.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
        let Some(first) = words.next() else {
            breaks += 1;
            continue;
        };
        if !tidy.is_empty() {
            tidy.push_str(if breaks > 0 { "\n\n" } else { "\n" });
        }
        breaks = 0;
        tidy.push_str(first);
        for word in words {
            tidy.push(' ');
            tidy.push_str(word);
        }
    }
    tidy
}

#[derive(Default)]
struct Words(RefCell<State>);

#[derive(Default)]
struct State {
    text: String,
    /// The element whose content is no text: `script` and the like.
    silent: Option<String>,
    /// Inside `<pre>` a line break of the source is one of the text.
    pre: bool,
}

impl TokenSink for Words {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut state = self.0.borrow_mut();
        match token {
            Token::CharacterTokens(text) => state.push(&text),
            Token::TagToken(tag) => return state.tag(&tag.name, tag.kind == TagKind::StartTag),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

impl State {
    fn push(&mut self, text: &str) {
        if self.silent.is_some() {
            return;
        }
        if self.pre {
            self.text.push_str(text);
        } else {
            self.text.extend(text.chars().map(|c| if matches!(c, '\n' | '\r' | '\t') { ' ' } else { c }));
        }
    }

    /// Sees to it that what follows begins so many lines further.
    fn lines(&mut self, wanted: usize) {
        self.text.truncate(self.text.trim_end_matches(' ').len());
        // No more than are wanted are looked at: a text may end in a million of them.
        let present = self.text.bytes().rev().take(wanted).take_while(|byte| *byte == b'\n').count();
        self.text.extend(std::iter::repeat_n('\n', wanted.saturating_sub(present)));
    }

    fn tag(&mut self, name: &str, opens: bool) -> TokenSinkResult<()> {
        match name {
            "script" | "style" | "iframe" | "noscript" | "textarea" if opens => {
                self.silent = Some(name.to_owned());
                return TokenSinkResult::RawData(RawKind::Rawtext);
            }
            _ if !opens && self.silent.as_deref() == Some(name) => self.silent = None,
            "br" => self.text.push('\n'),
            "td" | "th" => self.text.push(' '),
            "pre" => {
                self.pre = opens;
                self.lines(1);
            }
            "hr" | "li" | "tr" | "div" | "dt" | "dd" | "section" | "article" | "figure" | "figcaption" | "option" => {
                self.lines(1);
            }
            "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "ul" | "ol" | "dl" | "table" | "blockquote" => {
                self.lines(2)
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(html: &str, text: &str) {
        assert_eq!(from_html(html), text, "{html}");
    }

    #[test]
    fn markup_becomes_lines() {
        check("Нет воды", "Нет воды");
        check("<p>Нет воды.</p><p>С&nbsp;утра</p>", "Нет воды.\n\nС утра");
        check("Мира,<br/>дом 5<br>и дом 7", "Мира,\nдом 5\nи дом 7");
        check("<ul><li>раз</li><li>два</li></ul>", "раз\nдва");
        check("a\n  b &lt;i&gt; &amp; &laquo;c&raquo;", "a b <i> & «c»");
        check("<pre>a\nb</pre>c", "a\nb\nc");
    }

    #[test]
    fn scripts_are_no_words() {
        check("до<script>if (a<b) alert('x')</script>после", "допосле");
        check("<style>p{}</style>a<textarea>b</textarea>c", "ac");
        check("a<script>never closed", "a");
        check("<a href=\"x", "");
    }

    #[test]
    fn a_million_line_breaks_are_looked_at_once() {
        check(&format!("a{}{}b", "<br>".repeat(300_000), "<p>".repeat(300_000)), "a\n\nb");
    }

    #[test]
    fn deep_nesting_takes_its_time_only_once() {
        check(&format!("{}глубоко", "<div>".repeat(200_000)), "глубоко");
    }
}
