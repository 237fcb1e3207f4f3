-- +goose Up
-- What a source's last answer said beside its posts: what could not be taken,
-- what of a budget is used. '' = nothing.
ALTER TABLE sources ADD COLUMN note TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE sources DROP COLUMN note;
