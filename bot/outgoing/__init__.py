"""What all requests to other servers have in common: the session, proxies, and the waits that are asked for."""
