import { parseArgs } from "node:util";
import { STORAGE_KINDS, type StorageKind } from "./database.ts";

export interface SoakOptions {
  /** The programs named on the command line; all of them when empty. */
  readonly names: readonly string[];
  readonly storage: StorageKind | undefined;
  readonly count: number | undefined;
  readonly seed: number;
  /** Stops a program after this time, with a partial result. */
  readonly minutes: number | undefined;
  /** Number of processes that each keep a core busy, as on a busy machine. */
  readonly burners: number;
  /** Whether the results update docs/reliability.md. */
  readonly record: boolean;
}

export const USAGE =
  "pnpm soak [program …]  --storage sqlite|node-sqlite|postgres|memory  --count N  --seed S  --minutes M (time limit)  --burners N (processes that keep a core busy)  --record";

/** @throws Error with a message for the user. */
export function readOptions(args: readonly string[], programs: readonly string[]): SoakOptions {
  const { values, positionals } = parseArgs({
    args: args.filter((arg) => arg !== "--"),
    allowPositionals: true,
    options: {
      storage: { type: "string" },
      count: { type: "string" },
      seed: { type: "string" },
      minutes: { type: "string" },
      burners: { type: "string" },
      record: { type: "boolean" },
    },
  });
  const storage = STORAGE_KINDS.find((kind) => kind === values.storage);
  if (values.storage !== undefined && storage === undefined)
    throw new Error(`--storage must be one of ${STORAGE_KINDS.join(", ")}.`);
  const unknown = positionals.find((name) => !programs.includes(name));
  if (unknown !== undefined)
    throw new Error(`Unknown program ${unknown}. Programs: ${programs.join(", ")}.`);
  return {
    names: positionals,
    storage,
    count: integerFrom(1, "--count", values.count),
    seed: integerFrom(0, "--seed", values.seed) ?? Date.now() % 2 ** 31,
    minutes: numberFrom("--minutes", values.minutes),
    burners: integerFrom(0, "--burners", values.burners) ?? 0,
    record: values.record ?? false,
  };
}

function numberFrom(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (text.trim() === "" || !(number > 0)) throw new Error(`${name} must be a positive number.`);
  return number;
}

function integerFrom(min: number, name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text.replaceAll("_", ""));
  if (text.trim() === "" || !Number.isSafeInteger(number) || number < min)
    throw new Error(`${name} must be an integer of at least ${min}.`);
  return number;
}
