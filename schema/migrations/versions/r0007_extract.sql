-- What an extraction measures of its own stacks.
ALTER TABLE deepcal.stack_run ADD COLUMN stray jsonb;

ALTER TABLE deepcal.source
    ADD COLUMN rd_flg character(3) DEFAULT '444' NOT NULL,
    ADD CONSTRAINT source_rd_flg_check CHECK (rd_flg ~ '^[014]{3}$');
