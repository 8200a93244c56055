import { chown, lstat, readdir, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** Whom the server runs as. PostgreSQL refuses to run as root. */
export interface Account {
  uid: number;
  gid: number;
}

const NOBODY: Account = { uid: 65_534, gid: 65_534 };

/** Nobody's account for root; undefined for all others, who run the server as themselves. */
export const account: Account | undefined = process.getuid?.() === 0 ? NOBODY : undefined;

/** Hands a file, or a folder with all that is in it, to the account. */
export async function handOver(path: string): Promise<void> {
  if (!account) return;
  const paths = [path];
  if ((await lstat(path)).isDirectory())
    paths.push(...(await readdir(path, { recursive: true })).map((name) => join(path, name)));
  // A link is left as it is: what it leads to may be somebody else's.
  for (const each of paths)
    if (!(await lstat(each)).isSymbolicLink()) await chown(each, account.uid, account.gid);
}

/** Whether the account may read and run what is there. */
export async function isReachable(path: string): Promise<boolean> {
  if (!account) return true;
  if (((await stat(path)).mode & 0o005) !== 0o005) return false;
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (((await stat(folder)).mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

/** The system's folder for temporary files, or another where the account can't enter that. */
export async function temporaryFolder(): Promise<string> {
  return (await isReachable(tmpdir())) ? tmpdir() : "/tmp";
}
