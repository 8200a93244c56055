import type { StorageKind } from "./database.ts";
import type { Run } from "./run.ts";

/** Numbers and measurements by label. */
export type Figures = Readonly<Record<string, number | string>>;

/** The measurements of a run, and how much of its count it completed. */
export interface Findings {
  readonly done: number;
  readonly figures: Figures;
}

/** A program that tries to break one guarantee. */
export interface Program {
  readonly name: string;
  /** The guarantee, for docs/reliability.md. */
  readonly guarantee: string;
  readonly storages: readonly StorageKind[];
  /** The unit of `count`. */
  readonly unit: string;
  /** The size of a full run. */
  readonly count: number;
  run(run: Run): Promise<Findings>;
}
