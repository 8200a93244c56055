import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { synthaOn } from "./support/syntha.ts";
import { teamStorage } from "./support/team.ts";
import { tempFolder } from "./support/temp-folder.ts";

const PAGE = fileURLToPath(new URL("../../../docs/cli.md", import.meta.url));

/** They end only when they are interrupted, or when something changes. */
const LIVE = new Set(["studio", "tail", "wait"]);
/** They speak to a client on standard input: another test runs them. */
const SERVERS = new Set(["mcp"]);

async function cheatSheet(): Promise<readonly string[]> {
  const [, sheet = ""] =
    /## Cheat sheet[^]*?```sh\n([^]*?)```/.exec(await readFile(PAGE, "utf8")) ?? [];
  return sheet.split("\n").filter((line) => line.startsWith("syntha "));
}

interface Line {
  readonly words: readonly string[];
  /** The file that it reads. */
  readonly input: string | undefined;
}

/** The words of a line as a shell sees them, up to a comment or a pipe. */
function parseLine(line: string): Line {
  const tokens = [...line.matchAll(/'([^']*)'|([^\s']+)/g)].map(([, quoted, plain = ""]) => ({
    text: quoted ?? plain,
    isPlain: quoted === undefined,
  }));
  const end = tokens.findIndex(({ text, isPlain }) => isPlain && ["#", "|", "<"].includes(text));
  const words = tokens.slice(1, end === -1 ? undefined : end).map(({ text }) => text);
  const input = tokens[end]?.text === "<" ? tokens[end + 1]?.text : undefined;
  return { words, input };
}

it("has a cheat sheet whose lines run", async () => {
  const folder = tempFolder();
  const storage = await teamStorage();
  await writeFile(join(folder, "report.json"), '{"pages":3}');
  await writeFile(join(folder, "CLAUDE.md"), "");
  const env = { XDG_STATE_HOME: folder };
  const lines = await cheatSheet();
  expect(lines.length).toBeGreaterThan(30);
  for (const line of lines) {
    const { words, input } = parseLine(line);
    if (SERVERS.has(words[0] ?? "")) continue;
    const isLive = LIVE.has(words[0] ?? "");
    const stop = new AbortController();
    const ended = synthaOn(storage, {
      cwd: folder,
      env,
      input: input === undefined ? undefined : await readFile(join(folder, input), "utf8"),
      signal: stop.signal,
      onOutput: () => isLive && stop.abort(),
    })(...words);
    if (isLive && words[0] !== "studio") await changeUntil(ended, storage);
    const { code, err } = await ended;
    // Nothing but an interrupt ends it.
    const expected = words[0] === "tail" ? 130 : 0;
    expect({ line, code, err }).toEqual({ line, code: expected, err: "" });
  }
});

/** Changes an item that everyone of the sheet sees, until a command has ended. */
async function changeUntil(ended: Promise<unknown>, storage: string): Promise<void> {
  let isOver = false;
  void ended.then(() => (isOver = true));
  const route = ["--topic", "support", "--to", "Triage", "--to", "Visitor", "--as", "Manager"];
  while (!isOver) await synthaOn(storage)("push", "ping", "1", ...route);
}
