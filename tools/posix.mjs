// Succeeds where the shell of npm's scripts has `exec`: everywhere but on Windows. A script that goes
// on until it is stopped is started by `node tools/posix.mjs && NPM_PID=$PPID exec it || it`, so that
// a signal to npm alone, which npm hands on to its child, is not kept by a shell in between that
// waits, and so that it knows its npm, should that be gone by the time that it looks.
process.exitCode = process.platform === 'win32' ? 1 : 0;
