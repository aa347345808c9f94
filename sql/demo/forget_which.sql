-- Which demo is to be forgotten? Until the end of the transaction.
SELECT set_config('deepcal.demo_tile', %(tile)s, true),
       set_config('deepcal.demo_folder', %(folder)s, true)
