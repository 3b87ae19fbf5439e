# Runs the command line that it is given and kills it when the host is gone, however that ended.
# The guard reads a pipe whose only write end is in the host. At the end of the file it kills the worker; at a line, which the host writes
# once the worker has ended, it ends itself.
exec 3<&0
# Both have sessions of their own: Ctrl-C in a terminal reaches the host alone, which drains first, and a kill of the host's process group
# leaves the guard, which then kills the worker.
session="$(command -v setsid)"
( $session sh -c 'trap "" HUP INT QUIT TERM; read -r _ || kill -KILL "$0"' $$ <&3 >/dev/null 2>&1 & )
exec $session "$@" 3<&- </dev/null
