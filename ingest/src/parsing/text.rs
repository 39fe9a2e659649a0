//! Plain text out of the HTML that feeds carry.
//!
//! Only the tokenizer of html5ever runs, no tree is built: time and memory stay in proportion to the input, however
//! deep somebody nests it.

use std::borrow::Cow;
use std::cell::RefCell;

use html5ever::buffer_queue::BufferQueue;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};

use super::elements::only_real_tags;
use super::markup;

/// The words of a text that may be HTML: as of a page, but that only names of real elements are tags.
pub(crate) fn from_html(html: &str) -> String {
    from_page(&only_real_tags(html))
}

/// The words of a piece of a page: a line break for `<br>` and around blocks, scripts and styles left out.
pub(crate) fn from_page(html: &str) -> String {
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

/// Whether a character is never seen and says nothing: what hangs a picture under a message, hyphenates, or turns the direction of writing. A search
/// would not find the word it stands in. The joiners of emoji are none of them.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
    ) || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// Whether a character is as good as a space: letters of some scripts and of Braille are drawn as nothing.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || c.is_control() || matches!(c, '\u{115f}' | '\u{1160}' | '\u{2800}' | '\u{3164}' | '\u{ffa0}')
}

/// What joins the signs beside it, and says nothing where there are none.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe0e}' | '\u{fe0f}')
}

/// The visible part of a line: no invisible characters, nothing blank at its ends.
pub(crate) fn visible(line: &str) -> Cow<'_, str> {
    if line.contains(is_invisible) {
        let seen: String = line.chars().filter(|c| !is_invisible(*c)).collect();
        return Cow::Owned(trimmed(&seen).to_owned());
    }
    Cow::Borrowed(trimmed(line))
}

fn trimmed(line: &str) -> &str {
    line.trim_start_matches(|c| is_blank(c) || is_joiner(c)).trim_end_matches(is_blank)
}

/// A text that has no markup, with the line breaks it has: no control or invisible characters, nothing blank at its ends.
pub(crate) fn plain(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace(['\u{b}', '\u{c}', '\u{2028}', '\u{2029}'], "\n");
    let kept = |c: &char| *c == '\n' || !(c.is_control() || is_invisible(*c));
    let lines: Vec<String> = text
        .split('\n')
        .map(|line| line.chars().filter(kept).collect::<String>().trim_start_matches(is_joiner).to_owned())
        .collect();
    lines.join("\n").trim_matches(is_blank).to_owned()
}

/// Spaces folded, at most one empty line in a row, nothing at the ends, no invisible characters.
pub(crate) fn tidy(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    let mut breaks = 0;
    for line in text.lines() {
        let words = line.split(is_blank).map(visible);
        let mut words = words.filter(|word| !word.is_empty());
        let Some(first) = words.next() else {
            breaks += 1;
            continue;
        };
        if !tidy.is_empty() {
            tidy.push_str(if breaks > 0 { "\n\n" } else { "\n" });
        }
        breaks = 0;
        tidy.push_str(&first);
        for word in words {
            tidy.push(' ');
            tidy.push_str(&word);
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
    fn what_nobody_sees_is_no_part_of_a_text() {
        check("\u{200b}Ночью\u{ad} от\u{ad}ключат\u{2060} свет \u{feff}", "Ночью отключат свет");
        check("&#8203;=1+1\n\u{2800}\u{3164}<br>\u{200d}вода", "=1+1\nвода");
        check("семья 👨\u{200d}👩\u{200d}👧, ❤\u{fe0f}", "семья 👨\u{200d}👩\u{200d}👧, ❤\u{fe0f}");
        assert_eq!(plain("\u{200b}\u{feff} Свет\u{c}\u{2060}дали\u{1}\r\n  в два \u{200e}"), "Свет\nдали\n  в два");
        assert_eq!(visible("\u{200d}\u{2060} а\u{200b}б \u{2800}"), "аб");
    }

    #[test]
    fn only_names_of_real_elements_are_tags() {
        check("Если p <c, насос <b>встанет</b>", "Если p <c, насос встанет");
        check("Вакансии &lt;HVS&gt; и <GVS>", "Вакансии <HVS> и <GVS>");
        assert_eq!(from_page("a<price>5</price>"), "a5");
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
