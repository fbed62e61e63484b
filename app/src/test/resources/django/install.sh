# A Django that has sent events, in each of the two databases that it may have. On a clean Debian that is booted.
apt-get install --no-install-recommends -y postgresql python3-django python3-psycopg2 python3-requests
systemctl start postgresql
timeout 120 sh -c 'until pg_isready -q; do sleep 0.2; done'
runuser -u postgres -- psql -qc "create role app login password 'made-up'"
runuser -u postgres -- createdb --owner app app
export DJANGO=postgres://app:made-up@127.0.0.1/app
mkdir -p /var/www/app
python3 /mnt/share/project.py fill /var/www/app/db.sqlite3
python3 /mnt/share/project.py fill "$DJANGO"
