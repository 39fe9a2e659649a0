//! Phrases and nearness decided on lists of positions. The search index asks the same functions about its own postings.
//!
//! `ends` are the last positions of the sentences, ascending, which no match crosses; where there are none it may stand anywhere.

/// Whether the words stand side by side in order. One sorted list of positions for each word.
pub fn positions_match_phrase(lists: &[&[u32]], ends: &[u32]) -> bool {
    let mut any = false;
    phrase_until(lists, ends, &mut |_| {
        any = true;
        false
    });
    any
}

/// Whether each word can be assigned a different token, with at most `gap` other tokens between the first and the last.
/// One sorted list of positions for each word.
pub fn positions_match_near(lists: &[&[u32]], gap: u32, ends: &[u32]) -> bool {
    let mut any = false;
    near_until(lists, gap, ends, &mut |_| {
        any = true;
        false
    });
    any
}

/// Reports the positions of every occurrence of a phrase.
pub(super) fn phrase(lists: &[&[u32]], ends: &[u32], report: &mut dyn FnMut(u32)) -> bool {
    let mut any = false;
    phrase_until(lists, ends, &mut |first| {
        any = true;
        (0..lists.len() as u32).for_each(|i| report(first + i));
        true
    });
    any
}

/// Reports the positions of every group of near words.
pub(super) fn near(lists: &[&[u32]], gap: u32, ends: &[u32], report: &mut dyn FnMut(u32)) -> bool {
    let mut any = false;
    near_until(lists, gap, ends, &mut |group| {
        any = true;
        group.iter().for_each(|&position| report(position));
        true
    });
    any
}

/// Calls `found` with the first position of each occurrence until it returns false.
fn phrase_until(lists: &[&[u32]], ends: &[u32], found: &mut dyn FnMut(u32) -> bool) {
    let Some(rarest) = (0..lists.len()).min_by_key(|&i| lists[i].len()) else {
        return;
    };
    for &position in lists[rarest] {
        let Some(first) = position.checked_sub(rarest as u32) else {
            continue;
        };
        let all = lists.iter().enumerate().all(|(i, list)| list.binary_search(&(first + i as u32)).is_ok());
        let last = first + lists.len() as u32 - 1;
        if all && last <= sentence_end(ends, first) && !found(first) {
            return;
        }
    }
}

/// Calls `found` with the positions of each group until it returns false.
///
/// A group lies in a window that begins at one of the positions. In each window words are assigned to positions by augmenting
/// paths (bipartite matching): greedy choice would give the only token of one word to another that has two.
fn near_until(lists: &[&[u32]], gap: u32, ends: &[u32], found: &mut dyn FnMut(&[u32]) -> bool) {
    if lists.is_empty() || lists.iter().any(|list| list.is_empty()) {
        return;
    }
    let width = gap.saturating_add(lists.len() as u32 - 1);
    let mut starts: Vec<u32> = lists.iter().flat_map(|list| list.iter().copied()).collect();
    starts.sort_unstable();
    starts.dedup();
    let (mut windows, mut owners, mut tried, mut group) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for &start in &starts {
        let end = start.saturating_add(width).min(sentence_end(ends, start));
        windows.clear();
        windows.extend(lists.iter().map(|list| window(list, start, end)));
        if windows.iter().any(|window| window.is_empty()) {
            continue;
        }
        owners.clear();
        let assigned = (0..windows.len()).all(|word| {
            tried.clear();
            assign(word, &windows, &mut owners, &mut tried)
        });
        if assigned {
            group.clear();
            group.extend(owners.iter().map(|&(position, _)| position));
            if !found(&group) {
                return;
            }
        }
    }
}

/// The last position of the sentence that a position is in.
fn sentence_end(ends: &[u32], position: u32) -> u32 {
    ends.get(ends.partition_point(|&end| end < position)).copied().unwrap_or(u32::MAX)
}

fn window(list: &[u32], start: u32, end: u32) -> &[u32] {
    let from = list.partition_point(|&position| position < start);
    let to = list.partition_point(|&position| position <= end);
    &list[from..to]
}

/// Assigns a position to a word, moving words that hold one where necessary. `tried` are the positions already considered.
fn assign(word: usize, windows: &[&[u32]], owners: &mut Vec<(u32, usize)>, tried: &mut Vec<u32>) -> bool {
    for &position in windows[word] {
        if tried.contains(&position) {
            continue;
        }
        tried.push(position);
        let holder = owners.iter().position(|&(held, _)| held == position);
        match holder {
            None => {
                owners.push((position, word));
                return true;
            }
            Some(i) => {
                if assign(owners[i].1, windows, owners, tried) {
                    owners[i].1 = word;
                    return true;
                }
            }
        }
    }
    false
}
