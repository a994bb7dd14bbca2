"""Fuzzing of every reader through the build a planner calls; bounded in the suite, longer by ``make fuzz``."""
