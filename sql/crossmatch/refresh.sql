-- Which refresh is this? Makes the matches of whatever changed; alone it commits, inside a transaction it is a part of that one.
CALL deepcal.refresh_xmatch(%(everything)s, %(commits)s)
