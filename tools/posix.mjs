// Succeeds where the shell of npm's scripts has `exec`: everywhere but on Windows. A script that goes
// on until it is stopped is started by `node tools/posix.mjs && exec it || it`, so that a signal to
// npm alone, which npm hands on to its child, is not kept by a shell in between that waits.
process.exitCode = process.platform === 'win32' ? 1 : 0;
