# Makes a PostgreSQL cluster in the current folder and runs its server.
#
# Arguments: the folder of the programs, the port, and the archive of a fresh cluster. Without a readable archive a
# cluster is made, and its archive is left as `data.tar`. The superuser's password is in SUPERUSER_PASSWORD, because
# every user of the machine can read arguments. It is set after the archive was made, so that no archive has one.
set -e
password=$SUPERUSER_PASSWORD
unset SUPERUSER_PASSWORD
# No data outlives the process, so nothing has to be flushed to the disk.
fast='-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c autovacuum=off'

# The server listens on the loopback address alone, where only root could read a password. The exchange that hides it
# takes a tenth of a second of an unoptimised client.
set_password() {
    printf 'host %s all 127.0.0.1/32 password\n' all replication >data/pg_hba.conf &&
        printf "alter role supabase_admin password '%s'\n" "$password" |
        "$1/postgres" --single -D data $fast postgres >/dev/null
}

# An archive that is damaged may still be unpacked, but its cluster does not run.
if ! { [ -r "$3" ] && tar -xf "$3" && set_password "$1"; } 2>/dev/null; then
    rm -rf data
    # No server runs before there is a password.
    "$1/initdb" -D data -U supabase_admin -A trust -E UTF8 --locale=C --no-sync --wal-segsize=1
    tar -cf data.tar data || rm -f data.tar
    set_password "$1"
fi
exec "$1/postgres" -D data -h 127.0.0.1 -k '' -p "$2" $fast -c max_connections=200
