import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A path in a new folder, which is removed at the end of the test. */
export function tempFile(): string {
  const folder = mkdtempSync(join(tmpdir(), "syntha-studio-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "mesh.db");
}
