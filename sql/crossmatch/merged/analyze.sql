-- How large is this table, and how are its values spread? The planner asks.
ANALYZE {table}
