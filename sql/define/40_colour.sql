-- Where do clean sources lie in colour-magnitude and colour-colour diagrams? One row for each that has all three magnitudes.
CREATE VIEW deepcal.colour AS
SELECT s.tile, s.run, s.id, s.name, s.ra, s.dec, s.j_m, s.h_m, s.k_m,
       s.j_m - s.h_m AS j_h, s.h_m - s.k_m AS h_k, s.j_m - s.k_m AS j_k,
       least(s.j_snr, s.h_snr, s.k_snr) AS snr,
       d.cntr_psc, d.cntr_xsc
  FROM deepcal.deepcal_src AS d
  JOIN deepcal.source AS s USING (run, id)
 WHERE s.cc_flg = '0' AND s.j_m - s.h_m - s.k_m IS NOT NULL;

COMMENT ON VIEW deepcal.colour IS 'Colours of the clean sources of current runs that have all three magnitudes';
COMMENT ON COLUMN deepcal.colour.j_h IS 'J - H [mag]';
COMMENT ON COLUMN deepcal.colour.h_k IS 'H - Ks [mag]';
COMMENT ON COLUMN deepcal.colour.j_k IS 'J - Ks [mag]';
COMMENT ON COLUMN deepcal.colour.snr IS 'Signal to noise in the band where it is least';
