-- What became of views, reactions, reposts and comments: one row per reading.
CREATE TABLE IF NOT EXISTS counters
(
    id String,
    seen_at DateTime64(3, 'UTC'),
    views Nullable(UInt64),
    reactions Nullable(UInt64),
    reposts Nullable(UInt64),
    comments Nullable(UInt64)
)
ENGINE = ReplacingMergeTree
ORDER BY (id, seen_at)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1;

-- One row per poll of a source.
CREATE TABLE IF NOT EXISTS coverage
(
    source LowCardinality(String),
    at DateTime64(3, 'UTC'),
    outcome LowCardinality(String),
    covers_from Nullable(DateTime64(3, 'UTC')),
    body String COMMENT 'the entry as JSON' CODEC(ZSTD(3))
)
ENGINE = ReplacingMergeTree
ORDER BY (source, at)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1;
