import { stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ROOT } from "../src/commands/root.ts";
import { COMMAND_GROUPS } from "../src/commands/groups.ts";
import { linesOf, syntha, synthaOn } from "./support/syntha.ts";
import { teamStorage } from "./support/team.ts";
import { tempFolder } from "./support/temp-folder.ts";

const COMMANDS = ROOT.getAllEntries().map(({ name }) => name.original);

it("lists every command in its help", async () => {
  const { out, code } = await syntha([]);
  expect(code).toBe(0);
  expect(out).toBe((await syntha(["--help"])).out);
  expect(COMMAND_GROUPS.flatMap(({ names }) => names).toSorted()).toEqual(COMMANDS.toSorted());
  for (const name of COMMANDS) expect(out).toMatch(new RegExp(`^  ${name} {2,}\\S`, "m"));
});

it.each(["", ...COMMANDS, "context save", "context use", "context list", "context rm"])(
  'explains "%s" in 80 columns, with an example',
  async (command) => {
    const words = command === "" ? [] : command.split(" ");
    const { out, err, code } = await syntha([...words, "--help"]);
    expect({ err, code }).toEqual({ err: "", code: 0 });
    expect(out).toMatch(new RegExp(`^(  )?syntha ${command}`, "m"));
    expect(out.split("\n").filter((line) => line.length >= 80)).toEqual([]);
    expect((await syntha(["help", ...words])).out).toBe(out);
  },
);

it.each([
  [["lss"], 'Unknown command "lss". Did you mean "ls"?'],
  [["zzz"], 'Unknown command "zzz".  USAGE'],
  [["context", "sav"], 'Unknown command "sav". Did you mean "save"?'],
  [["ls", "--topc", "x"], "Unknown option --topc. Did you mean --topic?"],
  [["get"], "KEY is missing."],
  [["get", "a", "b"], 'Unexpected argument "b".'],
  [["ls", "--limit", "0"], '--limit can\'t be "0". It must be a whole number from 1.'],
  [["ls", "--state", "new"], '--state is open or claimed or done or failed, not "new".'],
  [["ls"], "No mesh is selected."],
  [["ls", "--storage", "mysql://x"], "--storage is sqlite:PATH, postgres://… or memory:"],
  [["ls", "--storage", "memory:"], "no command reaches it"],
  [["push", "a", "1", "--global", "--storage", ":memory:"], "no command reaches it"],
  [["ls", "--storage", "postgres://a:b#c@db/mesh"], "database in the storage's URL must be"],
  [["push", "a", "1", "--ttl", "soon", "--global", "--storage", "x.db"], "--ttl must be"],
  [["completion", "csh"], "SHELL can't be"],
  [["context", "use", "x"], 'There is no saved context "x".'],
])("refuses %j with exit code 2", async (words, message) => {
  const { code, out, err } = await syntha(words, { cwd: tempFolder() });
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err).toContain(message);
});

const MESH_OPTIONS = [
  ["--storage", ""],
  ["--storage="],
  ["--tenant", ""],
  ["--context", ""],
  ["--context="],
];

it.each(MESH_OPTIONS)(
  "takes no other mesh for the one that an empty %s %s names",
  async (...option) => {
    const on = synthaOn(await teamStorage(), { cwd: tempFolder() });
    for (const words of [["ls"], ["rm", "policy"], ["mcp", "--as", "A"], ["hook", "--as", "A"]]) {
      const { code, out, err } = await on(...words, ...option);
      expect({ code, out }).toEqual({ code: words[0] === "hook" ? 1 : 2, out: "" });
      expect(err).toContain(`${option[0]?.replace("=", "")} can't be "". It must not be empty.`);
    }
    expect((await on("get", "policy")).code).toBe(0);
  },
);

it.each([
  ["ls", "--as", ""],
  ["copy", "--to", ""],
  ["copy", "--to-context", ""],
  ["init", "--storage", ""],
  ["context", "save", "x", "--storage", ""],
  ["studio", ""],
  ["mcp", "--as", "A", "--storage"],
])("refuses an option without a value: %s %s %s", async (...words) => {
  const on = synthaOn(await teamStorage(), { cwd: tempFolder() });
  expect(await on(...words)).toMatchObject({ code: 2, out: "" });
});

it.each([
  [["hook"], "--as is required", "See syntha hook --help"],
  [["hook", "--as", "A", "--budget", "few"], "--budget is a number", "See syntha hook --help"],
  [["hook", "--as", "A", "--storage", "memory:"], "inside one process", "See syntha hook --help"],
  [["hook", "--sa", "A"], "Unknown option --sa.", "See syntha hook --help"],
  [["mcp"], "--as is required", "See syntha mcp --help"],
  [["mcp", "token"], "--tokens is required", "See syntha mcp token --help"],
  [["mcp", "token", "--tokens", "t.json"], "--as is required", "See syntha mcp token --help"],
])("says what is wrong with %j in its own words", async (words, message, help) => {
  const { code, out, err } = await synthaOn(await teamStorage())(...words);
  expect({ code, out }).toEqual({ code: words[0] === "hook" ? 1 : 2, out: "" });
  expect(err).toContain(message);
  expect(err).toContain(help);
  expect(err).not.toContain("--agent");
});

it.each([["mcp"], ["hook"], ["mcp", "token"]])("explains %s %s with --as", async (...words) => {
  const { out } = await syntha([...words, "--help"]);
  expect(out).toMatch(/^ {2}--as NAME {13}\S/m);
  expect(out).not.toContain("--agent");
});

