import { mkdir, readFile, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** An edit of a file of the folder. */
export interface FileEdit {
  /** From the folder, with `/`. */
  readonly path: string;
  /** The new text; the same text for no change. @throws CannotEdit */
  readonly apply: (before: string | undefined) => string;
}

/** Why a file stays as it is, with what to do by hand. */
export class CannotEdit extends Error {
  override readonly name = "CannotEdit";
}

/** What becomes of a file. */
export interface PlannedFile {
  readonly path: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
  /** Why it stays as it is, although something is missing in it. */
  readonly note?: string | undefined;
}

/** Applies edits to the files' texts, one after the other, and writes nothing. */
export async function planFiles(
  folder: string,
  edits: readonly FileEdit[],
): Promise<readonly PlannedFile[]> {
  const files = new Map<string, PlannedFile>();
  for (const { path, apply } of edits) {
    const known = files.get(path);
    const before = known === undefined ? await readIfThere(join(folder, path)) : known.before;
    const current = known?.after ?? before;
    try {
      files.set(path, { ...known, path, before, after: apply(current) });
    } catch (error) {
      if (!(error instanceof CannotEdit)) throw error;
      files.set(path, { path, before, after: current, note: error.message });
    }
  }
  return [...files.values()];
}

export function isChange({ before, after }: PlannedFile): boolean {
  return after !== undefined && after !== before;
}

/** Replaces the file as a whole, with the permissions that it had. */
export async function writeFileWhole(
  folder: string,
  { path, after = "" }: PlannedFile,
): Promise<void> {
  // A link stays one.
  const target = await realpath(join(folder, path)).catch(() => join(folder, path));
  const next = `${target}.${process.pid}.tmp`;
  await mkdir(dirname(target), { recursive: true });
  const mode = await stat(target).then(
    (found) => found.mode & 0o777,
    () => 0o644,
  );
  try {
    await writeFile(next, after, { mode });
    await rename(next, target);
  } catch (error) {
    await rm(next, { force: true });
    throw error;
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw error;
  }
}
