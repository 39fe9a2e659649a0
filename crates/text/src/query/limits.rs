//! How large a query may be.

/// Longer queries are refused: they come from a mistake, and each word costs a lookup in every post.
pub const MAX_QUERY_BYTES: usize = 8 * 1024;

/// Parentheses and negations nested deeper are refused: the parser and the matcher recurse.
pub const MAX_DEPTH: usize = 32;

/// Longest distance in `"…"~N`. Farther apart, words have nothing to do with each other; and no distance may reach across
/// the gap between title and text.
pub const MAX_GAP: u32 = 50;

/// Most words in `"…"~N`: each needs a different token, and finding an assignment costs the square of their number.
pub const MAX_NEAR_WORDS: usize = 16;

/// A shorter prefix would match a tenth of all words.
pub const MIN_PREFIX_CHARS: usize = 2;

/// Most words side by side in quotes: every post that has them all is read at each of their places. A sentence that somebody looks
/// for word by word is shorter.
pub const MAX_PHRASE_WORDS: usize = 64;

/// Most words between bars at one place in quotes: all of them are read together, each with its places. The longest list of the shipped
/// rules has 174.
pub const MAX_ALTERNATIVES: usize = 256;

/// Most words of a query, alternatives each: each is a list of posts to read, and several hundred of frequent words are the whole
/// index several hundred times over.
pub const MAX_WORDS: usize = 512;

/// Most words with `*`: each stands for every word of the index that begins so, hundreds of them.
pub const MAX_PREFIXES: usize = 64;

/// Most tests of fields: some of them look at every post.
pub const MAX_TESTS: usize = 128;
