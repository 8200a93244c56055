import { parseArgs } from "node:util";
import { STORAGE_KINDS, type StorageKind } from "./site.ts";

export interface SoakOptions {
  /** What the words before the options name. */
  readonly names: readonly string[];
  readonly storage: StorageKind | undefined;
  readonly count: number | undefined;
  readonly seed: number;
  /** After so many minutes a program stops and says how far it came. */
  readonly minutes: number | undefined;
  /** Processes that keep a core busy each, beside the program: what holds on a quiet machine must hold on a busy one. */
  readonly burners: number;
  /** Whether the results go into the table of the docs. */
  readonly record: boolean;
}

export const USAGE =
  "--storage sqlite|postgres|memory  --count N  --seed S  --minutes M (stop after so long)  --burners N (busy processes beside it)";

/** @throws an error that says what is wrong. */
export function readOptions(args: readonly string[]): SoakOptions {
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
    throw new Error(`--storage is one of ${STORAGE_KINDS.join(", ")}.`);
  return {
    names: positionals,
    storage,
    count: wholeFrom(1, "--count", values.count),
    seed: wholeFrom(0, "--seed", values.seed) ?? Date.now() % 2 ** 31,
    minutes: numberFrom("--minutes", values.minutes),
    burners: wholeFrom(0, "--burners", values.burners) ?? 0,
    record: values.record ?? false,
  };
}

function numberFrom(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (text.trim() === "" || !(number > 0)) throw new Error(`${name} is a number above 0.`);
  return number;
}

function wholeFrom(least: number, name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text.replaceAll("_", ""));
  if (text.trim() === "" || !Number.isSafeInteger(number) || number < least)
    throw new Error(`${name} is a whole number from ${least} on.`);
  return number;
}