it("takes the options of every command before it too", async () => {
  const on = synthaOn(await teamStorage());
  expect(await on("--as", "Visitor", "--json", "--tenant=default", "ls", "pol")).toEqual(
    await on("ls", "pol", "--as", "Visitor", "--json"),
  );
  expect(await on("--at", "1", "ls")).toEqual(await on("ls", "--at", "1"));
});

it("does not create a file that it is to look at", async () => {
  const folder = tempFolder();
  const { code, err } = await syntha(["ls", "--storage", "typo.db"], { cwd: folder });
  expect({ code, err }).toMatchObject({
    code: 1,
    err: expect.stringContaining("There is no file"),
  });
  await expect(stat(join(folder, "typo.db"))).rejects.toThrow("ENOENT");
});

it("prints errors as JSON with --json", async () => {
  const on = synthaOn(await teamStorage());
  const { err } = await on("get", "none", "--json");
  expect(linesOf(err)).toEqual([
    { error: 'There is no item "none".', code: "NOT_FOUND", hint: expect.any(String) },
  ]);
});

it("colours a terminal only, unless the environment says otherwise", async () => {
  const storage = await teamStorage();
  const colored = async (env: Readonly<Record<string, string>>, terminal?: number) =>
    (
      await synthaOn(storage, { env, ...(terminal !== undefined && { terminal }) })("ls")
    ).out.includes("\u001b[");
  expect(await colored({})).toBe(false);
  expect(await colored({}, 80)).toBe(true);
  expect(await colored({ NO_COLOR: "1" }, 80)).toBe(false);
  expect(await colored({ TERM: "dumb" }, 80)).toBe(false);
  expect(await colored({ FORCE_COLOR: "1" })).toBe(true);
  expect(await colored({ FORCE_COLOR: "0" }, 80)).toBe(false);
});

it("saves meshes under names, for the user alone, and never prints a password", async () => {
  const folder = tempFolder();
  const on = (...words: string[]) => syntha(words, { cwd: folder });
  await on("push", "a", "1", "--global", "--storage", "mesh.db", "--tenant", "acme");
  await on("context", "save", "local", "--storage", "mesh.db", "--tenant", "acme");
  expect((await on("get", "a", "--raw")).out).toBe("1\n");
  const saved = await on(
    "context",
    "save",
    "prod",
    "--storage",
    "postgres://ann:geheim@db/x?password=geheim",
  );
  const listed = [saved, await on("context", "list"), await on("context", "list", "--json")];
  for (const { out } of listed) expect(out).not.toContain("geheim");
  expect(listed[1]?.out).toMatch(/▸ +prod +postgres:\/\/ann:\*\*\*@db/);
  const path = join(folder, ".config/syntha/contexts.json");
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await on("get", "a", "--raw", "--context", "local")).out).toBe("1\n");
  await on("context", "use", "local");
  expect((await on("stats")).out).toContain("acme in sqlite:");
  await on("context", "rm", "local");
  expect((await on("stats")).code).toBe(2);
});

it.each([
  ["memory.db", "sqlite:CWD/memory.db"],
  ["sqlite:memory.db", "sqlite:CWD/memory.db"],
  ["postgres.db", "sqlite:CWD/postgres.db"],
  ["SQLite:mesh.db", "sqlite:CWD/mesh.db"],
  ["POSTGRES://ann:geheim@db/mesh", "postgres://ann:***@db/mesh"],
  ["postgresql://db/mesh?schema=desk", "postgresql://db/mesh?schema=desk"],
])("saves the storage %s for every folder", async (storage, saved) => {
  const cwd = tempFolder();
  const { out } = await syntha(["context", "save", "m", "--storage", storage, "--json"], { cwd });
  expect(linesOf(out)).toEqual([{ name: "m", storage: saved.replace("CWD", cwd) }]);
});

it.each(["mysql://u:geheim@h/db", "postgres:u:geheim@h/db", "sqlite:", "memory:", "memory"])(
  "saves no storage that no command can open: %s",
  async (storage) => {
    const cwd = tempFolder();
    const save = ["context", "save", "m", "--storage", storage];
    const { code, out, err } = await syntha(save, { cwd });
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).not.toContain("geheim");
    expect((await syntha(["context", "list"], { cwd })).out).toContain("No saved contexts");
  },
);

it("completes commands, options, keys, topics and agents", async () => {
  const on = synthaOn(await teamStorage());
  const proposed = async (...words: string[]) =>
    (await on("__complete", ...words)).out.split("\n").map((line) => line.split("\t")[0]);
  expect(await proposed("hi")).toEqual(["history", ""]);
  expect(await proposed("get", "in")).toEqual(["inquiry", ""]);
  expect(await proposed("why", "V")).toEqual(["Visitor", ""]);
  expect(await proposed("ls", "--topic", "esc")).toEqual(["escalations", ""]);
  expect(await proposed("ls", "--sta")).toEqual(["--state", ""]);
  expect((await on("completion", "bash")).out).toContain("complete -F _syntha syntha");
});

it.each(["ge/heim", "ge#heim", "ge?heim", "ge@heim", "ge:heim", "ge%heim"])(
  "prints nothing of the password %s",
  async (password) => {
    const storage = `postgres://ann:${password}@127.0.0.1:1/mesh`;
    const on = synthaOn(storage, { cwd: tempFolder() });
    for (const words of [["doctor"], ["stats", "--json"], ["context", "save", "x"], ["init"]]) {
      const { out, err } = await on(...words);
      expect(out + err).not.toMatch(/ge.heim|heim|ge(?=[/#?@:%])/);
    }
  },
);
