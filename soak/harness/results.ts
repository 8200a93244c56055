import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import type { Result } from "./run.ts";

/** A result in results.json, with the machine that it was measured on. */
export interface RecordedResult extends Result {
  readonly machine: string;
  /** Day, as YYYY-MM-DD. */
  readonly day: string;
}

const PATH = new URL("../results.json", import.meta.url);

/** The last result of each program on each storage. */
function readResults(): readonly RecordedResult[] {
  return existsSync(PATH) ? (JSON.parse(readFileSync(PATH, "utf8")) as RecordedResult[]) : [];
}

/** Writes a result to results.json, replacing that of the same program and storage. */
export function recordResult(result: Result): readonly RecordedResult[] {
  const recorded: RecordedResult = {
    ...result,
    machine,
    day: new Date().toISOString().slice(0, 10),
  };
  const others = readResults().filter(
    ({ name, storage }) => name !== result.name || storage !== result.storage,
  );
  const all = [...others, recorded];
  writeFileSync(PATH, `${JSON.stringify(all, null, 2)}\n`);
  return all;
}

const machine = `${cpus().length} cores (${cpus()[0]?.model.trim() ?? "unknown"}), ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`;
