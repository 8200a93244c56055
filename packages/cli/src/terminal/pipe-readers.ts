import { lstatSync, readdirSync, readlinkSync } from "node:fs";

const OWNER_READS = 0o400;
const HIDDEN = ["EACCES", "EPERM"];

/** The name by which Linux tells the pipe of a descriptor from others; undefined without `/proc`. */
export function pipeOf(fd: number): string | undefined {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return undefined;
  }
}

/** Where Linux lists that processes read a pipe: `/proc/PID/fd/N`. Those of other users are not visible. */
export function readersOf(pipe: string): readonly string[] {
  return entriesOf("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => entriesOf(`/proc/${pid}/fd`).map((each) => `/proc/${pid}/fd/${each}`))
    .filter((path) => isReader(path, pipe));
}

/**
 * Whether a descriptor of a process is still the reading end of the pipe; true too for a process that has become another
 * user's, or hides what it has open, such as `sudo`: nothing says that it has stopped reading.
 */
export function isReader(path: string, pipe: string): boolean {
  try {
    return readlinkSync(path) === pipe && (lstatSync(path).mode & OWNER_READS) !== 0;
  } catch (error) {
    return error instanceof Error && "code" in error && HIDDEN.includes(String(error.code));
  }
}

function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
