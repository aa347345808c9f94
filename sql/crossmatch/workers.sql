-- Who does a match? Workers do a stretch each as a whole, while the one that gathers their pairs writes them, until the transaction ends.
SELECT set_config('parallel_setup_cost', '0', true), set_config('parallel_tuple_cost', '0', true),
       set_config('parallel_leader_participation', 'off', true),
       set_config('min_parallel_table_scan_size', '5TB', true), set_config('min_parallel_index_scan_size', '5TB', true)
