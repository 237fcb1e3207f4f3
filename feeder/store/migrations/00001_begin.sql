-- The feeder's own tables. River's (river_*) are made by River's migrations.
--
-- One schema for SQLite and PostgreSQL: times are milliseconds since 1970 UTC
-- (0 = none), lists and structures are JSON text, and nothing is used that
-- one of the two lacks.

-- +goose Up
CREATE TABLE sources (
    name      TEXT PRIMARY KEY,
    kind      TEXT NOT NULL,
    url       TEXT NOT NULL,
    every     BIGINT NOT NULL,           -- milliseconds
    position  INTEGER NOT NULL,          -- order in the configuration; -1 = no longer configured
    cursor    TEXT NOT NULL DEFAULT '',  -- the source kind's own JSON
    polled    BIGINT NOT NULL DEFAULT 0,
    answered  BIGINT NOT NULL DEFAULT 0,
    next      BIGINT NOT NULL DEFAULT 0,
    failures  INTEGER NOT NULL DEFAULT 0,
    error     TEXT NOT NULL DEFAULT ''
);

CREATE TABLE posts (
    ref       TEXT PRIMARY KEY,
    source    TEXT NOT NULL,
    id        TEXT NOT NULL,
    url       TEXT NOT NULL,
    title     TEXT NOT NULL,
    published BIGINT NOT NULL,
    fetched   BIGINT NOT NULL,
    occurred  BIGINT NOT NULL,           -- published, else fetched
    stage     TEXT NOT NULL,             -- the next stage; '' = through
    fate      TEXT NOT NULL,
    reason    TEXT NOT NULL DEFAULT '',
    score     INTEGER NOT NULL DEFAULT 0,
    severity  INTEGER NOT NULL DEFAULT 0,
    story     TEXT NOT NULL DEFAULT '',
    UNIQUE (source, id)
);
CREATE INDEX posts_by_time ON posts (occurred DESC, ref);
CREATE INDEX posts_by_fate ON posts (fate, occurred DESC);
CREATE INDEX posts_by_source ON posts (source, fate, occurred DESC);
CREATE INDEX posts_under_way ON posts (stage) WHERE stage <> '';

-- What a post says is apart from what became of it, so that lists do not
-- read the long texts.
CREATE TABLE contents (
    ref       TEXT PRIMARY KEY,
    post      TEXT NOT NULL,             -- JSON of waggle.Post
    text      TEXT NOT NULL DEFAULT '',  -- the finding's text, kept plain to be searched
    finding   TEXT NOT NULL DEFAULT '',  -- JSON of the rest of waggle.Finding; '' = not read
    judgement TEXT NOT NULL DEFAULT ''   -- JSON of waggle.Judgement; '' = not judged
);

CREATE TABLE stories (
    id             TEXT PRIMARY KEY,
    title          TEXT NOT NULL,
    summary        TEXT NOT NULL,
    source         TEXT NOT NULL,
    url            TEXT NOT NULL,
    score          INTEGER NOT NULL,
    severity       INTEGER NOT NULL,
    tlp            INTEGER NOT NULL,
    pap            INTEGER NOT NULL,
    tags           TEXT NOT NULL,        -- JSON list
    reasons        TEXT NOT NULL,        -- JSON list of waggle.Reason
    first          BIGINT NOT NULL,
    last           BIGINT NOT NULL,
    revision       INTEGER NOT NULL,
    waiting        BIGINT NOT NULL,      -- since when TheHive does not hold the newest revision; microseconds, to keep the order
    alert_id       TEXT NOT NULL DEFAULT '',
    alert_revision INTEGER NOT NULL DEFAULT 0,
    alert_at       BIGINT NOT NULL DEFAULT 0,
    alert_error    TEXT NOT NULL DEFAULT '',
    alert_next     BIGINT NOT NULL DEFAULT 0,
    alert_tries    INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX stories_by_score ON stories (score DESC, last DESC);
CREATE INDEX stories_by_time ON stories (last DESC);
CREATE INDEX stories_waiting ON stories (waiting, id) WHERE alert_revision < revision;

CREATE TABLE members (
    story     TEXT NOT NULL,
    ref       TEXT NOT NULL UNIQUE,      -- a post is in one story
    revision  INTEGER NOT NULL,          -- of the story that the post made
    joined    TEXT NOT NULL,             -- why it belongs; '' = the first
    PRIMARY KEY (story, revision)
);

-- One row a story, value and post that told it. body is the JSON of the
-- ioc.Indicator as that post had it.
CREATE TABLE indicators (
    story     TEXT NOT NULL,
    kind      TEXT NOT NULL,
    value     TEXT NOT NULL,
    ref       TEXT NOT NULL,
    revision  INTEGER NOT NULL,
    position  INTEGER NOT NULL,          -- in the post
    body      TEXT NOT NULL,
    PRIMARY KEY (story, kind, value, ref)
);
CREATE INDEX indicators_by_value ON indicators (value);

-- What posts of one story have in common, to find the story of the next.
CREATE TABLE story_keys (
    story     TEXT NOT NULL,
    kind      TEXT NOT NULL,
    value     TEXT NOT NULL,
    last      BIGINT NOT NULL,           -- time of the newest post that has it
    PRIMARY KEY (story, kind, value)
);
CREATE INDEX story_keys_by_value ON story_keys (kind, value, last DESC);

-- +goose Down
DROP TABLE story_keys;
DROP TABLE indicators;
DROP TABLE members;
DROP TABLE stories;
DROP TABLE contents;
DROP TABLE posts;
DROP TABLE sources;
