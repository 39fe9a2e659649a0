//! What waits for each term of a vocabulary.

/// For each term a list, all of them in one piece of memory.
#[derive(Debug)]
pub(super) struct ByTerm<T> {
    waiting: Vec<T>,
    /// For each term the first that waits for it; at the end the number of all.
    first: Vec<u32>,
}

impl<T: Clone> ByTerm<T> {
    /// From the list of each term.
    pub(super) fn new(lists: &[Vec<T>]) -> ByTerm<T> {
        let ends = lists.iter().scan(0, |end, list| {
            *end += list.len() as u32;
            Some(*end)
        });
        ByTerm { first: [0].into_iter().chain(ends).collect(), waiting: lists.concat() }
    }

    /// What waits for a term.
    pub(super) fn of(&self, term: u32) -> &[T] {
        let [from, to] = [0, 1].map(|next| self.first[term as usize + next] as usize);
        &self.waiting[from..to]
    }
}
