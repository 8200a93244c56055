import { join } from "node:path";
import { ContextMesh, type JsonValue } from "@syntha/core";
import { SqliteStorage } from "@syntha/storage-sqlite";
import xterm from "@xterm/headless";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { widthOf } from "../src/terminal/width.ts";
import { linesOf, type RunOptions, synthaOn } from "./support/syntha.ts";
import { tempFolder } from "./support/temp-folder.ts";

/** What moves a cursor, rings, colours, retitles or asks a terminal, reorders or hides text, or is wide. */
const PIECES = [
  "\u001b[2J",
  "\u001b[H",
  "\u001b[45;5m",
  "\u001b]0;owned\u0007",
  "\u001b[6n",
  "\u001bP+q544e\u001b\\",
  "\u009b31m",
  "\u0007",
  "\b\b\b",
  "\r",
  "\n",
  "\t",
  "\u007f",
  "\u0085",
  "\u2028",
  "\u202e",
  "\u2066",
  "\u200f",
  "\u00ad",
  "\ufeff",
  "\u{e0041}",
  "שלום",
  "مرحبا",
  "客户列表",
  "한국어",
  "👩‍👩‍👧‍👦",
  "🇩🇪",
  "e\u0301\u0323\u0323",
  "<script>alert(1)</script>",
  "'; rm -rf ~; '",
  "$(reboot)",
  "%s%n",
  "plain",
  " ",
];

const hostileText = fc
  .array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 8 })
  .map((pieces) => pieces.join(""));

const hostileValue: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    hostileText,
    fc.integer(),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(hostileText, tie("value"), { maxKeys: 4 }),
  ),
})).value;

interface Hostile {
  readonly names: readonly string[];
  readonly values: readonly JsonValue[];
}

const hostileMesh: fc.Arbitrary<Hostile> = fc.record({
  names: fc.uniqueArray(
    hostileText.map((text) => `k${text}`),
    { minLength: 6, maxLength: 6 },
  ),
  values: fc.array(hostileValue, { minLength: 3, maxLength: 3 }),
});

/** A mesh whose every name and value is an attack. */
async function fill(path: string, { names, values }: Hostile): Promise<void> {
  await using mesh = new ContextMesh({ storage: new SqliteStorage({ path }) });
  const [key = "", other = "", topic = "", name = "", stranger = "", type = ""] = names;
  const agent = mesh.agent(name);
  await agent.announce({ description: key, capabilities: [other] });
  await agent.subscribe([topic]);
  for (const value of values)
    await agent.push(key, value, { topics: [topic], subscribers: [stranger] });
  await agent.push("large", "\u001b[2J😀e\u0301".repeat(12_000), { global: true });
  await agent.push("deep", deepValue(32, key), { global: true });
  await agent.push(other, key, { topics: [topic, type], priority: 1, dependsOn: [key] });
  const lease = await agent.claim({ key }, { lease: "1h" });
  await lease?.release({ error: `${key}\u001b[2J`, maxAttempts: 1 });
  await agent.publish(type, values[0] ?? null, { topics: [topic] });
  await mesh.setPermissions(stranger, { post: [topic], subscribe: [type] });
}

function deepValue(levels: number, text: string): JsonValue {
  return levels === 1 ? text : { [text]: deepValue(levels - 1, text) };
}

function commandsOf({ names }: Hostile): readonly (readonly string[])[] {
  const [key = "", , topic = "", name = ""] = names;
  return [
    ["ls"],
    ["ls", "--as", name],
    ["get", "--", key],
    ["get", "deep"],
    ["get", "--", `${key}?`],
    ["why", "--", name, key],
    ["why", "--", `${name}!`, key],
    ["why", "--", key],
    ["history", "--", key],
    ["tail", "--once"],
    ["tail", "--once", "--as", name, "--last", "50"],
    ["tasks"],
    ["topics"],
    ["agents"],
    ["events"],
    ["doctor"],
    ["permissions", "--", name],
    ["subscribe", "--", topic],
    ["release", "--", key],
    ["retry", "--all"],
    [topic],
    ["ls", `--${topic}`],
  ];
}

