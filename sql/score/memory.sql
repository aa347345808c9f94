-- Sorts and hashes of one scoring stay in memory, and guesses about its temporary tables choose no slow joins: hash joins grow with their rows.
-- Small samples of these tables tell enough.
SELECT set_config('work_mem', '128MB', true), set_config('jit', 'off', true), set_config('default_statistics_target', '10', true),
       set_config('enable_nestloop', 'off', true), set_config('enable_mergejoin', 'off', true), set_config('enable_memoize', 'off', true)
