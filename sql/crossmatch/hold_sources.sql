-- Is an extraction storing sources just now? Then wait for it, and let none begin before the matches are stored.
LOCK TABLE deepcal.source IN SHARE MODE
