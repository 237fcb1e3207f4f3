-- +goose Up
-- What the analyzers say, taken together. A story's severity moves with its
-- verdict; judged is the one that its posts give it.
ALTER TABLE stories ADD COLUMN judged INTEGER NOT NULL DEFAULT 0;
ALTER TABLE stories ADD COLUMN verdict TEXT NOT NULL DEFAULT '';     -- its level; '' = none yet
ALTER TABLE stories ADD COLUMN verdict_why TEXT NOT NULL DEFAULT '';
ALTER TABLE stories ADD COLUMN reviews INTEGER NOT NULL DEFAULT 0;   -- how many of its revisions a verdict made, and no post
ALTER TABLE stories ADD COLUMN unjudged BIGINT NOT NULL DEFAULT 0;   -- since when there is something new to judge; microseconds, 0 = nothing
UPDATE stories SET judged = severity;
CREATE INDEX stories_unjudged ON stories (unjudged, id) WHERE unjudged > 0;

CREATE TABLE verdicts (
    story     TEXT NOT NULL,
    kind      TEXT NOT NULL,
    value     TEXT NOT NULL,
    level     TEXT NOT NULL,
    why       TEXT NOT NULL,
    PRIMARY KEY (story, kind, value)
);

-- What a rule demands for a story, once for each, and how far it has come.
CREATE TABLE actions (
    story     TEXT NOT NULL,
    name      TEXT NOT NULL,             -- misp, case, notify
    rule      TEXT NOT NULL,             -- which one demanded it, in words
    state     TEXT NOT NULL,
    revision  INTEGER NOT NULL,          -- of the story that TheHive must hold first
    ref       TEXT NOT NULL DEFAULT '',  -- the other system's id of it
    note      TEXT NOT NULL DEFAULT '',  -- what came of it
    error     TEXT NOT NULL DEFAULT '',  -- of the last try
    tries     INTEGER NOT NULL DEFAULT 0,
    next      BIGINT NOT NULL DEFAULT 0, -- when to go on with it
    at        BIGINT NOT NULL,           -- when it came into its state
    PRIMARY KEY (story, name)
);
CREATE INDEX actions_open ON actions (next) WHERE state IN ('wanted', 'running');

-- +goose Down
DROP TABLE actions;
DROP TABLE verdicts;
DROP INDEX stories_unjudged;
ALTER TABLE stories DROP COLUMN unjudged;
ALTER TABLE stories DROP COLUMN reviews;
ALTER TABLE stories DROP COLUMN verdict_why;
ALTER TABLE stories DROP COLUMN verdict;
ALTER TABLE stories DROP COLUMN judged;
