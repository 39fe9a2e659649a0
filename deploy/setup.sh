#!/usr/bin/env bash
# Sets up what running or testing Otklik needs on Debian or Ubuntu, and nothing that is there already.
#   deploy/setup.sh run    what running needs, and the release build
#   deploy/setup.sh test   what testing needs
#   deploy/setup.sh kafka  what a Kafka node for development needs
#   deploy/setup.sh only   the set-up steps alone
set -euo pipefail
cd "$(dirname "$0")/.."

# The embedded ClickHouse: the npm package that carries libchdb.so, and the checksum of that version's archive.
# src/instance/backend.rs names the same version.
chdb_package=@chdb/lib-linux-x64-gnu
chdb_version=26.7.3-stable.1
chdb_sha256=c0d32b129e988f2b9a9a31c9141aecf5e1e2453f9a079efc4d36ab8e3f92b2ad

# Apache Kafka for the tests: deploy/kafka/pom.xml and deploy/kafka/broker.sh name the same version, deploy/kafka/jars.sha256 has its
# checksums.
kafka_version=4.1.1

# The mail server of the tests, from PyPI: deploy/aiosmtpd.txt has the checksums, alerts/src/notify/channels/email/tests/smtp.rs the version.
aiosmtpd_version=1.4.6

# What rust-version in Cargo.toml asks.
rust_minimum=1.95

cache=${XDG_CACHE_HOME:-$HOME/.cache}/otklik
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$cache/target}
PATH=$PATH:$HOME/.cargo/bin

# Russian or English, by the locale, as the program itself does.
locale=${LC_ALL:-${LC_MESSAGES:-${LANG:-}}}
say() { case $locale in ru* | RU*) printf '%s\n' "$1" ;; *) printf '%s\n' "$2" ;; esac; }
fail() {
    say "Не получилось: $1" "Failed: $2" >&2
    exit 1
}

missing_packages() {
    command -v cc >/dev/null || echo build-essential
    command -v pkg-config >/dev/null || echo pkg-config
    pkg-config --exists openssl 2>/dev/null || echo libssl-dev
    command -v curl >/dev/null || echo curl
    [ -e /etc/ssl/certs/ca-certificates.crt ] || echo ca-certificates
    [ -e "$chdb_library" ] || command -v npm >/dev/null || echo npm
    if [ -n "$with_kafka" ]; then
        command -v java >/dev/null || echo openjdk-17-jre-headless
        [ -e "$kafka_jars" ] || command -v mvn >/dev/null || echo maven
    fi
    if [ -n "$with_mail" ]; then
        command -v python3 >/dev/null || echo python3
        [ -e "$aiosmtpd" ] || python3 -m pip --version >/dev/null 2>&1 || echo python3-pip
    fi
}

system_packages() {
    local packages
    packages=$(missing_packages)
    [ -n "$packages" ] || return 0
    # shellcheck disable=SC2086 # a list of words
    say "→ Пакеты системы: "$packages "→ System packages: "$packages
    command -v apt-get >/dev/null || fail \
        "нет apt-get; поставьте сами: $(echo $packages)" "there is no apt-get; install yourself: $(echo $packages)"
    local sudo=
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null || fail \
            "нужны права: выполните от root: apt-get install $(echo $packages)" \
            "rights are needed: as root, run: apt-get install $(echo $packages)"
        sudo=sudo
    fi
    $sudo apt-get update -qq || fail "список пакетов не обновился; проверьте сеть" "the list of packages cannot be renewed; check the network"
    # shellcheck disable=SC2086
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages >/dev/null || fail \
        "пакеты не поставились; попробуйте: apt-get install $(echo $packages)" \
        "packages cannot be installed; try: apt-get install $(echo $packages)"
}

rust() {
    if ! command -v cargo >/dev/null; then
        say "→ Rust через rustup" "→ Rust by rustup"
        curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y --profile minimal -c rustfmt -c clippy || fail \
            "Rust не поставился; поставьте rustup сами и повторите" "Rust cannot be installed; install rustup yourself and try again"
    fi
    local version
    version=$(rustc --version | awk '{print $2}')
    if [ "$(printf '%s\n%s\n' "$rust_minimum" "$version" | sort -V | head -n 1)" != "$rust_minimum" ]; then
        say "→ Rust $version старше нужного $rust_minimum: обновляю" "→ Rust $version is older than $rust_minimum: updating"
        rustup update stable || fail "обновите Rust до $rust_minimum" "update Rust to $rust_minimum"
    fi
}

chdb_folder=$cache/chdb/$chdb_version
chdb_library=${OTKLIK_CHDB:-$chdb_folder/libchdb.so}

