import { SynthaError } from "@syntha/core";

/** Older ones can damage a database that several connections write, when they start its write-ahead log anew. */
const OLDEST = [3, 51, 3] as const;

/** @throws STORAGE_MISMATCH for a version of the SQLite library that is too old to trust. */
export function checkLibraryVersion(version: string): void {
  const found = version.split(".").map(Number);
  for (const [i, least] of OLDEST.entries()) {
    const part = found[i] ?? 0;
    if (part > least) return;
    if (part < least) throw tooOld(version);
  }
}

function tooOld(version: string): SynthaError {
  return new SynthaError(
    "STORAGE_MISMATCH",
    `SQLite ${version} can corrupt a database that several connections use; ${OLDEST.join(".")} or later is needed.`,
    { hint: "Install better-sqlite3 12.8.0 or later, which brings a newer SQLite." },
  );
}
