import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { problemOfUrl } from "../model/base-url.ts";
import { parseCarrier, parseContext, parseModel, type ModelChoice } from "../model/model-choice.ts";
import { transcriptFormats } from "../model/transcript.ts";
import type { Question } from "../report/explanations.ts";
import { reportFormats } from "../report/write-report.ts";
import { parseStorage, type StorageChoice } from "../storage/storage-choice.ts";
import type { Durability } from "../storage/storage-of.ts";
import { UsageError } from "./usage-error.ts";

export type Options = {
  tickets: string;
  /** Undefined: SQLite in a new file. */
  storage: StorageChoice | undefined;
  durability: Durability;
  workers: number;
  specialists: number;
  leaseSeconds: number;
  thinkingMs: number;
  /** Undefined: rules decide. */
  model: ModelChoice | undefined;
  questions: Question[];
  /** Print every table, not only the summary. */
  full: boolean;
  /** Files to write the report to. */
  reports: string[];
  help: boolean;
};

/** Long enough to see the agents share the work on a few dozen tickets. */
const OWN_THINKING_MS = 50;

const ownTickets = fileURLToPath(new URL("../../data/tickets.jsonl", import.meta.url));

/** @throws UsageError */
export function parseOptions(args: readonly string[]): Options {
  const values = parse(args);
  const storage = values.storage === undefined ? undefined : parseStorage(values.storage);
  return {
    tickets: values.tickets === undefined ? ownTickets : filled("--tickets", values.tickets),
    storage,
    durability: toDurability(values.durability, storage),
    workers: toWorkers(values.workers ?? "1", storage),
    specialists: toNumber("--specialists", values.specialists ?? "4", {
      least: 1,
      most: 32,
      isWhole: true,
    }),
    leaseSeconds: toNumber("--lease", values.lease ?? "10", { least: 0.1, most: 3_600 }),
    thinkingMs: toThinking(values),
    model: toModel(values),
    questions: (values.explain ?? []).map(toQuestion),
    full: values.full ?? false,
    reports: (values.report ?? []).map(toReportFile),
    help: values.help ?? false,
  };
}

type Values = ReturnType<typeof parse>;

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      // Script runners hand on the "--" that stands between their options and ours.
      args: args.filter((arg) => arg !== "--"),
      options: {
        tickets: { type: "string" },
        storage: { type: "string" },
        durability: { type: "string" },
        workers: { type: "string" },
        specialists: { type: "string" },
        lease: { type: "string" },
        think: { type: "string" },
        model: { type: "string" },
        through: { type: "string" },
        "base-url": { type: "string" },
        context: { type: "string" },
        stream: { type: "boolean" },
        parallel: { type: "string" },
        fallback: { type: "string" },
        transcript: { type: "string" },
        explain: { type: "string", multiple: true },
        full: { type: "boolean" },
        report: { type: "string", multiple: true },
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    // The rest of the parser's message is advice about "--" that does not hold here.
    throw new UsageError(message.split(/\. |\n/)[0] ?? message);
  }
}

function toDurability(given: string | undefined, storage: StorageChoice | undefined): Durability {
  if (given !== undefined && storage?.kind === "memory")
    throw new UsageError("--durability is not for memory, where nothing survives the process");
  if (given === undefined || given === "power" || given === "process") return given ?? "power";
  throw new UsageError(`--durability is power or process, not "${given}"`);
}

function toWorkers(given: string, storage: StorageChoice | undefined): number {
  const workers = toNumber("--workers", given, { least: 1, most: 32, isWhole: true });
  if (workers === 1 || storage?.kind !== "memory") return workers;
  throw new UsageError(
    `--workers ${workers} needs a storage that processes can share: memory is one process' own. Name sqlite:FILE or postgres:URL`,
  );
}

type Bounds = { least: number; most: number; isWhole?: boolean };

function toNumber(flag: string, given: string, { least, most, isWhole = false }: Bounds): number {
  const number = given.trim() === "" ? Number.NaN : Number(given);
  const isInside = number >= least && number <= most;
  if (isInside && (!isWhole || Number.isInteger(number))) return number;
  const kind = isWhole ? "a whole number" : "a number";
  throw new UsageError(`${flag} is ${kind} from ${least} to ${most}, not "${given}"`);
}

function toThinking({ think, tickets, model }: Values): number {
  if (think !== undefined && model !== undefined)
    throw new UsageError("--think is for rules: a model takes the time that it takes");
  const given = think ?? String(tickets === undefined && model === undefined ? OWN_THINKING_MS : 0);
  return toNumber("--think", given, { least: 0, most: 60_000 });
}

/** Flags that say nothing without a model. */
const ofModels = [
  "through",
  "base-url",
  "context",
  "stream",
  "parallel",
  "fallback",
  "transcript",
] as const satisfies readonly (keyof Values)[];

function toModel(values: Values): ModelChoice | undefined {
  const { model, through = "sdk", stream = false, parallel = "8" } = values;
  if (model === undefined) {
    const flag = ofModels.find((each) => values[each] !== undefined);
    if (flag === undefined) return undefined;
    throw new UsageError(`--${flag} is for models: name one with --model`);
  }
  const { provider, name } = parseModel(model);
  return {
    provider,
    name,
    through: parseCarrier(through, provider),
    baseUrl: values["base-url"] === undefined ? undefined : toUrl(values["base-url"]),
    context: parseContext(values.context ?? "tools"),
    stream,
    parallel: toNumber("--parallel", parallel, { least: 1, most: 256, isWhole: true }),
    fallback: toFallback(values.fallback),
    transcript: values.transcript === undefined ? undefined : toTranscript(values.transcript),
  };
}

function toUrl(given: string): string {
  const problem = problemOfUrl(given);
  if (problem === undefined) return given;
  throw new UsageError(`--base-url ${problem}`);
}

function toFallback(given: string | undefined): "rules" | undefined {
  if (given === undefined || given === "rules") return given;
  throw new UsageError(`--fallback is rules, or left out, not "${given}"`);
}

function toTranscript(given: string): string {
  if (transcriptFormats.includes(extname(given).toLowerCase())) return given;
  throw new UsageError(
    `--transcript names a file that ends with ${transcriptFormats.join(" or ")}, not "${given}"`,
  );
}

function toQuestion(given: string): Question {
  const comma = given.indexOf(",");
  const [agent, key] = [given.slice(0, comma).trim(), given.slice(comma + 1).trim()];
  if (comma > 0 && agent !== "" && key !== "") return { agent, key };
  throw new UsageError(
    `--explain takes an agent and a key with a comma between, such as "Manager,ticket:T00001", not "${given}"`,
  );
}

function toReportFile(given: string): string {
  if (reportFormats.includes(extname(given).toLowerCase())) return given;
  throw new UsageError(
    `--report names a file that ends with ${reportFormats.join(", ")}, not "${given}"`,
  );
}

function filled(flag: string, given: string): string {
  if (given !== "") return given;
  throw new UsageError(`${flag} needs a file's name`);
}
