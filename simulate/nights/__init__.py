"""The nights of the survey: when each calibration field was visited, and through which air."""
