-- +goose Up
-- Counting the posts of a span by day reads this index alone.
DROP INDEX posts_by_time;
CREATE INDEX posts_by_time ON posts (occurred DESC, ref, source, fate);
CREATE INDEX stories_by_alert ON stories (alert_at) WHERE alert_at > 0;

-- +goose Down
DROP INDEX stories_by_alert;
DROP INDEX posts_by_time;
CREATE INDEX posts_by_time ON posts (occurred DESC, ref);
