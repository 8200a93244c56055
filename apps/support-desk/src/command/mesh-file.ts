import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A new place for a mesh, where nothing of an earlier run can be. */
export async function newMeshFile(): Promise<string> {
  return join(await mkdtemp(join(tmpdir(), "support-desk-")), "desk.db");
}
