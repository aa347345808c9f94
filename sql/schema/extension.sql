-- Can positions be indexed on the sky? q3c goes where everybody finds it.
CREATE EXTENSION IF NOT EXISTS q3c WITH SCHEMA public;
