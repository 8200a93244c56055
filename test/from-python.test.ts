import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "./docs/code-blocks.ts";
import { compile } from "./docs/compile.ts";
import { PYTHON_NAMES } from "./docs/python-names.ts";

/** A row of a table of names. */
interface Row {
  readonly line: number;
  readonly python: readonly string[];
  /** What stands in its place, and calls that are named where the difference is listed. */
  readonly ours: readonly string[];
}

const page = readFileSync(`${root}/docs/from-python.md`, "utf8");
const sections = Object.keys(PYTHON_NAMES) as (keyof typeof PYTHON_NAMES)[];

function rowsOf(section: string): Row[] {
  const lines = page.split("\n");
  const from = lines.indexOf(`## ${section}`) + 1;
  const length = lines.slice(from).findIndex((text) => text.startsWith("## "));
  return lines.slice(from, from + length).flatMap((text, index) => {
    if (!text.startsWith("|") || !text.includes("`")) return [];
    const [, python = "", here = "", difference = ""] = text.split("|");
    const calls = codesOf(difference).filter((code) => /^[\w.]+\(/.test(code));
    const named = [...codesOf(here), ...calls].filter((code) => !code.startsWith("@syntha/"));
    return [{ line: from + index + 1, python: codesOf(python), ours: named }];
  });
}

function codesOf(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code as string);
}

const ours = [...sections, "The guide's patterns"].flatMap((section) =>
  rowsOf(section).flatMap(({ line, ours: codes }) => codes.map((code) => ({ line, code }))),
);

/** What the page's second columns may name; a name that no package exports is an error of the compiler. */
const NAMES = `
import { answerMessage, messageTools } from "@syntha/anthropic";
import { type AgentContext, ContextMesh, ERROR_CODES, type ErrorCode, federate, isSynthaError, type Item, MemoryStorage, type MeshStats, SynthaError, TenantRegistry } from "@syntha/core";
import type { Storage } from "@syntha/core/storage";
import { langchainTools } from "@syntha/langchain";
import { answerChat, chatTools, responseTools } from "@syntha/openai";
import { CONTEXT_INSTRUCTIONS, CONTEXT_PLACEHOLDER, ContextThread, fillPrompt, placeContext, PROMPT_TEMPLATES, promptMessages, renderContext, systemPrompt } from "@syntha/prompts";
import { PostgresStorage, type PostgresStorageOptions } from "@syntha/storage-postgres";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { instrumentTools, type LogRecord, meshInterceptor, type Outcome, OutcomeLog, type OutcomeMetrics, toJsonLine, toTextLine } from "@syntha/telemetry";
import { answerCalls, type DiscoveredTopic, type ModelCall, type CustomTools, type RoleName, TOOL_NAMES, type ToolArguments, type ToolFailure, ToolHandler, toolHandlers, type ToolName, type ToolResults } from "@syntha/tools";

declare const key: string, value: string, text: string, template: string, prompt: string;
declare const name: string, topic: string, tenantId: string, path: string, connectionString: string;
declare const topics: string[], subscribers: string[], keys: string[];
declare const allow: ToolName[], deny: ToolName[];
declare const mesh: ContextMesh;
declare const agent: AgentContext;
declare const registry: TenantRegistry;
declare const item: Item;
declare const stats: MeshStats;
declare const storage: Storage;
declare const pool: NonNullable<PostgresStorageOptions["pool"]>;
declare const handler: ToolHandler;
declare const tools: object[];
declare const calls: ModelCall[];
declare const customTools: CustomTools;
declare const message: Parameters<typeof answerChat>[1];
declare const reply: Parameters<typeof answerMessage>[1];
declare const error: SynthaError;
declare const outcomes: OutcomeLog;
declare const outcome: Outcome;
declare const group: OutcomeMetrics;
declare const record: LogRecord;
declare const onLog: (record: LogRecord) => void;
declare const work: () => Promise<string>;

type KeysOf<T> = T extends unknown ? keyof T : never;
type Field = { [N in ToolName]: KeysOf<ToolArguments[N]> | KeysOf<ToolResults[N]> }[ToolName];
/** Words that are no code: tools, their arguments and results, codes of errors, roles. */
type Word = ToolName | Field | keyof DiscoveredTopic | KeysOf<ToolFailure> | ErrorCode | RoleName;
`;

/** Types stand alone: no package exports them as values. */
const TYPES = ["Storage", "Outcome"];
/** What stands for itself, and is no word of the tools. */
const VALUES =
  /^(mesh|handler|outcome|federate|[A-Z][a-z]\w+|TOOL_NAMES|ERROR_CODES|PROMPT_TEMPLATES|CONTEXT_\w+)$/;

function statementOf(code: string, index: number): string {
  if (TYPES.includes(code)) return `export type T${index} = ${code};`;
  if (/^\w+$/.test(code) && !VALUES.test(code)) return `"${code}" satisfies Word;`;
  return `void (${code});`;
}

const before = NAMES.split("\n").length;

// Inside of node_modules, from where the packages are found.
mkdirSync(`${root}/node_modules/.cache`, { recursive: true });
const folder = mkdtempSync(`${root}/node_modules/.cache/from-python-`);
let found: string[] = [];

beforeAll(async () => {
  const statements = ours.map(({ code }, index) => statementOf(code, index));
  writeFileSync(join(folder, "names.ts"), [...NAMES.split("\n"), ...statements, ""].join("\n"));
  const output = await compile(folder, ["names.ts"]);
  found = output.split("\n").filter((line) => line.includes("names.ts("));
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true }));

const errorsAt = (line: number): string[] =>
  found.filter((error) => error.includes(`names.ts(${line},`));

describe("the page for users of the Python library", () => {
  it.for(sections)("maps each name of the library: %s", (section) => {
    const listed = rowsOf(section).flatMap(({ python }) => python);
    const names = PYTHON_NAMES[section].split(/\s+/);
    expect(names.filter((name) => !listed.includes(name))).toEqual([]);
  });

  it.for(sections)("says of each what takes its place, or that nothing does: %s", (section) => {
    const [start = "", ...rest] = page.split(`## ${section}\n`)[1]?.split("\n## ") ?? [];
    const rows = start.split("\n").filter((text) => text.startsWith("| `"));
    expect(rest.length).toBeGreaterThan(0);
    expect(rows.filter((text) => !/^\|[^|]+\| (`|—)/.test(text))).toEqual([]);
    const unanswered = rows.filter((text) => /^\|[^|]+\| — \|\s*\|$/.test(text));
    expect(unanswered).toEqual([]);
  });

  it("uses existing names", () => {
    const errors = found.filter((error) => Number(/\((\d+),/.exec(error)?.[1]) <= before);
    expect(errors).toEqual([]);
  });

  it.for(ours.map((entry, index) => ({ ...entry, index })))(
    "names only what there is, used as it can be: $code, line $line",
    ({ index }) => {
      expect(errorsAt(before + index + 1)).toEqual([]);
    },
  );
});
