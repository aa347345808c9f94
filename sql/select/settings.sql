-- Which assumptions and tuning values does this database use?
SELECT name, value
  FROM deepcal.setting
 ORDER BY name
