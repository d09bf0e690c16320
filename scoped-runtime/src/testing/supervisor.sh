# Runs one program for a test process, in a folder of its own, and ends it when standard input ends.
#
# The test process holds the other end of that pipe. However the test process ends, also by SIGKILL, the kernel
# closes the pipe; then the program is stopped and the folder removed.
#
# Arguments: the signal that stops the program, the program, its arguments. The program runs in the folder. This
# shell leads a process group, to which the program and its children belong.
# Standard input: one line once the program's files are in the folder.
# Standard output: "folder PATH" at the beginning, "ended STATUS" if the program ends by itself.
umask 077
stop=$1
shift
folder=
program=

# The reader of the output may be gone already; that must not prevent the removal.
trap '' PIPE

finish() {
    trap '' TERM INT HUP
    if [ -n "$program" ]; then
        # Everything in the group is asked to end, and the program with the signal that stops it at once.
        kill -s TERM 0
        kill -s "$stop" "$program"
        {
            sleep 2
            kill -s KILL "$program"
        } &
        wait "$program"
    fi
    if [ -n "$folder" ]; then
        cd /
        for try in 1 2 3 4 5 6 7 8 9; do
            rm -rf "$folder"
            [ -e "$folder" ] || break
            sleep 0.1
        done
    fi
    # What is left of the group: children of the program, and this shell.
    kill -s KILL 0
} 2>/dev/null
trap finish TERM INT HUP

folder=$(mktemp -d "${TMPDIR:-/tmp}/scoped-kit-XXXXXXXX") || exit 1
cd "$folder" || exit 1
HOME=$folder
export HOME
exec 3<&0 </dev/null
echo "folder $(pwd -P)"
IFS= read -r _ <&3 || finish

"$@" >log 2>&1 3<&- &
program=$!
{
    IFS= read -r _
    kill -s TERM $$
} <&3 &
wait "$program"
status=$?
program=
echo "ended $status" 2>/dev/null
# The folder stays until the test process has read the log.
wait
finish
