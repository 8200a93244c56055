import type { Run } from "./run.ts";
import type { StorageKind } from "./site.ts";

/** Numbers and measures by what they are called. */
export type Figures = Readonly<Record<string, number | string>>;

/** What was found, and how much of what was asked for was done. */
export interface Findings {
  readonly done: number;
  readonly figures: Figures;
}

/** One promise, as a program that tries to break it. */
export interface Program {
  readonly name: string;
  /** For the table: what users may count on. */
  readonly promise: string;
  readonly storages: readonly StorageKind[];
  /** What is counted. */
  readonly unit: string;
  /** How much of it a full run does. */
  readonly count: number;
  run(run: Run): Promise<Findings>;
}
