import { SynthaError } from "@syntha/core";
import type { Server } from "./server.ts";

/** The first release that begins the transactions of workers with the isolation level of the coordinator's. */
const MIN_VERSION = [11, 2] as const;

/**
 * Refuses to distribute tables, or to use distributed ones, where Citus is missing or too old.
 * @throws MISCONFIGURED, STORAGE_MISMATCH
 */
export function checkCitus({
  citus,
  version = "The server",
}: Pick<Server, "citus" | "version">): void {
  if (citus === undefined)
    throw new SynthaError(
      "MISCONFIGURED",
      `\`distribute\` requires the extension citus, which this database does not have (${version}).`,
      {
        hint: "Add citus to shared_preload_libraries, run CREATE EXTENSION citus in the database, and add the workers with citus_add_node(); or omit `distribute`.",
      },
    );
  const [major = 0, minor = 0] = citus.split(/[.-]/).map(Number);
  if (major > MIN_VERSION[0] || (major === MIN_VERSION[0] && minor >= MIN_VERSION[1])) return;
  throw new SynthaError("STORAGE_MISMATCH", `Citus ${citus} is not supported.`, {
    hint: `Use Citus ${MIN_VERSION.join(".")} or later, then run ALTER EXTENSION citus UPDATE.`,
  });
}
