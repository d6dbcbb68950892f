"""What the system tests share: the real programs, real servers, and servers broken on purpose."""
