"""Stand-ins for the other side: an API server and pods that do what a test asks for."""
