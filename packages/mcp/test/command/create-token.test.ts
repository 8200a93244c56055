import { lstat, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { createToken } from "../../src/command/create-token.ts";
import { hashToken } from "@syntha/http";
import type { TokenEntries } from "../../src/index.ts";
import { tempFolder } from "../support/temp-folder.ts";

/** Makes a token, and returns what is printed. */
async function make(tokens: string, name: string): Promise<string> {
  let printed = "";
  const io = {
    print: async (text: string) => void (printed += text),
    log: () => undefined,
    signal: new AbortController().signal,
  };
  const none = { role: undefined, toolsets: undefined, scopes: undefined, expiresAt: undefined };
  await createToken({ tokens, name, agent: name, tenantId: "acme", ...none }, io);
  return printed.trim();
}

async function entriesIn(path: string): Promise<TokenEntries> {
  return JSON.parse(await readFile(path, "utf8")) as TokenEntries;
}

it("loses none of the tokens that are made at once", async () => {
  const path = join(tempFolder(), "tokens.json");
  const names = Array.from({ length: 8 }, (_, i) => `agent ${i}`);
  const made = await Promise.all(names.map((name) => make(path, name)));
  const entries = await entriesIn(path);
  expect(Object.keys(entries).toSorted()).toEqual(names);
  for (const [i, name] of names.entries())
    expect(entries[name]?.sha256).toBe(await hashToken(made[i] as string));
  expect(await readdir(dirname(path))).toEqual(["tokens.json"]);
});

it("adds to the file that a link leads to, and keeps the link", async () => {
  const folder = tempFolder();
  const [target, link] = [join(folder, "secrets.json"), join(folder, "tokens.json")];
  await writeFile(target, "{}");
  await symlink(target, link);
  await make(link, "Claude");
  expect((await lstat(link)).isSymbolicLink()).toBe(true);
  expect(Object.keys(await entriesIn(target))).toEqual(["Claude"]);
});

it("says which file is in the way of a change that never ended", async () => {
  const path = join(tempFolder(), "tokens.json");
  await writeFile(`${path}.tmp`, "");
  await expect(make(path, "Claude")).rejects.toMatchObject({
    code: "MISCONFIGURED",
    hint: `Another process is changing the file. If none is, remove ${path}.tmp.`,
  });
});

it("leaves a file that is not valid as it is", async () => {
  const path = join(tempFolder(), "tokens.json");
  await writeFile(path, '{ "Claude": ');
  await expect(make(path, "Bot")).rejects.toMatchObject({ code: "INVALID_ARGUMENTS" });
  expect(await readFile(path, "utf8")).toBe('{ "Claude": ');
  expect(await readdir(dirname(path))).toEqual(["tokens.json"]);
});
