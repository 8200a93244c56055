import { closeSync, constants, fstatSync, openSync } from "node:fs";

const CHECK_EVERY_MS = 100;

interface PipeStream {
  readonly fd: number;
  write(text: string): unknown;
}

/**
 * Calls `onGone` once nothing reads a pipe any more, such as after `| head`. Node reports that at the next write, which
 * a command that waits for changes may never make.
 */
export function watchReader(stream: PipeStream, onGone: () => void): Disposable {
  const stats = fstatSync(stream.fd);
  const isReopenable = stats.isFIFO() && process.platform === "linux";
  const check = (): void => {
    if (!isReopenable) stream.write("");
    else if (!hasReader(stream.fd)) onGone();
  };
  const timer =
    stats.isFIFO() || stats.isSocket() ? setInterval(check, CHECK_EVERY_MS).unref() : undefined;
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

/**
 * Linux refuses to open a pipe for writing that has no reader. Elsewhere, and for sockets, an empty write fails then, which
 * a pipe of Linux accepts.
 */
function hasReader(fd: number): boolean {
  try {
    closeSync(openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK));
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ENXIO";
  }
}
