-- What an extraction measures of its own stacks.
ALTER TABLE deepcal.stack_run ADD COLUMN stray jsonb;
