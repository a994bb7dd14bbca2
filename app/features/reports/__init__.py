"""The page of what is handed out: sheets, maps, tables and layers of a scenario, to be saved."""
