"""What is judged: resources in one shape, what of them is unknown, and how they are kept on disk."""
