-- +goose Up
-- What firewalls are to keep out. A row stays when its block has ended, to tell
-- who wanted what and when.
CREATE TABLE blocks (
    kind       TEXT NOT NULL,
    value      TEXT NOT NULL,
    reason     TEXT NOT NULL,
    record     TEXT NOT NULL,
    author     TEXT NOT NULL,
    added      BIGINT NOT NULL,
    until      BIGINT NOT NULL,
    removed    BIGINT NOT NULL DEFAULT 0,
    removed_by TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (kind, value)
);
CREATE INDEX blocks_by_time ON blocks (added DESC, kind, value);
CREATE INDEX blocks_that_stand ON blocks (until) WHERE removed = 0;

-- +goose Down
DROP TABLE blocks;
