# Makes a PostgreSQL cluster in the current folder and runs its server.
#
# Arguments: the folder of the programs, the port. The superuser's password is in SUPERUSER_PASSWORD, because
# every user of the machine can read arguments.
set -e
printf '%s\n' "$SUPERUSER_PASSWORD" >password
unset SUPERUSER_PASSWORD
# The server listens on the loopback address alone, where only root could read a password. The exchange that hides it
# takes a tenth of a second of an unoptimised client.
"$1/initdb" -D data -U supabase_admin --pwfile=password -A password -E UTF8 --locale=C -N
rm password
# No data outlives the process, so nothing has to be flushed to the disk.
exec "$1/postgres" -D data -h 127.0.0.1 -k '' -p "$2" -c fsync=off -c synchronous_commit=off \
    -c full_page_writes=off -c autovacuum=off -c max_connections=200
