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
import type { FileDatabase } from "../drivers/driver.ts";
import { driverCode } from "../failure.ts";
import { pragma } from "./pragma.ts";

/**
 * Creates a missing file. An existing one is not opened: {@link checkFileWithWal} has the reason.
 * @throws MISCONFIGURED when the path names something other than a file
 */
export function ensureFile(path: string, mode: number): void {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) create(linkTarget(path), mode);
  else if (!stats.isFile()) throw notAFile(path, stats);
}

/** @throws MISCONFIGURED when there is no file, or the path names something else */
export function requireFile(path: string): void {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) throw noFile(path);
  if (!stats.isFile()) throw notAFile(path, stats);
}

/** The reason why SQLite could not open an existing file; the error itself if there is no better one. */
export function explainCannotOpen(error: unknown, path: string): unknown {
  if (!driverCode(error)?.startsWith("SQLITE_CANTOPEN")) return error;
  try {
    accessSync(path, constants.R_OK);
    // Reads need it too: the write-ahead log and its index are created next to the file.
    accessSync(dirname(realpathSync(path)), constants.W_OK | constants.X_OK);
    return error;
  } catch (reason) {
    return reason;
  }
}

/**
 * SQLite would create a file that everyone may read; others could open it before its mode is changed. The file is created
 * under a temporary name, so that no other thread of this process has it open when the descriptor is closed.
 */
function create(path: string, mode: number): void {
  const directory = dirname(path);
  if (!existsSync(directory)) throw noDirectory(path);
  // Shorter than any file name with `-journal`, which SQLite needs room for.
  const temporary = join(directory, `.syntha-${crypto.randomUUID()}`);
  try {
    createEmpty(temporary, mode);
    linkOrCreate(temporary, path, mode);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Keeps a file that another process has created in the meantime. */
function linkOrCreate(from: string, to: string, mode: number): void {
  try {
    linkSync(from, to);
  } catch (error) {
    if (driverCode(error) === "EEXIST") return;
    // The file system does not support hard links.
    try {
      createEmpty(to, mode);
    } catch (reason) {
      if (driverCode(reason) !== "EEXIST") throw reason;
    }
  }
}

function createEmpty(path: string, mode: number): void {
  closeSync(openSync(path, "wx", mode));
  // The umask removed some permissions. Node's permission model forbids a change by the descriptor.
  if ((statSync(path).mode & mode) !== mode) chmodSync(path, mode);
}

/** The target of a symbolic link to a missing file; any other path as it is. */
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

function noFile(path: string): SynthaError {
  return new SynthaError("MISCONFIGURED", `The file ${path} does not exist.`, {
    hint: "Correct `path`, or open the storage once with `migrate: true`, which creates the file.",
  });
}

function notAFile(path: string, stats: Stats): SynthaError {
  return new SynthaError("MISCONFIGURED", `${path} is ${kindOf(stats)}, not a file.`, {
    hint: 'Pass the path of a file, such as "mesh.db"; a missing file is created.',
  });
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return "a directory";
  if (stats.isFIFO()) return "a named pipe";
  if (stats.isSocket()) return "a socket";
  return "a device";
}

/** The file's name as SQLite uses it; empty for a database without a file. */
export function fileNameOf(database: FileDatabase): string {
  const [, , file] = pragma(database, "database_list") ?? [];
  return String(file ?? "");
}
