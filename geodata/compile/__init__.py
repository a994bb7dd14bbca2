"""Steps of compiling the bundled city: originals → committed tables. Never needed to run a scenario."""
