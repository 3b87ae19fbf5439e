# Runs the command line that it is given and kills it when the host is gone, however that ended.
# It reads a pipe whose only write end is in the host. At the end of the file it kills the worker; at a line, which the host writes
# once the worker has ended, it ends itself.
exec 3<&0
p=$$
( ( trap '' HUP INT QUIT TERM; read -r _ <&3 || kill -KILL $p ) >/dev/null 2>&1 & )
# a session of its own, so that Ctrl-C in a terminal reaches the host alone, which drains first
if command -v setsid >/dev/null; then exec setsid "$@" 3<&- </dev/null; fi
exec "$@" 3<&- </dev/null
