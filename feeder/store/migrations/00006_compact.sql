-- +goose Up
-- 1 = what the post said is dropped, and only what it is known by is left.
ALTER TABLE posts ADD COLUMN compacted INTEGER NOT NULL DEFAULT 0;
CREATE INDEX posts_to_compact ON posts (fetched) WHERE compacted = 0 AND stage = '';

-- +goose Down
DROP INDEX posts_to_compact;
ALTER TABLE posts DROP COLUMN compacted;
