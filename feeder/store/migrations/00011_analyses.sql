-- +goose Up
-- One analyzer's work on one value, which all stories share that name it.
CREATE TABLE analyses (
    kind       TEXT NOT NULL,
    value      TEXT NOT NULL,
    analyzer   TEXT NOT NULL,
    data_type  TEXT NOT NULL,             -- as Cortex is sent it
    tlp        INTEGER NOT NULL,
    pap        INTEGER NOT NULL,
    state      TEXT NOT NULL,             -- waggle.AnalysisState
    job        TEXT NOT NULL DEFAULT '',  -- Cortex' id; '' while running = its answer is not known
    taxonomies TEXT NOT NULL DEFAULT '',  -- JSON list of waggle.Taxonomy
    artifacts  INTEGER NOT NULL DEFAULT 0,
    note       TEXT NOT NULL DEFAULT '',
    at         BIGINT NOT NULL,           -- when it came into its state
    waiting    BIGINT NOT NULL,           -- since when it is wanted; microseconds, to keep the order
    due        BIGINT NOT NULL DEFAULT 0, -- while waiting: not before then
    tries      INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (kind, value, analyzer)
);
CREATE INDEX analyses_open ON analyses (state, due, waiting) WHERE state IN ('waiting', 'running');

-- How far the analyses of a story have come. Stories that were told while no
-- Cortex was configured have no row.
CREATE TABLE enrichments (
    story      TEXT PRIMARY KEY,
    wanted     INTEGER NOT NULL,            -- the story's revision that is to be analysed
    chosen     INTEGER NOT NULL DEFAULT 0,  -- the one whose analyses are chosen
    waiting    BIGINT NOT NULL,             -- since when wanted is ahead; microseconds, to keep the order
    look       INTEGER NOT NULL DEFAULT 0,  -- 1 = something changed since it was looked whether all are over
    settled    INTEGER NOT NULL DEFAULT 0,  -- counts how often all were over
    note       TEXT NOT NULL DEFAULT ''     -- what is not analysed, and why
);
CREATE INDEX enrichments_waiting ON enrichments (waiting) WHERE chosen < wanted;
CREATE INDEX enrichments_to_look_at ON enrichments (story) WHERE look = 1;

-- What an analyzer was asked for on a day ("2026-11-23", UTC).
CREATE TABLE analyzer_days (
    day        TEXT NOT NULL,
    analyzer   TEXT NOT NULL,
    runs       INTEGER NOT NULL,
    PRIMARY KEY (day, analyzer)
);

-- The servers that do not take what we have for them, and since when.
CREATE TABLE troubles (
    service    TEXT PRIMARY KEY,
    since      BIGINT NOT NULL,
    error      TEXT NOT NULL
);

-- +goose Down
DROP TABLE troubles;
DROP TABLE analyzer_days;
DROP TABLE enrichments;
DROP TABLE analyses;
