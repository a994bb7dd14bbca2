"""On-demand mobility (デマンド交通): requests, a fleet that meets them by cheapest feasible insertion, outcomes."""
