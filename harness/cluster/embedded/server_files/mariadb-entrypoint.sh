#!/bin/sh
# Runs MariaDB as the user mysql, in place of this script, so that a signal to the container reaches it. An empty data
# folder is filled first, complete or not at all. Of the official image's environment this one knows MARIADB_DATABASE,
# MARIADB_USER with MARIADB_PASSWORD, and MARIADB_ROOT_PASSWORD or MARIADB_ALLOW_EMPTY_ROOT_PASSWORD, without which
# nobody could log in; each also by its older name, MYSQL_. A pod that has a user of its own runs it as that user.
set -eu

[ "$1" = mariadbd ] || exec "$@"
shift
data=/var/lib/mysql
system=$(echo /usr/share/m*/m*_system_tables.sql)
database=${MARIADB_DATABASE:-${MYSQL_DATABASE:-}}
user=${MARIADB_USER:-${MYSQL_USER:-}} password=${MARIADB_PASSWORD:-${MYSQL_PASSWORD:-}}
root=${MARIADB_ROOT_PASSWORD:-${MYSQL_ROOT_PASSWORD:-}}
is_root=$([ "$(id -u)" = 0 ] && echo yes || echo '')

quoted() { printf '%s' "$1" | sed "s/[\\\\']/\\\\&/g"; }

fill() {
  rm -rf "$data/.new" "$data/performance_schema"
  mkdir "$data/.new"
  [ -z "$is_root" ] || chown mysql:mysql "$data/.new"
  {
    printf 'create database if not exists mysql;\nuse mysql;\nset @auth_root_socket=null;\n'
    cat "$system" "${system%tables.sql}tables_data.sql" "${system%system_tables.sql}performance_tables.sql"
    printf "flush privileges;\ncreate user root@'%%' identified by '%s';\n" "$(quoted "$root")"
    printf "grant all on *.* to root@'%%' with grant option;\n"
    [ -z "$root" ] || printf "alter user root@localhost identified by '%s';\n" "$(quoted "$root")"
    [ -z "$database" ] || printf 'create database `%s`;\n' "$database"
    [ -z "$user" ] || printf "create user '%s'@'%%' identified by '%s';\n" "$user" "$(quoted "$password")"
    [ -z "$user" ] || [ -z "$database" ] || printf "grant all on \`%s\`.* to '%s'@'%%';\n" "$database" "$user"
  } | mariadbd --bootstrap ${is_root:+--user=mysql} --datadir="$data/.new" --enforce-storage-engine= --log-warnings=0
  for each in "$data"/.new/*; do
    [ "${each##*/}" = mysql ] || mv "$each" "$data/"
  done
  mv "$data/.new/mysql" "$data/" # the last: where it is, the folder is complete
  rmdir "$data/.new"
}

[ -z "$is_root" ] || chown mysql:mysql "$data" /run/mysqld
if [ ! -d "$data/mysql" ]; then
  if [ -z "$root${MARIADB_ALLOW_EMPTY_ROOT_PASSWORD:-${MYSQL_ALLOW_EMPTY_PASSWORD:-}}" ]; then
    echo 'the data folder is empty, and neither MARIADB_ROOT_PASSWORD nor MARIADB_ALLOW_EMPTY_ROOT_PASSWORD is set' >&2
    exit 1
  fi
  fill
fi
exec mariadbd ${is_root:+--user=mysql} "$@"
