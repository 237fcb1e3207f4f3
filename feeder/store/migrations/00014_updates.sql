-- +goose Up
-- How often an action was done for its story: a MISP event is brought up to date
-- as the story grows.
ALTER TABLE actions ADD COLUMN times INTEGER NOT NULL DEFAULT 0;
UPDATE actions SET times = 1 WHERE state = 'done';

-- +goose Down
ALTER TABLE actions DROP COLUMN times;
