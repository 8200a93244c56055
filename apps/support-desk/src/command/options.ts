import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { UsageError } from "../desk-error.ts";
import {
  isUsableUrl,
  type ModelChoice,
  URL_EXPECTED,
  ways,
  waysOf,
} from "../model/model-choice.ts";
import { parseStorage } from "../storage.ts";

/** Long enough to see the agents share the work on a few dozen tickets. */
const OWN_THINKING_MS = 50;
const OWN_TICKETS = fileURLToPath(new URL("../../data/tickets.jsonl", import.meta.url));

/** What a value must be, and how it is read: undefined for anything else. */
const must = <T>(expected: string, read: (text: string) => T | undefined) => ({ expected, read });
const oneOf = <const T extends string>(...all: readonly T[]) =>
  must(all.join(" or "), (text) => all.find((each) => each === text));
const fileEnding = (...all: readonly string[]) =>
  must(`a file that ends with ${all.join(" or ")}`, (text) =>
    all.includes(extname(text).toLowerCase()) ? text : undefined,
  );
const number = (least: number, most: number, isWhole = true) =>
  must(`a ${isWhole ? "whole " : ""}number from ${least} to ${most}`, (text) => {
    const value = text.trim() === "" ? Number.NaN : Number(text);
    return value >= least && value <= most && (!isWhole || Number.isInteger(value))
      ? value
      : undefined;
  });

const MODEL_OPTIONS = {
  through: oneOf(...ways),
  "base-url": must(URL_EXPECTED, (text) => (isUsableUrl(text) ? text : undefined)),
  context: oneOf("tools", "prompt"),
  parallel: number(1, 256),
  fallback: oneOf("rules"),
  transcript: fileEnding(".jsonl", ".md"),
};
const OPTIONS = {
  tickets: must("a file's name", (text) => text || undefined),
  storage: must("memory, sqlite:FILE or postgres://USER@HOST/DATABASE", parseStorage),
  durability: oneOf("power", "process"),
  workers: number(1, 32),
  specialists: number(1, 32),
  lease: number(0.1, 3_600, false),
  think: number(0, 60_000, false),
  model: must(
    "a provider and its model, such as openai:gpt-5-mini or anthropic:claude-sonnet-4-5 (any server with OpenAI's protocol is openai:NAME with --base-url)",
    (text) => {
      const [, provider, name] = /^(openai|anthropic):(.*\S.*)$/.exec(text) ?? [];
      return name === undefined
        ? undefined
        : { provider: provider as ModelChoice["provider"], name };
    },
  ),
  ...MODEL_OPTIONS,
};
const LISTS = {
  report: fileEnding(".html", ".json", ".txt"),
  explain: must('an agent and a key, such as "Manager,ticket:T00001"', (text) => {
    const [, agent = "", key] = /^\s*([^,]*\S)\s*,\s*(.*\S)\s*$/.exec(text) ?? [];
    return key === undefined ? undefined : { agent, key };
  }),
};

type Values<O extends Record<string, { read: (text: string) => unknown }>> = {
  [K in keyof O]?: NonNullable<ReturnType<O[K]["read"]>>;
};
type Lists = { [K in keyof typeof LISTS]: NonNullable<ReturnType<(typeof LISTS)[K]["read"]>>[] };
export type Options = ReturnType<typeof parseOptions>;

/** @throws UsageError */
export function parseOptions(args: readonly string[]) {
  const { given, values, lists } = read(args);
  const { storage, workers = 1, think, model, tickets = OWN_TICKETS } = values;
  const isMemory = storage?.kind === "memory";
  if (isMemory && values.durability !== undefined)
    throw new UsageError("--durability does not apply to memory: nothing survives the process");
  if (isMemory && workers > 1)
    throw new UsageError(
      "--workers needs a storage that processes can share: sqlite:FILE or postgres:URL",
    );
  if (model !== undefined && think !== undefined)
    throw new UsageError("--think is for rules: a model takes the time that it takes");
  const unused = [...Object.keys(MODEL_OPTIONS), "stream"].find((name) => name in given);
  if (model === undefined && unused !== undefined)
    throw new UsageError(`--${unused} is for models: name one with --model`);
  const { through = "sdk", context = "tools", parallel = 8, fallback, transcript } = values;
  if (model !== undefined && !waysOf(model.provider).includes(through))
    throw new UsageError(
      `--through must be ${waysOf(model.provider).join(" or ")} for ${model.provider}`,
    );
  const isOwn = tickets === OWN_TICKETS && model === undefined;
  const way = { through, baseUrl: values["base-url"], context, stream: "stream" in given };
  return {
    tickets,
    storage,
    durability: values.durability ?? "power",
    workers,
    specialists: values.specialists ?? 4,
    leaseSeconds: values.lease ?? 10,
    thinkingMs: think ?? (isOwn ? OWN_THINKING_MS : 0),
    model: model && { ...model, ...way, parallel, fallback, transcript },
    questions: lists.explain,
    reports: lists.report,
    full: "full" in given,
    help: "help" in given,
  };
}

function read(args: readonly string[]) {
  const text = (name: string) => [name, { type: "string", multiple: name in LISTS }] as const;
  const flag = (name: string) => [name, { type: "boolean" }] as const;
  const options = [
    ...Object.keys({ ...OPTIONS, ...LISTS }).map(text),
    ...["stream", "full", "help"].map(flag),
  ];
  // Script runners pass on the "--" between their options and ours.
  const own = args.filter((arg) => arg !== "--").map((arg) => (arg === "-h" ? "--help" : arg));
  let given: Record<string, unknown>;
  try {
    given = parseArgs({ args: own, options: Object.fromEntries(options) }).values;
  } catch (cause) {
    // The rest of the parser's message is advice about "--" that does not apply here.
    throw new UsageError((cause as Error).message.split(/\. |\n/)[0]);
  }
  const valuesOf = (all: typeof OPTIONS | typeof LISTS) =>
    Object.entries(all).map(([name, { expected, read: reader }]) => {
      const texts = [given[name] ?? []].flat() as string[];
      const values = texts.map((text) => {
        const value: unknown = reader(text);
        // A URL may hold a password.
        const quoted = name === "base-url" ? "" : `, not "${text}"`;
        if (value === undefined) throw new UsageError(`--${name} must be ${expected}${quoted}`);
        return value;
      });
      return [name, values] as const;
    });
  const values = valuesOf(OPTIONS).map(([name, [value]]) => [name, value]);
  return {
    given,
    values: Object.fromEntries(values) as Values<typeof OPTIONS>,
    lists: Object.fromEntries(valuesOf(LISTS)) as Lists,
  };
}
