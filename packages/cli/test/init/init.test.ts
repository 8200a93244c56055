import { chmod, mkdir, readFile, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { linesOf, syntha } from "../support/syntha.ts";
import { tempFolder } from "../support/temp-folder.ts";

async function project(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const folder = tempFolder();
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(folder, path, ".."), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
}

const init = (cwd: string, ...args: string[]) => syntha(["init", ...args], { cwd });
const read = (folder: string, path: string) => readFile(join(folder, path), "utf8");

it("configures the coding agents that the folder is set up for", async () => {
  const folder = await project({ "CLAUDE.md": "# Rules\n", ".cursor/rules/a.md": "x" });
  const { out, code } = await init(folder, "--yes");
  expect({ out, code }).toMatchObject({
    code: 0,
    out: expect.stringContaining("For Claude Code, Cursor:"),
  });
  const { mcpServers } = JSON.parse(await read(folder, ".mcp.json"));
  expect(mcpServers.syntha.args).toEqual([
    "-y",
    "@syntha/mcp",
    "--storage",
    `sqlite:${join(folder, ".syntha/mesh.db")}`,
    "--agent",
    "Claude",
    "--toolsets",
    "context,tasks,live",
  ]);
  expect(await read(folder, ".claude/settings.json")).toContain("@syntha/mcp hook --storage");
  expect(await read(folder, ".claude/skills/syntha/SKILL.md")).toContain("name: syntha");
  expect(await read(folder, "CLAUDE.md")).toMatch(
    /^# Rules\n\n<!-- syntha: begin -->\n## Shared context/,
  );
  expect(await read(folder, ".cursor/mcp.json")).toContain('"Cursor"');
  expect(await read(folder, ".syntha/.gitignore")).toBe("*\n");
});

it("changes nothing the second time", async () => {
  const folder = await project({
    ".claude/settings.json": "{}",
    ".vscode/x.json": "{}",
    ".codex/config.toml": "model = 1",
  });
  await init(folder, "--yes");
  const files = await readdir(folder, { recursive: true });
  const texts = () =>
    Promise.all(files.filter((path) => /\w\.\w+$/.test(path)).map((path) => read(folder, path)));
  const before = await texts();
  const { out } = await init(folder, "--yes");
  expect(out).toContain("Nothing to do.");
  expect(await texts()).toEqual(before);
});

it("keeps what others wrote, with its comments and form", async () => {
  const folder = await project({
    ".vscode/mcp.json": '{\n\t// mine\n\t"servers": {\n\t\t"x": { "command": "y" },\n\t},\n}\n',
    ".claude/settings.json":
      '{"model":"a","hooks":{"UserPromptSubmit":[{"hooks":[{"type":"command","command":"date"}]}]}}',
    ".codex/config.toml": '[mcp_servers.other]\ncommand = "z"',
    "AGENTS.md": "# Agents\nBe kind.",
  });
  await init(folder, "--yes");
  const vscode = await read(folder, ".vscode/mcp.json");
  expect(vscode).toContain("\t// mine\n");
  expect(vscode).toMatch(/"command": "y"[^]*"syntha": \{/);
  const settings = JSON.parse(await read(folder, ".claude/settings.json"));
  expect(settings).toMatchObject({
    model: "a",
    hooks: {
      UserPromptSubmit: [
        { hooks: [{ command: "date" }] },
        { hooks: [{ command: expect.stringContaining("hook") }] },
      ],
    },
  });
  expect(await read(folder, ".codex/config.toml")).toMatch(
    /^\[mcp_servers\.other\]\ncommand = "z"\n\n\[mcp_servers\.syntha\]\n/,
  );
  expect(await read(folder, "AGENTS.md")).toMatch(/^# Agents\nBe kind\.\n\n<!-- syntha: begin -->/);
});

it("leaves files that it can't read or that a person changed, and says what to add", async () => {
  const folder = await project({
    ".mcp.json": '{"mcpServers": [',
    ".claude/skills/syntha/SKILL.md": "my own",
    ".cursor/mcp.json": '{"mcpServers":{"syntha":{"command":"mine"}}}',
  });
  const { out } = await init(folder, "--yes");
  expect(out).toContain(".mcp.json is not a JSON object. Add by hand:");
  expect(await read(folder, ".mcp.json")).toBe('{"mcpServers": [');
  expect(await read(folder, ".claude/skills/syntha/SKILL.md")).toBe("my own");
  expect(await read(folder, ".cursor/mcp.json")).toBe(
    '{"mcpServers":{"syntha":{"command":"mine"}}}',
  );
});

it("writes through a link, and once where one file includes the other", async () => {
  const folder = await project({ "AGENTS.md": "# A\n" });
  await symlink("AGENTS.md", join(folder, "CLAUDE.md"));
  await init(folder, "--yes");
  expect((await read(folder, "CLAUDE.md")).match(/syntha: begin/g)).toHaveLength(1);
  const including = await project({ "AGENTS.md": "# A\n", "CLAUDE.md": "@AGENTS.md\n" });
  await init(including, "--yes");
  expect(await read(including, "CLAUDE.md")).toBe("@AGENTS.md\n");
  expect(await read(including, "AGENTS.md")).toContain("syntha: begin");
});

it("replaces only its own section with the text of its version", async () => {
  const folder = await project({
    "AGENTS.md": "a\n<!-- syntha: begin -->\nold\n<!-- syntha: end -->\nb\n",
  });
  await init(folder, "--yes");
  expect(await read(folder, "AGENTS.md")).toMatch(
    /^a\n<!-- syntha: begin -->\n## Shared[^]*end -->\nb\n$/,
  );
});

it("writes nothing without a yes", async () => {
  const folder = await project({ "CLAUDE.md": "" });
  expect(await init(folder)).toMatchObject({ code: 2, err: expect.stringContaining("--yes") });
  expect(await init(folder, "--dry-run")).toMatchObject({ code: 0 });
  expect(await readdir(folder)).toEqual(["CLAUDE.md"]);
  expect(await init(tempFolder(), "--yes")).toMatchObject({
    code: 2,
    err: expect.stringContaining("--for claude"),
  });
});

it("writes no password into files of the project", async () => {
  const folder = await project({ "CLAUDE.md": "" });
  const { code, err } = await init(folder, "--yes", "--storage", "postgres://ann:geheim@db/mesh");
  expect({ code, err }).toMatchObject({ code: 2, err: expect.stringContaining("PGPASSWORD") });
});

it("keeps the byte order mark and the line breaks of a file", async () => {
  const folder = await project({
    ".mcp.json": '\uFEFF{\r\n  "mcpServers": {}\r\n}\r\n',
    "CLAUDE.md": "\uFEFF# Rules\r\n",
    ".codex/config.toml": "model = 1\r\n",
  });
  const paths = [".mcp.json", "CLAUDE.md", ".codex/config.toml"];
  await init(folder, "--yes");
  const texts = await Promise.all(paths.map((path) => read(folder, path)));
  for (const text of texts) expect(text).toMatch(/syntha[^]*\r\n$/);
  for (const text of texts) expect(text).not.toMatch(/(?<!\r)\n|.\uFEFF/);
  expect(texts.map((text) => text.startsWith("\uFEFF"))).toEqual([true, true, false]);
  expect((await init(folder, "--yes")).out).toContain("Nothing to do.");
});

it("leaves what is no writable file of text, and writes the rest", async () => {
  const latin1 = Buffer.from("# R\u00e9sum\u00e9\n", "latin1");
  const folder = await project({ "CLAUDE.md": latin1, ".gemini": "a file", "AGENTS.md": "# A\n" });
  await chmod(join(folder, "AGENTS.md"), 0o444);
  await symlink("missing.md", join(folder, "GEMINI.md"));
  await mkdir(join(folder, ".mcp.json"));
  const { out, code } = await init(folder, "--yes", "--json");
  expect(code).toBe(0);
  expect(Object.fromEntries(linesOf(out).map((line) => toNote(line)))).toMatchObject({
    "CLAUDE.md": "It is not text in UTF-8.",
    ".gemini/settings.json": "What should be its folder is a file.",
    "AGENTS.md": "It is read-only.",
    "GEMINI.md": "It is a link to a file that does not exist.",
    ".mcp.json": "It is a folder.",
    ".claude/settings.json": undefined,
  });
  expect(await readFile(join(folder, "CLAUDE.md"))).toEqual(latin1);
  expect(await read(folder, "AGENTS.md")).toBe("# A\n");
  expect(await read(folder, ".claude/settings.json")).toContain("hook");
});

it("says which of its own entries it leaves as they are", async () => {
  const folder = await project({
    "CLAUDE.md": "",
    ".vscode/x.json": "{}",
    ".codex/config.toml": "",
  });
  await init(folder, "--yes", "--storage", "old.db");
  const before = await read(folder, ".mcp.json");
  const { out } = await init(folder, "--yes", "--storage", "new.db");
  expect(out).toMatch(
    /\.mcp\.json {2}stays as it is\n {4}Its mcpServers\.syntha is another one\. /,
  );
  expect(out).toMatch(/settings\.json {2}stays as it is\n {4}Its hook of Syntha is another one\. /);
  expect(out).toMatch(/\.vscode\/mcp\.json {2}stays as it is\n {4}Its servers\.syntha is another/);
  expect(out).toMatch(/config\.toml {2}stays as it is\n {4}Its mcp_servers\.syntha is another/);
  expect(out).toContain("SKILL.md  is up to date");
  expect(await read(folder, ".mcp.json")).toBe(before);
});

it("adds its table to TOML that has one of a similar name", async () => {
  const folder = await project({
    ".codex/config.toml": '[mcp_servers.syntha-old]\ncommand = "x"\n',
  });
  await init(folder, "--yes");
  expect(await read(folder, ".codex/config.toml")).toContain("\n[mcp_servers.syntha]\n");
});

it.each(["memory:", "memory", ":memory:", "mysql://ann:geheim@db/mesh", "postgres:db/mesh"])(
  "configures no client for the storage %s",
  async (storage) => {
    const folder = await project({ "CLAUDE.md": "" });
    const { code, err } = await init(folder, "--yes", "--storage", storage);
    expect(code).toBe(2);
    expect(err).not.toContain("geheim");
    expect(await readdir(folder)).toEqual(["CLAUDE.md"]);
  },
);

it("ends with a command that lists what the clients share", async () => {
  const folder = await project({ "my mesh/CLAUDE.md": "" });
  const { out } = await init(join(folder, "my mesh"), "--yes", "--tenant", "acme");
  const storage = `sqlite:${join(folder, "my mesh/.syntha/mesh.db")}`;
  expect(out).toContain(`\n  syntha ls --storage '${storage}' --tenant acme\n`);
});

function toNote(line: unknown): readonly [string, string | undefined] {
  const { path, note } = line as { readonly path: string; readonly note?: string };
  return [path, note];
}
