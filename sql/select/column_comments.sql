-- What do these columns of tables and views say of themselves?
SELECT col_description(relation, attribute)
  FROM unnest(%(relations)s::oid[], %(attributes)s::integer[]) WITH ORDINALITY AS asked (relation, attribute, place)
 ORDER BY place
