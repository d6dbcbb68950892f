"""One module a law. Each has check(tree), which yields Mistakes."""
