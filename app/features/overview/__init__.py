"""The first page: what each scenario does to the indicators the city is judged by."""
