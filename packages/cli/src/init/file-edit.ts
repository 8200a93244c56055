import { lstat, mkdir, readFile, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
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
    let [before, current] = [known?.before, known?.after];
    try {
      if (known === undefined) current = before = await readIfThere(join(folder, path));
      const after = applyTo(current, apply);
      if (after !== current) await checkWritable(join(folder, path));
      files.set(path, { ...known, path, before, after });
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

const BOM = "\uFEFF";

/** The text keeps its byte order mark and its line breaks. */
function applyTo(before: string | undefined, apply: FileEdit["apply"]): string {
  if (before === undefined) return apply(undefined);
  const start = before.startsWith(BOM) ? BOM : "";
  const hasReturns = /\r\n/.test(before) && !/(?<!\r)\n/.test(before);
  const text = before.slice(start.length);
  const given = hasReturns ? text.replaceAll("\r\n", "\n") : text;
  const after = apply(given);
  if (after === given) return before;
  return start + (hasReturns ? after.replaceAll("\n", "\r\n") : after);
}

/** Undefined if there is no such file. @throws CannotEdit if it is not a file of text */
async function readIfThere(path: string): Promise<string | undefined> {
  try {
    // Whatever is replaced in decoding would be lost in writing.
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(await readFile(path));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    throw new CannotEdit(REASONS.get(code ?? "") ?? `It can't be read: ${code}.`);
  }
}

const REASONS: ReadonlyMap<string, string> = new Map([
  ["EISDIR", "It is a folder."],
  ["ENOTDIR", "What should be its folder is a file."],
  ["EACCES", "You may not read it."],
  ["ERR_ENCODING_INVALID_ENCODED_DATA", "It is not text in UTF-8."],
]);

/** @throws CannotEdit if its owner has made it read-only, or it is a link to nothing */
async function checkWritable(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found !== undefined && (found.mode & 0o222) === 0) throw new CannotEdit("It is read-only.");
  if (found === undefined && (await lstat(path).catch(() => undefined)) !== undefined)
    throw new CannotEdit("It is a link to a file that does not exist.");
}
