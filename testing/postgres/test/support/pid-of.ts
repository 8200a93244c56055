import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The main process of the server that uses a data directory. */
export function pidOf(directory: string): number {
  return Number(readFileSync(join(directory, "postmaster.pid"), "utf8").split("\n")[0]);
}
