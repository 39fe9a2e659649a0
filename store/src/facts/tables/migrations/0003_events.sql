-- What a post reports: the slots of its events, in arrays of one length; an empty text or 0 where a slot says nothing.
ALTER TABLE posts
    ADD COLUMN IF NOT EXISTS event_objects Array(LowCardinality(String)) AFTER places,
    ADD COLUMN IF NOT EXISTS event_states Array(LowCardinality(String)) AFTER event_objects,
    ADD COLUMN IF NOT EXISTS event_actualities Array(LowCardinality(String)) AFTER event_states,
    ADD COLUMN IF NOT EXISTS event_scales Array(LowCardinality(String)) AFTER event_actualities,
    ADD COLUMN IF NOT EXISTS event_counts Array(UInt32) AFTER event_scales,
    ADD COLUMN IF NOT EXISTS event_harms Array(LowCardinality(String)) AFTER event_counts,
    ADD COLUMN IF NOT EXISTS event_who Array(LowCardinality(String)) AFTER event_harms,
    ADD COLUMN IF NOT EXISTS event_wishes Array(LowCardinality(String)) AFTER event_who;
