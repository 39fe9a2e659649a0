//! What every page of Telegram's has somewhere, and no other page.

/// The classes of its markup, the attribute that names a post, its own styles and scripts, and links into its application. Several at
/// once, so that a page whose classes were renamed is still told from a stranger's.
const MARKS: [&[u8]; 6] = [b"tgme_", b"tme_", b"data-post", b"telegram.org/css/", b"telegram.org/js/", b"tg://"];

/// Whether a page is Telegram's own, understood or not.
pub(crate) fn is_of_telegram(page: &[u8]) -> bool {
    MARKS.iter().any(|mark| page.windows(mark.len()).any(|part| part == *mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strangers_page_has_no_mark_whatever_it_says_of_telegram() {
        let notice = "<html><title>Telegram</title><body>Доступ к t.me (telegram.org) ограничен, 149-ФЗ</body></html>";
        assert!(!is_of_telegram(notice.as_bytes()));
        assert!(!is_of_telegram(b"{}") && !is_of_telegram(b""));
        for page in ["channel", "discussion", "discussion_empty", "embed_post"] {
            let path = format!("{}/fixtures/telegram/{page}.html", env!("CARGO_MANIFEST_DIR"));
            assert!(is_of_telegram(&std::fs::read(path).unwrap()), "{page}");
        }
    }
}
