"""The page of targets: actuals entered year by year, the path to each target, what the scenarios say."""
