#!/bin/sh
# Runs MariaDB as the user mysql, in place of this script, so that a signal to the container reaches it. An empty data
# folder is filled first, complete or not at all. Of the official image's environment this one knows MARIADB_DATABASE,
# and MARIADB_ALLOW_EMPTY_ROOT_PASSWORD, without which nobody could log in.
set -eu

[ "$1" = mariadbd ] || exec "$@"
shift
data=/var/lib/mysql
system=$(echo /usr/share/m*/m*_system_tables.sql)

fill() {
  rm -rf "$data/.new" "$data/performance_schema"
  mkdir "$data/.new"
  chown mysql:mysql "$data/.new"
  {
    printf 'create database if not exists mysql;\nuse mysql;\nset @auth_root_socket=null;\n'
    cat "$system" "${system%tables.sql}tables_data.sql" "${system%system_tables.sql}performance_tables.sql"
    printf "flush privileges;\ncreate user root@'%%';\ngrant all on *.* to root@'%%' with grant option;\n"
    [ -z "${MARIADB_DATABASE:-}" ] || printf 'create database `%s`;\n' "$MARIADB_DATABASE"
  } | mariadbd --bootstrap --user=mysql --datadir="$data/.new" --enforce-storage-engine= --log-warnings=0
  for each in "$data"/.new/*; do
    [ "${each##*/}" = mysql ] || mv "$each" "$data/"
  done
  mv "$data/.new/mysql" "$data/" # the last: where it is, the folder is complete
  rmdir "$data/.new"
}

chown mysql:mysql "$data" /run/mysqld
if [ ! -d "$data/mysql" ]; then
  if [ -z "${MARIADB_ALLOW_EMPTY_ROOT_PASSWORD:-}" ]; then
    echo 'the data folder is empty, and MARIADB_ALLOW_EMPTY_ROOT_PASSWORD is not set' >&2
    exit 1
  fi
  fill
fi
exec mariadbd --user=mysql "$@"
