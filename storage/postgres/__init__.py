"""The engine of the store on PostgreSQL, for as many processes as there are."""
