// Writes the version of @syntha/mcp where it stands beside its package.json: what the server says about itself, and the entry
// of the MCP registry. `pnpm run version` runs it after changesets.
import { readFileSync, writeFileSync } from "node:fs";

const folder = new URL("../packages/mcp/", import.meta.url);
/** @param {string} file */
const read = (file) => readFileSync(new URL(file, folder), "utf8");
/**
 * @param {string} file
 * @param {string} text
 */
const write = (file, text) => writeFileSync(new URL(file, folder), text);

const { version } = JSON.parse(read("package.json"));
for (const file of ["src/agent/version.ts", "server.json"])
  write(file, read(file).replaceAll(/(VERSION = |"version": )"[^"]*"/g, `$1"${version}"`));
