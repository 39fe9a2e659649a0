//! Paths in tokens that nobody has parsed: the arguments of macros, and attributes.

use std::iter::Peekable;

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree, token_stream};

use crate::imports::plain;

/// What looks like a path.
#[derive(Debug, PartialEq, Eq)]
pub struct Written {
    /// Its segments.
    pub path: Vec<String>,
    /// Where it begins.
    pub line: usize,
}

/// Finds names joined by `::`, single names that are called or begin with a capital, and strings that hold such a path (serde's).
pub fn find(tokens: TokenStream) -> Vec<Written> {
    let mut found = Vec::new();
    collect(tokens, &mut found);
    found
}

fn collect(tokens: TokenStream, found: &mut Vec<Written>) {
    let mut tokens = tokens.into_iter().peekable();
    // Whether a name now would be a field, a method, the rest of an absolute path or a macro's variable.
    let mut is_part = false;
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Group(group) => collect(group.stream(), found),
            TokenTree::Ident(name) => {
                let line = name.span().start().line;
                let mut path = vec![plain(&name)];
                while let Some(next) = after_colons(&mut tokens) {
                    path.push(next);
                }
                let called = matches!(tokens.peek(), Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis);
                let telling = path.len() > 1 || called || path[0].starts_with(char::is_uppercase);
                // `$crate` is the one variable with a meaning of its own.
                if telling && (!is_part || path[0] == "crate") {
                    found.push(Written { path, line });
                }
            }
            TokenTree::Literal(literal) => {
                let line = literal.span().start().line;
                let text = literal.to_string();
                if let Some(path) = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).and_then(path_in) {
                    found.push(Written { path, line });
                }
            }
            TokenTree::Punct(mark) => {
                is_part = matches!(mark.as_char(), '.' | ':' | '$') && !is_end_of_range(&mark, &mut tokens);
                // `name: Type` is no absolute path.
                if mark.as_char() == ':' && mark.spacing() == Spacing::Alone {
                    is_part = false;
                }
                if mark.as_char() == ':' && mark.spacing() == Spacing::Joint {
                    tokens.next();
                }
                continue;
            }
        }
        is_part = false;
    }
}

/// `a..b` has two dots before a name, and only one makes a field.
fn is_end_of_range(mark: &proc_macro2::Punct, tokens: &mut Peekable<token_stream::IntoIter>) -> bool {
    let is_dot =
        |token: &TokenTree| matches!(token, TokenTree::Punct(next) if next.as_char() == '.' || next.as_char() == '=');
    mark.as_char() == '.' && tokens.next_if(is_dot).is_some()
}

/// The name after `::`, if that is what comes next.
fn after_colons(tokens: &mut Peekable<token_stream::IntoIter>) -> Option<String> {
    let mut ahead = tokens.clone();
    for spacing in [Spacing::Joint, Spacing::Alone] {
        match ahead.next() {
            Some(TokenTree::Punct(mark))
                if mark.as_char() == ':' && (mark.spacing() == spacing || spacing == Spacing::Alone) => {}
            _ => return None,
        }
    }
    let Some(TokenTree::Ident(name)) = ahead.next() else { return None };
    *tokens = ahead;
    Some(plain(&name))
}

fn path_in(text: &str) -> Option<Vec<String>> {
    let is_name = |part: &str| {
        part.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_')
            && part.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
    };
    let path: Vec<String> = text.split("::").map(str::to_owned).collect();
    (path.len() > 1 && path.iter().all(|part| is_name(part))).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let paths: Vec<String> = find(text.parse().unwrap()).into_iter().map(|found| found.path.join("::")).collect();
        assert_eq!(paths, expected, "{text}");
    }

    #[test]
    fn tokens_that_look_like_paths_are_found() {
        check("\"{}\", crate::a::b(x)", &["crate::a::b"]);
        check("a, b.c(d), Kind, e(f)", &["Kind", "e"]);
        check("x => super::y::Z { w: self::v }", &["super::y::Z", "self::v"]);
        check("name: Type, ::std::a, $x, $crate::q", &["Type", "crate::q"]);
        check("0..len(x), 0..=max(y)", &["len", "max"]);
        check("with = \"crate::hexadecimal\", default = \"yes\"", &["crate::hexadecimal"]);
        check("vec![[inner::Deep]]", &["inner::Deep"]);
    }
}
