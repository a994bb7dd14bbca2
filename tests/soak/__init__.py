"""Whether nothing is lost when processes are killed, disks fill up, files are damaged and clocks go wrong."""
