import { fstatSync } from "node:fs";
import { isReader, pipeOf, readersOf } from "./pipe-readers.ts";

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
  const check = checkOf(stream, onGone);
  const timer = check && setInterval(check, CHECK_EVERY_MS).unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

/** Undefined where there is no way to find out. */
function checkOf(stream: PipeStream, onGone: () => void): (() => void) | undefined {
  const stats = fstatSync(stream.fd);
  // An empty write fails once there is no reader, which the stream emits as an error.
  if (stats.isSocket() || (stats.isFIFO() && process.platform !== "linux"))
    return () => stream.write("");
  if (!stats.isFIFO()) return undefined;
  // A pipe of Linux accepts an empty write without a reader.
  const pipe = pipeOf(stream.fd);
  if (pipe === undefined) return undefined;
  let readers = readersOf(pipe);
  if (readers.length === 0) return undefined;
  return () => {
    if (readers.some((path) => isReader(path, pipe))) return;
    // It may have been handed to another process.
    readers = readersOf(pipe);
    if (readers.length === 0) onGone();
  };
}
