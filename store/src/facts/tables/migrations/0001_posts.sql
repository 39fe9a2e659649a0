-- The latest version of every post, figures beside the whole tagged post, since the journal expires.
-- ORDER BY is the key by which versions replace each other: nothing that a revision or a rule changes may be in it,
-- and there is no partition for the same reason. Parts are synced, so that what the journal's position says is stored
-- survives a power cut.
CREATE TABLE IF NOT EXISTS posts
(
    id String,
    version UInt64,
    deleted UInt8,
    platform LowCardinality(String),
    source LowCardinality(String),
    kind LowCardinality(String),
    origin LowCardinality(String),
    published_at DateTime64(3, 'UTC'),
    seen_at DateTime64(3, 'UTC'),
    sector LowCardinality(String),
    sectors Array(LowCardinality(String)),
    topics Array(LowCardinality(String)),
    risk_kinds Array(LowCardinality(String)),
    risk_levels Array(LowCardinality(String)),
    level LowCardinality(String) COMMENT 'worst of risk_levels, empty where there is no risk',
    places Array(LowCardinality(String)),
    recipient LowCardinality(String) COMMENT 'empty where it is not known',
    views Nullable(UInt64),
    reactions Nullable(UInt64),
    reposts Nullable(UInt64),
    comments Nullable(UInt64),
    url String COMMENT 'empty where there is none',
    rules UInt32,
    body String COMMENT 'the tagged post as JSON' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version, deleted)
ORDER BY id
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1;
