import { randomUUID } from "node:crypto";
import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  existsSync,
  linkSync,
  openSync,
  readlinkSync,
  realpathSync,
  rmSync,
  type Stats,
  statSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { SynthaError } from "@syntha/core";
import { driverCode } from "../failure.ts";

/**
 * Makes the file when there is none, and refuses what is not a file. Never opens one that is there: see
 * `checkFileWithLog`.
 * @throws MISCONFIGURED
 */
export function ensureFile(path: string, mode: number): void {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) create(linkTarget(path), mode);
  else if (!stats.isFile()) throw notAFile(path, stats);
}

/** Why SQLite could not open a file that is there; the error itself when nothing explains it. */
export function explainCannotOpen(error: unknown, path: string): unknown {
  if (!driverCode(error)?.startsWith("SQLITE_CANTOPEN")) return error;
  try {
    accessSync(path, constants.R_OK);
    // Also to read: the write-ahead log and its index are made beside the file.
    accessSync(dirname(realpathSync(path)), constants.W_OK | constants.X_OK);
    return error;
  } catch (reason) {
    return reason;
  }
}

/**
 * SQLite would create a file that everyone may read, and a change of mode would come after others could open it. Made
 * under another name, so that no other thread of this process can have it open when the descriptor here closes.
 */
function create(path: string, mode: number): void {
  const directory = dirname(path);
  if (!existsSync(directory)) throw noDirectory(path);
  // Short, so that every name that leaves SQLite room for `-journal` works.
  const temporary = join(directory, `.syntha-${randomUUID()}`);
  try {
    createEmpty(temporary, mode);
    linkOrCreate(temporary, path, mode);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Leaves a file alone that another process creates meanwhile. */
function linkOrCreate(from: string, to: string, mode: number): void {
  try {
    linkSync(from, to);
  } catch (error) {
    if (driverCode(error) === "EEXIST") return;
    // The file system has no hard links.
    try {
      createEmpty(to, mode);
    } catch (reason) {
      if (driverCode(reason) !== "EEXIST") throw reason;
    }
  }
}

function createEmpty(path: string, mode: number): void {
  closeSync(openSync(path, "wx", mode));
  // The umask has cut it. By the path, since Node's permission model forbids a change by the descriptor.
  if ((statSync(path).mode & mode) !== mode) chmodSync(path, mode);
}

/** Where a symbolic link to a file that is missing leads; any other path as it is. */
function linkTarget(path: string): string {
  try {
    return linkTarget(resolve(realpathSync(dirname(path)), readlinkSync(path)));
  } catch {
    return path;
  }
}

function noDirectory(path: string): SynthaError {
  return new SynthaError("MISCONFIGURED", `The directory ${dirname(path)} does not exist.`, {
    hint: "Create the directory, or pass a path in one that exists.",
  });
}

function notAFile(path: string, stats: Stats): SynthaError {
  return new SynthaError("MISCONFIGURED", `${path} is ${kindOf(stats)}, not a file.`, {
    hint: 'Pass the path of a file, such as "mesh.db"; it is created when it is missing.',
  });
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return "a directory";
  if (stats.isFIFO()) return "a named pipe";
  if (stats.isSocket()) return "a socket";
  return "a device";
}
