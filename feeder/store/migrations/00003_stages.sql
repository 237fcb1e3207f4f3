-- +goose Up
-- A post under way: how often its stage was tried, when it may be tried again,
-- and the host its article comes from.
ALTER TABLE posts ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;
ALTER TABLE posts ADD COLUMN due BIGINT NOT NULL DEFAULT 0;
ALTER TABLE posts ADD COLUMN host TEXT NOT NULL DEFAULT '';

-- Of a post that failed: the stage at which it did. '' = failed before this
-- was kept, or did not fail.
ALTER TABLE posts ADD COLUMN failed_at TEXT NOT NULL DEFAULT '';

DROP INDEX posts_under_way;
CREATE INDEX posts_under_way ON posts (stage, due, occurred, source) WHERE stage <> '';

-- With the story in it, looking a key up reads the index alone.
DROP INDEX story_keys_by_value;
CREATE INDEX story_keys_by_value ON story_keys (kind, value, last DESC, story);

-- +goose Down
DROP INDEX story_keys_by_value;
CREATE INDEX story_keys_by_value ON story_keys (kind, value, last DESC);
DROP INDEX posts_under_way;
CREATE INDEX posts_under_way ON posts (stage) WHERE stage <> '';
ALTER TABLE posts DROP COLUMN failed_at;
ALTER TABLE posts DROP COLUMN host;
ALTER TABLE posts DROP COLUMN due;
ALTER TABLE posts DROP COLUMN tries;
