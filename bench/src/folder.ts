import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder for database files that is deleted when the program exits. */
export function folder(): (name: string) => string {
  const path = mkdtempSync(join(tmpdir(), "syntha-bench-"));
  process.once("exit", () => rmSync(path, { recursive: true, force: true }));
  return (name) => join(path, name);
}
