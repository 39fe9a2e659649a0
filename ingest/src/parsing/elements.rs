//! The names of HTML's elements. A feed does not say whether a text is HTML: `<c` and `<HVS>` in one are words, not tags.

use std::borrow::Cow;

/// Every element of HTML, old ones too, those of Russian sites (`noindex`, `nobr`), and of pictures and formulas (<https://html.spec.whatwg.org/#elements-3>).
const NAMES: &str = " a abbr acronym address applet area article aside audio b base basefont bdi bdo big blink blockquote body br button canvas caption \
    center cite code col colgroup data datalist dd del details dfn dialog dir div dl dt em embed fieldset figcaption figure font footer form frame frameset \
    h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe image img input ins isindex kbd keygen label legend li link listing main map mark marquee math \
    menu menuitem meta meter nav nobr noembed noframes noindex noscript object ol optgroup option output p param picture plaintext pre progress q rb rp \
    rt rtc ruby s samp script search section select slot small source spacer span strike strong style sub summary sup svg table tbody td template \
    textarea tfoot th thead time title tr track tt u ul var video wbr xmp path g rect circle line polygon polyline ellipse defs use symbol text tspan \
    mi mn mo mrow msup msub mfrac cut ";

/// The text with every `<` that begins no tag of HTML written as `&lt;`. Names with a hyphen or a colon are those of somebody's own elements.
pub(crate) fn only_real_tags(html: &str) -> Cow<'_, str> {
    let (mut out, mut copied) = (String::new(), 0);
    for (at, _) in html.match_indices('<') {
        let rest = &html[at + 1..];
        let name = rest.strip_prefix('/').unwrap_or(rest);
        if name.starts_with(|c: char| c.is_alphabetic()) && !begins_with_element(name) {
            out.push_str(&html[copied..at]);
            out.push_str("&lt;");
            copied = at + 1;
        }
    }
    if copied == 0 {
        return Cow::Borrowed(html);
    }
    out.push_str(&html[copied..]);
    Cow::Owned(out)
}

fn begins_with_element(text: &str) -> bool {
    let Some(end) = text.find(|c: char| c.is_whitespace() || matches!(c, '/' | '>')) else { return false };
    let name = &text[..end];
    if name.contains(['-', ':']) {
        return name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b':' | b'_' | b'.'));
    }
    // No name of the list is as long, and a text without a blank may be.
    name.len() <= 16 && !name.contains(' ') && NAMES.contains(&format!(" {} ", name.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_in_brackets_are_no_tags() {
        for (html, expect) in [
            ("Если p <c, насос встанет", "Если p &lt;c, насос встанет"),
            ("<HVS> и </GVS>", "&lt;HVS> и &lt;/GVS>"),
            ("<Фамилия> <b>да</b><br/><P class=a>", "&lt;Фамилия> <b>да</b><br/><P class=a>"),
            ("<o:p></o:p><turbo-frame>", "<o:p></o:p><turbo-frame>"),
            ("a <b", "a &lt;b"),
            ("1 < 2 <!-- x --> <?php ?>", "1 < 2 <!-- x --> <?php ?>"),
        ] {
            assert_eq!(only_real_tags(html), expect);
        }
    }
}
