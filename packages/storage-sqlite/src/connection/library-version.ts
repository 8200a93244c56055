import { SynthaError } from "@syntha/core";

/** Earlier versions can damage a database with several writers when they restart its write-ahead log. */
const MINIMUM = [3, 51, 3] as const;

/** @throws STORAGE_MISMATCH when this version of the SQLite library can damage a database */
export function checkLibraryVersion(version: string): void {
  const found = version.split(".").map(Number);
  for (const [i, minimum] of MINIMUM.entries()) {
    const part = found[i] ?? 0;
    if (part > minimum) return;
    if (part < minimum) throw tooOld(version);
  }
}

function tooOld(version: string): SynthaError {
  return new SynthaError(
    "STORAGE_MISMATCH",
    `SQLite ${version} can corrupt a database that several connections use; ${MINIMUM.join(".")} or later is required.`,
    {
      hint: "Install better-sqlite3 12.8.0 or later, or, for node:sqlite, Node 22.22.3, 24.15 or later: they include a newer SQLite.",
    },
  );
}