// oxlint-disable-next-line no-control-regex
const OURS = /\u001b\[(?:1|2|22|3[1-6]|39|9[456])m/g;
// oxlint-disable-next-line no-control-regex
const UNSAFE = /(?!\n)\p{Cc}|\p{Bidi_Control}|[\u2028\u2029\u00ad\ufeff\u{e0000}-\u{e0fff}]/u;
const WIDTH = 60;
/** Their lines are tables, which fit the terminal. */
const TABLES = new Set(["ls", "tasks", "topics", "agents", "events"]);

/** A command to copy stays on one line. */
function isTooWide(line: string): boolean {
  return widthOf(line) > WIDTH && !line.startsWith("syntha ");
}

async function expectHarmless(mesh: Hostile): Promise<void> {
  const path = join(tempFolder(), "mesh.db");
  await fill(path, mesh);
  const run = (options: RunOptions) => synthaOn(`sqlite:${path}`, options);
  for (const words of commandsOf(mesh)) {
    const plain = await run({ env: { COLUMNS: String(WIDTH) } })(...words);
    expect(plain.out + plain.err).not.toMatch(UNSAFE);
    const isTable = TABLES.has(words[0] ?? "");
    expect(plain.out.split("\n").filter((line) => isTable && isTooWide(line))).toEqual([]);
    const colored = await run({ terminal: WIDTH, env: { FORCE_COLOR: "1" } })(...words);
    expect((colored.out + colored.err).replace(OURS, "")).not.toMatch(UNSAFE);
    await expectCalmTerminal(colored.out);
  }
  const json = await run({})("get", "--json", "--", mesh.names[0] ?? "");
  expect(json.out).not.toMatch(UNSAFE);
  expect(linesOf(json.out)).toMatchObject([{ key: mesh.names[0], value: mesh.values.at(-1) }]);
}

/** A terminal that shows the output: no bell, no title, no reply, and the cursor is below the last line. */
async function expectCalmTerminal(out: string): Promise<void> {
  const terminal = new xterm.Terminal({
    cols: 4_000,
    rows: 20,
    scrollback: 20_000,
    allowProposedApi: true,
  });
  const events: string[] = [];
  terminal.onBell(() => events.push("bell"));
  terminal.onTitleChange((title) => events.push(`title ${title}`));
  terminal.onData((data) => events.push(`reply ${JSON.stringify(data)}`));
  const shown = out.slice(0, 100_000);
  await new Promise<void>((resolve) => terminal.write(shown.replaceAll("\n", "\r\n"), resolve));
  expect(events).toEqual([]);
  const { baseY, cursorY } = terminal.buffer.active;
  const rows = shown
    .split("\n")
    .reduce((sum, line) => sum + Math.max(1, Math.ceil(widthOf(line) / 4_000)), 0);
  expect(Math.abs(baseY + cursorY - (rows - 1))).toBeLessThanOrEqual(
    shown.length > 50_000 ? 20 : 0,
  );
  terminal.dispose();
}

/** Every piece, in names and values. */
const ALL: Hostile = {
  names: [0, 1, 2, 3, 4, 5].map((at) => `k${PIECES.filter((_, i) => i % 6 === at).join("")}`),
  values: [PIECES.join(""), [...PIECES], Object.fromEntries(PIECES.map((piece) => [piece, piece]))],
};

const RUNS = process.env["SYNTHA_TESTS"] === "full" ? 25 : 1;

it("shows a hostile mesh without a control reaching the terminal", async () => {
  await fc.assert(fc.asyncProperty(hostileMesh, expectHarmless), {
    numRuns: RUNS,
    examples: [[ALL]],
  });
});
