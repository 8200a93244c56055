import { readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import type { Result } from "./run.ts";

/** A result in results.jsonl, with the machine that it was measured on. */
export interface RecordedResult extends Result {
  readonly machine: string;
  /** Day, as YYYY-MM-DD. */
  readonly day: string;
}

const PATH = new URL("../results.jsonl", import.meta.url);

const MACHINE = `${cpus().length} cores (${cpus()[0]?.model.trim() ?? "unknown"}), ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`;

/** Adds a result to results.jsonl, replacing that of the same program and storage; returns all results. */
export function recordResult(result: Result): readonly RecordedResult[] {
  const lines = readFileSync(PATH, "utf8").trim().split("\n");
  const others = lines
    .map((line) => JSON.parse(line) as RecordedResult)
    .filter(({ name, storage }) => name !== result.name || storage !== result.storage);
  const day = new Date().toISOString().slice(0, 10);
  const all = [...others, { ...result, machine: MACHINE, day }];
  writeFileSync(PATH, all.map((each) => `${JSON.stringify(each)}\n`).join(""));
  return all;
}
