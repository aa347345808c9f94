"""What the tables are: every column, its meaning, the migrations and the connection."""
