#!/bin/sh
# Install what is missing: PostgreSQL with q3c, and the Python environment in .venv. Run by make; quick when all is there.
set -eu
cd "$(dirname "$0")/.."

OLDEST_POSTGRES=15
say() { echo "setup: $*"; }
stop() { echo "setup: $*" >&2; exit 1; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

can_apt() {
    command -v apt-get > /dev/null && { [ "$(id -u)" = 0 ] || command -v sudo > /dev/null; }
}

apt() { # silent unless it fails
    log=$(mktemp)
    status=0
    as_root env DEBIAN_FRONTEND=noninteractive apt-get --yes --quiet "$@" > "$log" 2>&1 < /dev/null || status=$?
    [ $status = 0 ] || cat "$log" >&2
    rm -f "$log"
    return $status
}

apt_install() {
    say "installing $*"
    apt install --no-install-recommends "$@"
}

apt_update() {
    [ -n "${updated:-}" ] || apt update
    updated=yes
}

find_python() {
    for python in ${PYTHON:-} python3 python3.13 python3.12 python3.11; do
        if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2> /dev/null; then
            command -v "$python"
            return
        fi
    done
    stop "no Python 3.11 or newer was found; name one: make setup PYTHON=/path/to/python3"
}

# --- PostgreSQL ---------------------------------------------------------------------------------------------------

postgres_versions() { # the installed versions that are new enough, newest first
    ls -d /usr/lib/postgresql/*/bin/initdb 2> /dev/null | cut -d / -f 5 | awk -v o=$OLDEST_POSTGRES '$1 >= o' | sort -rn
}

have_q3c() {
    for config in /usr/lib/postgresql/*/bin/pg_config $(command -v pg_config || true); do
        [ -x "$config" ] && [ -x "$("$config" --bindir)/initdb" ] || continue
        [ "$("$config" --version | sed 's/[^0-9]*\([0-9]*\).*/\1/')" -ge $OLDEST_POSTGRES ] || continue
        [ -f "$("$config" --sharedir)/extension/q3c.control" ] && return 0
    done
    return 1
}

q3c_package() { # for an installed server if there is one, else the newest there is
    offered=$(apt-cache search --names-only '^postgresql-[0-9]+-q3c$' | cut -d - -f 2 | awk -v o=$OLDEST_POSTGRES '$1 >= o' | sort -rn)
    for version in $(postgres_versions) $offered; do
        case " $(echo $offered) " in *" $version "*) echo "postgresql-$version-q3c"; return ;; esac
    done
}

install_postgres() {
    can_apt || stop "PostgreSQL $OLDEST_POSTGRES+ with q3c is missing and cannot be installed here (it takes apt and root or sudo): name a server in DEEPCAL_DSN"
    apt_update
    package=$(q3c_package)
    [ -n "$package" ] || stop "this system offers no postgresql-NN-q3c for PostgreSQL $OLDEST_POSTGRES+: name a server in DEEPCAL_DSN"
    apt_install postgresql-common
    # Installing a server must make no cluster and start no service: ours live in DEEPCAL_HOME.
    folder=/etc/postgresql-common/createcluster.d
    as_root mkdir -p $folder
    echo 'create_main_cluster = false' | as_root tee $folder/deepcal.conf > /dev/null
    installed=yes
    clock=$(apt-cache search --names-only "^${package%-q3c}-cron\$" | cut -d ' ' -f 1) # pg_cron, where there is one
    apt_install "$package" $clock || installed=no
    as_root rm -f $folder/deepcal.conf
    [ $installed = yes ] || stop "$package could not be installed: name a server in DEEPCAL_DSN"
}

# --- Python -------------------------------------------------------------------------------------------------------

fingerprint() { # of what .venv is made from, and of where it is
    { cat requirements.txt && pwd; } | sha256sum | cut -d ' ' -f 1
}

make_venv() {
    python=$1
    say "making .venv"
    if command -v uv > /dev/null; then
        uv venv --quiet --clear --no-config --python "$python" .venv
        uv pip install --quiet --no-config --python .venv/bin/python --require-hashes --requirement requirements.txt
        uv pip install --quiet --no-config --python .venv/bin/python --no-deps --no-build-isolation --editable .
    else
        "$python" -c 'import ensurepip' 2> /dev/null || install_ensurepip "$python"
        "$python" -m venv --clear .venv
        .venv/bin/python -m pip install --quiet --quiet --disable-pip-version-check --require-hashes --requirement requirements.txt
        .venv/bin/python -m pip install --quiet --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
    fi
}

install_ensurepip() {
    version=$("$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    can_apt || stop "Python $version lacks ensurepip: install python$version-venv or uv"
    apt_update
    apt_install "python$version-venv"
}

[ -n "${DEEPCAL_DSN:-}" ] || have_q3c || install_postgres
if [ "$(cat .venv/made-from 2> /dev/null)" != "$(fingerprint)" ] || ! .venv/bin/python -c '' 2> /dev/null; then
    python=$(find_python)
    make_venv "$python"
    fingerprint > .venv/made-from
    say "ready"
fi
