-- Can this server run things by the clock? Whether pg_cron is loaded, whether it is in this database, and which database it works in.
SELECT coalesce(current_setting('shared_preload_libraries') ~ 'pg_cron', false)  AS loaded,
       EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_cron')               AS made,
       current_setting('cron.database_name', true) = current_database()          AS here
