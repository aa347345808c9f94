-- How are rows in the same cell found: by walking through both tables in the order of the cells, or by looking each left row up? The planner
-- cannot know how the rows of one cell are spread; until the transaction ends.
SELECT set_config('enable_hashjoin', 'off', true), set_config('enable_memoize', 'off', true),
       set_config('enable_mergejoin', CASE WHEN %(merge)s THEN 'on' ELSE 'off' END, true),
       set_config('enable_nestloop', CASE WHEN %(merge)s THEN 'off' ELSE 'on' END, true)
