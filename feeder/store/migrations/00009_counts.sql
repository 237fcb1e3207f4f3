-- +goose Up
-- Posts by source and fate, and by day and source, counted where they change:
-- to count a hundred thousand takes longer than to draw a page. Every start
-- counts anew, so nothing is filled in here.
CREATE TABLE counts (
    source    TEXT NOT NULL,
    fate      TEXT NOT NULL,
    posts     BIGINT NOT NULL,
    latest    BIGINT NOT NULL,           -- time of the newest that came with this fate
    PRIMARY KEY (source, fate)
);
CREATE TABLE days (
    day       BIGINT NOT NULL,           -- days since 1970 UTC
    source    TEXT NOT NULL,
    posts     BIGINT NOT NULL,
    told      BIGINT NOT NULL,           -- of these, in stories
    PRIMARY KEY (day, source)
);

-- How often something changed that a page shows, by what it is.
CREATE TABLE changes (
    topic     TEXT PRIMARY KEY,
    times     BIGINT NOT NULL
);

-- Days are counted now, so the list of all posts needs no more than this.
DROP INDEX posts_by_time;
CREATE INDEX posts_by_time ON posts (occurred DESC, ref);
-- Lists skip rows, and choose by fate, in the index alone.
DROP INDEX posts_by_fate;
CREATE INDEX posts_by_fate ON posts (fate, occurred DESC, ref);
DROP INDEX posts_by_source;
CREATE INDEX posts_by_source ON posts (source, occurred DESC, ref, fate);
CREATE INDEX posts_told ON posts (source, story) WHERE story <> '';

DROP INDEX stories_by_score;
CREATE INDEX stories_by_score ON stories (score DESC, last DESC, id, severity);
DROP INDEX stories_by_time;
CREATE INDEX stories_by_time ON stories (last DESC, id, severity);
CREATE INDEX stories_by_posts ON stories ((revision - reviews) DESC, last DESC, id, severity);

-- +goose Down
DROP INDEX stories_by_posts;
DROP INDEX stories_by_time;
CREATE INDEX stories_by_time ON stories (last DESC);
DROP INDEX stories_by_score;
CREATE INDEX stories_by_score ON stories (score DESC, last DESC);
DROP INDEX posts_told;
DROP INDEX posts_by_source;
CREATE INDEX posts_by_source ON posts (source, fate, occurred DESC);
DROP INDEX posts_by_fate;
CREATE INDEX posts_by_fate ON posts (fate, occurred DESC);
DROP INDEX posts_by_time;
CREATE INDEX posts_by_time ON posts (occurred DESC, ref, source, fate);
DROP TABLE changes;
DROP TABLE days;
DROP TABLE counts;
