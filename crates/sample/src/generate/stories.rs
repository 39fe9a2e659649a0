//! Scripted stories: what happens, told post by post, and the waves of people who write about it.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use model::Time;

use super::compose::{post_of, repost};
use super::slots::Slots;
use super::style::by_hand;
use super::timing::moment;
use crate::content::{Content, Kind, Rhythm, ScriptedPost, Story, Wave};
use crate::post::Post;
use crate::rng::{Deck, Rng};
use crate::time::{after, before, date, hours, local};

/// Makes the posts of all stories; `offset` is the index that the first of them will have.
pub(super) fn posts(content: &Content, start: Time, end: Time, seed: u64, offset: usize) -> Vec<Post> {
    let mut posts = Vec::new();
    for story in &content.stories {
        let begin = begin(story, end);
        let mut writer = StoryWriter {
            content,
            story,
            begin,
            end,
            slots: given(story, begin),
            rng: Rng::new(seed, &story.id),
            offset,
            posts: &mut posts,
        };
        let first = writer.posts.len();
        writer.write();
        posts[first..].iter_mut().for_each(|post| post.story = Some(story.id.clone()));
    }
    debug_assert!(posts.iter().all(|post: &Post| post.published_at >= start));
    posts
}

/// When a story begins: at its time before the end, or where that is outside its hours, when they begin next.
pub(super) fn begin(story: &Story, end: Time) -> Time {
    let begin = before(end, hours(story.before_end_h));
    let Some([from, to]) = story.hours else { return begin };
    let (hour, minute) = (i64::from(local(begin).hour()), i64::from(local(begin).minute()));
    if (from..to).contains(&hour) {
        return begin;
    }
    after(begin, SignedDuration::from_mins((from * 60 - hour * 60 - minute).rem_euclid(24 * 60)))
}

/// The story's fixed slots and the days and hours around its beginning.
fn given(story: &Story, begin: Time) -> BTreeMap<String, String> {
    let mut slots = story.slots.clone();
    slots.insert("begin_time".to_owned(), local(begin).strftime("%H:%M").to_string());
    slots.insert("begin_date".to_owned(), date(begin));
    slots
}

struct StoryWriter<'a> {
    content: &'a Content,
    story: &'a Story,
    begin: Time,
    /// Of the world: a wave that goes on stops there.
    end: Time,
    slots: BTreeMap<String, String>,
    rng: Rng,
    offset: usize,
    posts: &'a mut Vec<Post>,
}

impl StoryWriter<'_> {
    fn write(&mut self) {
        let mut keys: BTreeMap<&str, usize> = BTreeMap::new();
        for scripted in &self.story.post {
            self.scripted(scripted, &mut keys);
        }
        for wave in &self.story.wave {
            self.wave(wave);
        }
    }

    fn scripted<'s>(&mut self, scripted: &'s ScriptedPost, keys: &mut BTreeMap<&'s str, usize>) {
        let at = after(self.begin, hours(scripted.at));
        let source = self.content.source(&scripted.source);
        let earlier = |key: &Option<String>| key.as_deref().and_then(|key| keys.get(key)).copied();
        let mut post = match earlier(&scripted.repost_of) {
            Some(of) => {
                let original = &self.posts[of];
                let mut post = repost(self.content, source, at, of + self.offset, original, &mut self.rng);
                if !scripted.text.is_empty() {
                    post.text = scripted.text.clone();
                }
                post
            }
            None => {
                let text = Slots::new(&self.content.district, at, &self.slots).fill(&scripted.text, &mut self.rng);
                post_of(self.content, source, at, text, Kind::Story, self.story.sector, &mut self.rng)
            }
        };
        post.reply_to = earlier(&scripted.reply_to).map(|to| to + self.offset);
        post.edits = scripted.edits.iter().map(|(later, text)| self.edit(at, *later, text)).collect();
        post.deleted_at = scripted.deleted.map(|later| after(at, hours(later)));
        post.pinned = scripted.pinned;
        post.photo = scripted.photo;
        // What matters to everybody is read by everybody.
        post.reach *= 3;
        if let Some(key) = &scripted.key {
            keys.insert(key, self.posts.len());
        }
        self.posts.push(post);
    }

    fn edit(&mut self, published: Time, later: f64, text: &str) -> (Time, String) {
        let at = after(published, hours(later));
        (at, Slots::new(&self.content.district, at, &self.slots).fill(text, &mut self.rng))
    }

    fn wave(&mut self, wave: &Wave) {
        let mut deck = Deck::default();
        let (from, to) = (after(self.begin, hours(wave.from)), after(self.begin, hours(wave.to)).min(self.end));
        for _ in 0..wave.count {
            // Of two moments the later: the density grows from nothing to the end.
            let at =
                moment(Rhythm::People, from, to, &mut self.rng).max(moment(Rhythm::People, from, to, &mut self.rng));
            let text = &wave.texts[deck.deal(wave.texts.len(), &mut self.rng)];
            let text = Slots::new(&self.content.district, at, &self.slots).fill(text, &mut self.rng);
            let text = by_hand(&text, Kind::Complaint, &mut self.rng);
            let source = self.content.source(self.rng.pick(&wave.sources).as_str());
            self.posts.push(post_of(self.content, source, at, text, Kind::Story, self.story.sector, &mut self.rng));
        }
    }
}
