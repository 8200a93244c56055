import { lstatSync, readdirSync, readlinkSync } from "node:fs";

const OWNER_READS = 0o400;
const HIDDEN = ["EACCES", "EPERM"];

/** The name by which Linux identifies the pipe of a descriptor; undefined without `/proc`. */
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
    .filter((path) => stateOf(path, pipe) === "reads");
}

/**
 * Whether a descriptor that was the reading end of the pipe still is; true too once its process has become another user's,
 * or hides what it has open, such as `sudo`: nothing says that it has stopped reading.
 */
export function isReader(path: string, pipe: string): boolean {
  return stateOf(path, pipe) !== "gone";
}

function stateOf(path: string, pipe: string): "reads" | "gone" | "hidden" {
  try {
    const isSame = readlinkSync(path) === pipe && (lstatSync(path).mode & OWNER_READS) !== 0;
    return isSame ? "reads" : "gone";
  } catch (error) {
    const isHidden =
      error instanceof Error && "code" in error && HIDDEN.includes(String(error.code));
    return isHidden ? "hidden" : "gone";
  }
}

function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
