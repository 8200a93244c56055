import { isDeepStrictEqual } from "node:util";
import type { ContextMesh } from "@syntha/core";
import { character } from "@syntha/testing-random/character";
import fc from "fast-check";
import { TOOL_NAMES, ToolHandler, type ToolName, TOOLSETS } from "../src/index.ts";
import { toolOf } from "../src/tools/index.ts";
import { defectOf } from "./answer-check.ts";
import { bytesOf } from "./support.ts";

const MAX_RESULT_BYTES = 4_096;

// Few names, so that calls find items of earlier calls.
const name = fc.constantFrom(
  ..."a b Fuzz Other __proto__ constructor ключ".split(" "),
  "k".repeat(256),
);
const TASK_TOOLS = ["push_context", "claim_task", "complete_task", "extend_task"] as const;
const STRANGE: unknown[][] = [
  ["", "\u0000", "\ud800", "x".repeat(257), "[[", '{"a":1}', "[12345678901234567890]"],
  ['{"__proto__":{"a":1}}', Number.NaN, Infinity, -1, 0, 1, 0.5, 1e9, 2 ** 53, null],
  [undefined, true, false, [], {}, [null], [[["a"]]], 10n, Symbol("s"), () => 1],
  [new Date(0), new Map(), /x/, new Error("e"), "y".repeat(20_000), "y".repeat(300_000)],
];
const strange = fc.constantFrom(...STRANGE.flat());
const anything = fc.oneof(
  { weight: 3, arbitrary: strange },
  fc.anything({
    withNullPrototype: true,
    withBigInt: true,
    withDate: true,
    withSparseArray: true,
    maxDepth: 3,
  }),
);
const names = fc.oneof(
  { weight: 9, arbitrary: fc.array(name, { minLength: 1, maxLength: 4 }) },
  fc.constant([]),
);

/** Deletes less often than it creates, so that there are items to work on. */
const tools = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(...TOOL_NAMES.filter((tool) => !/delete/.test(tool))) },
  { weight: 2, arbitrary: fc.constantFrom<ToolName>(...TASK_TOOLS) },
  { weight: 1, arbitrary: fc.constantFrom(...TOOL_NAMES) },
);

/** Claims and page tokens from earlier answers, for later calls. */
interface EarlierAnswers {
  readonly claims: { key: string; token: string }[];
  readonly pages: string[];
}

function likely(argument: string, past: EarlierAnswers): fc.Arbitrary<unknown> {
  const given = (list: string[]) => fc.constantFrom("made up", ...list.slice(-5));
  switch (argument) {
    case "token":
      return given(past.claims.map(({ token }) => token));
    case "page":
    case "since":
      return fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, given(past.pages));
    case "value":
    case "data":
    case "result":
    case "message":
    case "merge":
    case "append":
      return fc.oneof(fc.jsonValue(), fc.json(), fc.string({ unit: character }), strange);
    case "timeout_seconds":
      return fc.constantFrom(0.001, 0.01);
    case "depends_on":
      return fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, names);
    case "priority":
    case "increment":
      return fc.integer({ min: -11, max: 11 });
    case "if_revision":
      return fc.oneof({ weight: 5, arbitrary: fc.constant(null) }, fc.nat(5));
    case "limit":
      return fc.nat(20);
    default:
      if (/^(topics|subscribers|keys|types|add|remove)$/.test(argument)) return names;
      if (/^(global|by_topic|inbox|include_subscriber_names)$/.test(argument)) return fc.boolean();
      if (/_(hours|minutes)$/.test(argument))
        return fc.double({ min: 0, minExcluded: true, max: 100, noNaN: true });
      return name;
  }
}

/** Mostly valid arguments for a tool: some absent, some null, some wrong, some unknown. */
function argumentsOf(tool: ToolName, past: EarlierAnswers): fc.Arbitrary<unknown> {
  const shape = Object.keys(toolOf(tool).input.shape);
  const fields = shape.map((argument): [string, fc.Arbitrary<unknown>] => [
    argument,
    fc.oneof(
      { weight: 60, arbitrary: likely(argument, past) },
      ...(["key", "token", "value", "type", "data", "topic", "agent", "message"].includes(argument)
        ? []
        : [{ weight: 15, arbitrary: fc.constant(null) }]),
      { weight: 1, arbitrary: anything },
    ),
  ]);
  const drawn = fc.record(Object.fromEntries(fields), { requiredKeys: shape.slice(0, 2) });
  const nearly = fc.tuple(drawn, fc.nat(9)).map(([args, die]) => repair(args, die, past));
  const extended = fc
    .tuple(nearly, fc.constantFrom("tenant", "author", "__proto__", "agent_name"), anything)
    .map(([args, extra, value]) => Object.fromEntries([...Object.entries(args), [extra, value]]));
  return fc.oneof(
    { weight: 12, arbitrary: nearly },
    { weight: 3, arbitrary: nearly.map(toText) },
    { weight: 1, arbitrary: extended },
    { weight: 1, arbitrary: anything },
    { weight: 1, arbitrary: fc.string() },
  );
}

