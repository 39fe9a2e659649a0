#!/usr/bin/env bash
# A single Apache Kafka node on the loopback, for development and tests, from the jars that deploy/setup.sh brings.
#   deploy/kafka/broker.sh start          in the background, on port 9092 (or OTKLIK_KAFKA_PORT); returns when it is ready
#   deploy/kafka/broker.sh stop           stops it; what it holds stays
#   deploy/kafka/broker.sh run FOLDER PORT CONTROLLER_PORT keep|remove
#                                         until standard input ends, then killed as by a power cut; the folder stays or is
#                                         removed, and stays in any case if standard input says "keep"
# Settings in a file more.properties beside this one hold against all others, with @port@ and @controller@ for the two ports;
# arguments for formatting the folder, a line each, in a file more.format.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/otklik
# deploy/setup.sh brings this version; deploy/kafka/pom.xml names it.
jars=${OTKLIK_KAFKA:-$cache/kafka/4.1.1}
data=${XDG_DATA_HOME:-$HOME/.local/share}/otklik-kafka
port=${OTKLIK_KAFKA_PORT:-9092}

# What the node needs beside server.properties, on first use its folder's format, and the node itself.
node() {
    local folder=$1 client_port=$2 controller_port=$3
    [ -e "$jars" ] || { echo "no Kafka in $jars: run deploy/setup.sh test" >&2; exit 1; }
    mkdir -p "$folder"
    {
        cat "$here/server.properties"
        echo "listeners=PLAINTEXT://127.0.0.1:$client_port,CONTROLLER://127.0.0.1:$controller_port"
        echo "advertised.listeners=PLAINTEXT://127.0.0.1:$client_port"
        echo "controller.quorum.voters=1@127.0.0.1:$controller_port"
        echo "log.dirs=$folder/log"
        [ ! -e "$here/more.properties" ] ||
            sed "s/@port@/$client_port/; s/@controller@/$controller_port/" "$here/more.properties"
    } >"$folder/node.properties"
    local format=()
    [ ! -e "$here/more.format" ] || mapfile -t format <"$here/more.format"
    local java=(java -Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "$jars/*"
        -Dorg.slf4j.simpleLogger.defaultLogLevel=error -Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info)
    [ -e "$folder/log/meta.properties" ] ||
        "${java[@]}" kafka.tools.StorageTool format -t otklikotklikotklikotkQ -c "$folder/node.properties" "${format[@]}" >/dev/null
    exec "${java[@]}" kafka.Kafka "$folder/node.properties"
}

case ${1:-} in
run)
    node "$2" "$3" "$4" &
    node=$!
    # Only the node holds standard error from here: whoever reads it sees the end when the node dies.
    exec 2>/dev/null
    word=$4
    read -r said && word=$said
    kill -9 "$node" || true
    wait "$node" || true
    [ "$word" = keep ] || rm -rf "$2"
    ;;
start)
    mkdir -p "$data"
    if [ -e "$data/pid" ] && kill -0 "$(cat "$data/pid")" 2>/dev/null; then
        echo "Kafka runs already: 127.0.0.1:$port"
        exit 0
    fi
    : >"$data/output"
    (node "$data" "$port" $((port + 1))) >>"$data/output" 2>&1 </dev/null &
    echo $! >"$data/pid"
    until grep -q "Kafka Server started" "$data/output"; do
        kill -0 "$(cat "$data/pid")" 2>/dev/null || { echo "Kafka does not start:" >&2; tail -n 20 "$data/output" >&2; exit 1; }
        sleep 0.1
    done
    echo "Kafka: 127.0.0.1:$port, data in $data; stop it: make kafka STOP=1"
    ;;
stop)
    [ -e "$data/pid" ] || { echo "Kafka does not run"; exit 0; }
    pid=$(cat "$data/pid")
    kill "$pid" 2>/dev/null || true
    while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
    rm -f "$data/pid"
    echo "Kafka stopped"
    ;;
*)
    sed -n '2,9s/^# \{0,1\}//p' "$0"
    exit 2
    ;;
esac
