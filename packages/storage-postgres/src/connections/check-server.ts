import { SynthaError } from "@syntha/core";
import type { Link } from "./link.ts";
import { call, plain } from "./statement.ts";

const OLDEST = 13;

const ABOUT = plain(
  "SELECT current_setting('server_version_num')::int, current_setting('server_encoding')",
);

/**
 * Refuses a server that the tables can't live on.
 * @throws STORAGE_MISMATCH
 */
export async function checkServer(link: Link): Promise<void> {
  const { rows } = await link.one(call(ABOUT));
  const [version, encoding] = rows[0] as [number, string];
  checkVersion(version);
  checkEncoding(encoding);
}

/** @param version as the server numbers it: 180001 is 18.1 */
export function checkVersion(version: number): void {
  const major = Math.floor(version / 10_000);
  if (major >= OLDEST) return;
  throw new SynthaError("STORAGE_MISMATCH", `The server is PostgreSQL ${major}.`, {
    hint: `Use PostgreSQL ${OLDEST} or later.`,
  });
}

function checkEncoding(encoding: string): void {
  if (encoding === "UTF8") return;
  throw new SynthaError("STORAGE_MISMATCH", `The database's encoding is ${encoding}, not UTF8.`, {
    hint: "Other encodings lack most characters, and keep others in another order: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0.",
  });
}
