# Runs PostgreSQL for one Waybill and outlives its kill -9: when the pipe on stdin ends, PostgreSQL is stopped (fast).
# Given to `sh -c` as text, because the folder it lies in may be closed to the uid that runs it.
# "$@" is PostgreSQL's command line. Says on stdout: "started PID", "ended CODE".
ulimit -c 0
# Whoever reads stdout may be gone; PostgreSQL must be stopped all the same.
trap '' PIPE
exec 3<&0 </dev/null
stopping=
pid=
trap 'stopping=1; [ -z "$pid" ] || kill -INT "$pid" 2>/dev/null' TERM
(
  exec >/dev/null
  while read -r line <&3; do :; done
  # Again and again: some shells see a signal that comes just before `wait` blocks only when PostgreSQL has ended.
  while kill -TERM $$ 2>/dev/null; do sleep 0.3; done
) &
reader=$!
exec 3<&-
short=0
code=0
while [ -z "$stopping" ]; do
  began=$(date +%s)
  "$@" >&2 &
  pid=$!
  echo "started $pid" 2>/dev/null
  [ -z "$stopping" ] || kill -INT "$pid" 2>/dev/null
  wait "$pid"
  code=$?
  # A trapped signal ends `wait` while PostgreSQL still shuts down.
  while kill -0 "$pid" 2>/dev/null; do
    wait "$pid"
    code=$?
  done
  pid=
  echo "ended $code" 2>/dev/null
  if [ $(($(date +%s) - began)) -lt 60 ]; then short=$((short + 1)); else short=0; fi
  [ "$short" -lt 50 ] || break
  [ -n "$stopping" ] || sleep 0.1
done
kill "$reader" 2>/dev/null
exit "$code"
