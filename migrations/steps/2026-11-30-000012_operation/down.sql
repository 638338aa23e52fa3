DROP TABLE programs, oldest_server, backups;
