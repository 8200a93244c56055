import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A new file for a mesh that is not kept: its folder is removed when this process exits, for whatever reason. */
export function temporaryMeshFile(): string {
  const folder = mkdtempSync(join(tmpdir(), "support-desk-"));
  process.once("exit", () => {
    try {
      // A worker that is killed at this moment may still write there.
      rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 });
    } catch {
      // On Windows an open file can't be removed. There is no caller left to report it to.
    }
  });
  return join(folder, "desk.db");
}
