"""What if: the scenario language, runs, stored results, comparisons and exports."""
