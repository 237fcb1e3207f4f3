-- +goose Up
-- What the configuration said of a source, as JSON: its posts under way keep
-- its markings when it is taken out. '' = stored before this was kept.
ALTER TABLE sources ADD COLUMN spec TEXT NOT NULL DEFAULT '';

-- One row, written to see whether the store can write.
CREATE TABLE alive (
    at BIGINT NOT NULL                   -- milliseconds since 1970 UTC
);
INSERT INTO alive (at) VALUES (0);

-- +goose Down
DROP TABLE alive;
ALTER TABLE sources DROP COLUMN spec;
