"""The page シナリオを編集: a scenario drawn, checked, computed live and saved as the file the command line reads."""
