-- Did a catalogue grow by more than a tenth? Then the planner must know.
SELECT deepcal.analyze_catalog(%(kind)s)
  FROM pg_class
 WHERE oid = %(table)s::regclass AND reltuples < 10 * %(rows)s::bigint