/** Makes most calls valid across arguments: one kind of audience, a token with its key. */
function repair(
  args: Record<string, unknown>,
  die: number,
  past: EarlierAnswers,
): Record<string, unknown> {
  const claim = past.claims.at(-1 - (die % 2));
  if ("token" in args && claim !== undefined && die < 7) Object.assign(args, claim);
  if ("key" in args && "inbox" in args && die < 9) {
    if (die < 4) args["key"] = null;
    else Object.assign(args, { topics: null, inbox: null });
  }
  if ("increment" in args && die < 9)
    for (const [i, edit] of ["merge", "append", "increment"].entries())
      if (i !== die % 3) args[edit] = null;
  const audiences = ["topics", "subscribers", "global"].filter((kind) => kind in args);
  if (audiences.length > 1)
    for (const [i, kind] of audiences.entries()) if (i !== die % 4 && die < 9) args[kind] = null;
  return args;
}

function toText(value: unknown): unknown {
  try {
    return JSON.stringify(value);
  } catch {
    return value;
  }
}

const callOf = (past: EarlierAnswers) =>
  fc.oneof(
    {
      weight: 20,
      arbitrary: tools.chain((tool) =>
        fc.tuple(fc.constant<unknown>(tool), argumentsOf(tool, past)),
      ),
    },
    { weight: 1, arbitrary: fc.tuple(anything, anything) },
  );

/** Single items are answered in full, whatever their size. */
function isUncapped(tool: unknown, args: unknown): boolean {
  const given: unknown = typeof args === "string" ? JSON.parse(args) : args;
  const { keys, limit } = given as Record<string, unknown>;
  return tool === "claim_task" || limit === 1 || (Array.isArray(keys) && new Set(keys).size === 1);
}

function remember(past: EarlierAnswers, answer: object): void {
  const { task, next_page, cursor } = answer as Record<string, unknown>;
  if (typeof task === "object" && task !== null) {
    const { key, token } = task as { key: string; token: string };
    past.claims.push({ key, token });
  }
  for (const page of [next_page, cursor]) if (typeof page === "string") past.pages.push(page);
}

export interface FuzzOptions {
  /** With an empty tenant. */
  readonly mesh: ContextMesh;
  readonly seed: number;
  readonly runs: number;
  /** Ends the run early. */
  readonly isDone?: () => boolean;
}

/** The result of a run. */
export interface FuzzResult {
  readonly calls: number;
  /** Counts by outcome: a tool's success, or an error code. */
  readonly outcomes: ReadonlyMap<string, number>;
  /** The first call with a wrong answer; undefined if there is none. */
  readonly wrong: unknown;
}

/** Sends random calls to two handlers of one mesh. */
export async function runFuzz({ mesh, seed, runs, isDone }: FuzzOptions): Promise<FuzzResult> {
  const outcomes = new Map<string, number>();
  // An agent sometimes uses tokens of the other one.
  const none = (): EarlierAnswers => ({ claims: [], pages: [] });
  const [first, second] = [none(), none()];
  const limits = { maxResultBytes: MAX_RESULT_BYTES, maxWait: 5 };
  const options = { role: "admin", toolsets: TOOLSETS, ...limits } as const;
  const handlers = ["Fuzz", "Other"].map((agent) => new ToolHandler(mesh.agent(agent), options));
  let calls = 0;
  for (; calls < runs && !isDone?.(); calls++) {
    const past = calls % 2 === 0 || calls % 9 === 0 ? first : second;
    // Drawn one by one, because earlier answers accumulate.
    const [[tool, args] = []] = fc.sample(callOf(past), { numRuns: 1, seed: seed + calls });
    const before = (await mesh.stats()).revision;
    const handler = handlers[calls % 2] as ToolHandler;
    const answer = await handler.handleToolCall(tool as string, args);
    const hasWritten = (await mesh.stats()).revision !== before;
    const outcome = answer.success ? `${String(tool)} ok` : answer.code;
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    // A question without an answer is withdrawn: two commits.
    const mayWrite = answer.success
      ? toolOf(tool as ToolName).effect !== "read"
      : tool === "ask_agent" && answer.code === "TIMEOUT";
    const isJson = isDeepStrictEqual(JSON.parse(JSON.stringify(answer)), answer);
    const isLarge =
      bytesOf(answer) > MAX_RESULT_BYTES && !(answer.success && isUncapped(tool, args));
    const defect = answer.success
      ? defectOf(handler.outputSchema(tool as string), answer)
      : undefined;
    // Only a defect causes these.
    const isDefect = outcome === "UNKNOWN_OUTCOME" || outcome === "UNAVAILABLE";
    if ((hasWritten && !mayWrite) || !isJson || isLarge || isDefect || defect !== undefined) {
      const wrong = { run: calls, tool, args, answer, hasWritten, isJson, isLarge, defect };
      return { calls, outcomes, wrong };
    }
    if (answer.success) remember(calls % 2 === 0 ? first : second, answer);
  }
  return { calls, outcomes, wrong: undefined };
}
