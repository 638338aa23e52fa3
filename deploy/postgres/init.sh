#!/bin/sh
# PostgreSQL's image runs this when its volume is new. It creates the role sports_log, which owns its
# database and has no other privileges.
set -eu

password=$(cat /run/secrets/sports-log-database-password)
psql --quiet --set ON_ERROR_STOP=1 --set password="$password" --username postgres --dbname postgres <<'SQL'
CREATE ROLE sports_log LOGIN PASSWORD :'password';
CREATE DATABASE sports_log OWNER sports_log ENCODING 'UTF8' TEMPLATE template0;
REVOKE CONNECT ON DATABASE sports_log FROM PUBLIC;
SQL
