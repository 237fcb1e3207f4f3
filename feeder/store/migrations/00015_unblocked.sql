-- +goose Up
-- Why a block was taken off before its time.
ALTER TABLE blocks ADD COLUMN removed_why TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE blocks DROP COLUMN removed_why;
