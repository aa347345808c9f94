-- What was assumed, and where does every value come from?
SELECT *
  FROM deepcal.setting
 ORDER BY name
