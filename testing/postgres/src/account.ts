import { chown, lstat, readdir, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** The user that the server runs as. PostgreSQL refuses to run as root. */
export interface Account {
  uid: number;
  gid: number;
}

const NOBODY: Account = { uid: 65_534, gid: 65_534 };

/** The account `nobody` if this process runs as root; otherwise undefined. */
export const account: Account | undefined = process.getuid?.() === 0 ? NOBODY : undefined;

/** Makes the account the owner of a file, or of a directory and its contents. */
export async function changeOwner(path: string): Promise<void> {
  if (!account) return;
  const paths = [path];
  if ((await lstat(path)).isDirectory())
    paths.push(...(await readdir(path, { recursive: true })).map((name) => join(path, name)));
  // Symbolic links are skipped: their target may belong to another user.
  for (const each of paths)
    if (!(await lstat(each)).isSymbolicLink()) await chown(each, account.uid, account.gid);
}

/** Whether the account may read and execute the file. */
export async function isReachable(path: string): Promise<boolean> {
  if (!account) return true;
  if (((await stat(path)).mode & 0o005) !== 0o005) return false;
  for (let directory = dirname(path); ; directory = dirname(directory)) {
    if (((await stat(directory)).mode & 0o001) === 0) return false;
    if (directory === dirname(directory)) return true;
  }
}

/** The system's directory for temporary files, or /tmp if the account can't access that. */
export async function temporaryDirectory(): Promise<string> {
  return (await isReachable(tmpdir())) ? tmpdir() : "/tmp";
}
