import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A path in a new directory, which is removed at the end of the test. */
export function tempFile(): string {
  const directory = mkdtempSync(join(tmpdir(), "syntha-mcp-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return join(directory, "mesh.db");
}
