import { join } from "node:path";
import { tempFolder } from "./temp-folder.ts";

/** A path in a new directory, which is removed at the end of the test. */
export function tempFile(): string {
  return join(tempFolder(), "mesh.db");
}
