"""The published architectures, one healthy estate and one that refuses reads, each as a table of AWS calls."""
