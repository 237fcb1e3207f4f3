-- +goose Up
-- The weekly mails: one row a week ("2026-W48").
CREATE TABLE mails (
    week      TEXT PRIMARY KEY,
    claimed   BIGINT NOT NULL,           -- when a feeder took it to send
    sent      BIGINT NOT NULL DEFAULT 0
);

-- +goose Down
DROP TABLE mails;
