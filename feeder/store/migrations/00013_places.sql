-- +goose Up
-- Where an analysis is run: on an observable of TheHive, which gets its report,
-- or by Cortex itself.
ALTER TABLE analyses ADD COLUMN observable TEXT NOT NULL DEFAULT ''; -- TheHive's id; '' = by Cortex itself
ALTER TABLE analyses ADD COLUMN direct TEXT NOT NULL DEFAULT '';     -- why by Cortex itself, where TheHive might have the report

-- +goose Down
ALTER TABLE analyses DROP COLUMN direct;
ALTER TABLE analyses DROP COLUMN observable;