embedded_clickhouse() {
    [ -e "$chdb_library" ] && return 0
    [ -z "${OTKLIK_CHDB:-}" ] || fail "нет файла OTKLIK_CHDB=$OTKLIK_CHDB" "there is no file OTKLIK_CHDB=$OTKLIK_CHDB"
    say "→ ClickHouse как библиотека (libchdb $chdb_version, 178 МБ)" "→ ClickHouse as a library (libchdb $chdb_version, 178 MB)"
    mkdir -p "$chdb_folder"
    local work archive
    work=$(mktemp -d "$chdb_folder/download.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    (cd "$work" && npm pack --silent "$chdb_package@$chdb_version" >/dev/null) || fail \
        "npm не отдал $chdb_package; проверьте сеть или положите libchdb.so сами и укажите OTKLIK_CHDB" \
        "npm did not give $chdb_package; check the network, or put libchdb.so somewhere and set OTKLIK_CHDB"
    archive=$(echo "$work"/*.tgz)
    echo "$chdb_sha256  $archive" | sha256sum --check --quiet || fail \
        "контрольная сумма libchdb не та: файл повреждён или подменён; удалите $chdb_folder и повторите" \
        "the checksum of libchdb is wrong: damaged or not the real file; remove $chdb_folder and try again"
    tar -xzf "$archive" -C "$work" package/libchdb.so
    mv "$work/package/libchdb.so" "$chdb_library"
    rm -rf "$work"
    trap - EXIT
}

kafka_jars=${OTKLIK_KAFKA:-$cache/kafka/$kafka_version}

# What was brought by an earlier version of this script was not checked then.
check_kafka() {
    deploy/kafka/check_jars.sh "$1" || fail \
        "jar-файлы Kafka не те: повреждены или подменены; удалите ${2:-$1} и повторите" \
        "Kafka's jars are wrong: damaged or not the real files; remove ${2:-$1} and try again"
}

kafka() {
    # A folder of the operator's own is theirs to answer for.
    if [ -e "$kafka_jars" ]; then
        [ -n "${OTKLIK_KAFKA:-}" ] || check_kafka "$kafka_jars"
        return 0
    fi
    [ -z "${OTKLIK_KAFKA:-}" ] || fail "нет папки OTKLIK_KAFKA=$OTKLIK_KAFKA" "there is no folder OTKLIK_KAFKA=$OTKLIK_KAFKA"
    say "→ Apache Kafka $kafka_version через Maven (54 МБ)" "→ Apache Kafka $kafka_version by Maven (54 MB)"
    mkdir -p "$(dirname "$kafka_jars")"
    local work
    work=$(mktemp -d "$kafka_jars.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    mvn --quiet --batch-mode --file deploy/kafka/pom.xml dependency:copy-dependencies -DoutputDirectory="$work" || fail \
        "Maven не отдал Kafka; проверьте сеть или положите её jar-файлы в папку и укажите OTKLIK_KAFKA" \
        "Maven did not give Kafka; check the network, or put its jars into a folder and set OTKLIK_KAFKA"
    check_kafka "$work" "$HOME/.m2/repository"
    mv "$work" "$kafka_jars"
    trap - EXIT
}

aiosmtpd=${OTKLIK_AIOSMTPD:-$cache/aiosmtpd/$aiosmtpd_version}

mail() {
    [ -e "$aiosmtpd" ] && return 0
    [ -z "${OTKLIK_AIOSMTPD:-}" ] || fail "нет папки OTKLIK_AIOSMTPD=$OTKLIK_AIOSMTPD" "there is no folder OTKLIK_AIOSMTPD=$OTKLIK_AIOSMTPD"
    say "→ Почтовый сервер для тестов (aiosmtpd $aiosmtpd_version)" "→ The mail server of the tests (aiosmtpd $aiosmtpd_version)"
    mkdir -p "$(dirname "$aiosmtpd")"
    local work
    work=$(mktemp -d "$aiosmtpd.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    python3 -m pip install --quiet --disable-pip-version-check --root-user-action ignore --no-deps --require-hashes --only-binary :all: --target "$work" \
        --requirement deploy/aiosmtpd.txt || fail \
        "pip не отдал aiosmtpd; проверьте сеть или положите его в папку и укажите OTKLIK_AIOSMTPD" \
        "pip did not give aiosmtpd; check the network, or put it into a folder and set OTKLIK_AIOSMTPD"
    mv "$work" "$aiosmtpd"
    trap - EXIT
}

with_kafka= with_mail=
case ${1:-} in test | kafka) with_kafka=yes ;; esac
case ${1:-} in test) with_mail=yes ;; esac

case ${1:-} in
run)
    if [ -x "$CARGO_TARGET_DIR/release/otklik" ]; then
        say "Всё уже ставилось: около минуты." "Set up before: about a minute."
    else
        say "В первый раз около 15 минут на двух ядрах: пакеты, Rust, ClickHouse-библиотека, сборка." \
            "About 15 minutes the first time on two cores: packages, Rust, the ClickHouse library, the build."
    fi
    ;;
test)
    if [ -d "$CARGO_TARGET_DIR/debug" ]; then
        say "Около 10 минут: проверки и тесты." "About 10 minutes: checks and tests."
    else
        say "В первый раз около 25 минут на двух ядрах: пакеты, Rust, ClickHouse-библиотека, сборка, проверки, тесты." \
            "About 25 minutes the first time on two cores: packages, Rust, the ClickHouse library, the build, checks, tests."
    fi
    ;;
only | kafka) ;;
*)
    sed -n '2,6s/^# \{0,1\}//p' "$0"
    exit 2
    ;;
esac
system_packages
rust
embedded_clickhouse
[ -z "$with_kafka" ] || kafka
[ -z "$with_mail" ] || mail
if [ "$1" = run ]; then
    say "→ Сборка" "→ Build"
    cargo build --release || fail "сборка не прошла; сообщение выше" "the build failed; the message is above"
fi
