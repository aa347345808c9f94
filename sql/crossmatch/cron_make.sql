-- Who runs things by the clock in this database?
CREATE EXTENSION IF NOT EXISTS pg_cron
