import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import type { Result } from "./run.ts";

/** A result as it is kept for the table, with where it was measured. */
export interface Recorded extends Result {
  readonly machine: string;
  /** Day, as YYYY-MM-DD. */
  readonly day: string;
}

const PATH = new URL("../results.json", import.meta.url);

/** The last result of each program on each storage. */
function readLedger(): readonly Recorded[] {
  return existsSync(PATH) ? (JSON.parse(readFileSync(PATH, "utf8")) as Recorded[]) : [];
}

/** Puts a result in the place of an older one of the same program and storage. */
export function record(result: Result): readonly Recorded[] {
  const recorded: Recorded = { ...result, machine, day: new Date().toISOString().slice(0, 10) };
  const others = readLedger().filter(
    ({ name, storage }) => name !== result.name || storage !== result.storage,
  );
  const all = [...others, recorded];
  writeFileSync(PATH, `${JSON.stringify(all, null, 2)}\n`);
  return all;
}

const machine = `${cpus().length} cores (${cpus()[0]?.model.trim() ?? "unknown"}), ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`;
