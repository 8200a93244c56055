import { mkdir, rename, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { hashToken } from "@syntha/http";
import { type TokenFile, tokenFile } from "../../src/node.ts";
import { tempFolder } from "../support/temp-folder.ts";

const [ONE, TWO] = ["one-secret-token-0000001", "two-secret-token-0000002"];

async function textOf(token: string): Promise<string> {
  return JSON.stringify({ it: { sha256: await hashToken(token), agent: "Claude" } });
}

async function watch(path: string): Promise<{ tokens: TokenFile; errors: Error[] }> {
  const errors: Error[] = [];
  const tokens = await tokenFile(path, { onError: (error) => errors.push(error) });
  onTestFinished(() => tokens.close());
  return { tokens, errors };
}

async function accepts({ authenticate }: TokenFile, token: string): Promise<boolean> {
  const headers = { authorization: `Bearer ${token}` };
  return (await authenticate(new Request("http://localhost/mcp", { headers }))) !== undefined;
}

it("follows a link to another file, as a cluster replaces its secrets", async () => {
  const folder = tempFolder();
  const [first, second, link] = ["1.json", "2.json", "tokens.json"].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  await writeFile(first, await textOf(ONE));
  await writeFile(second, await textOf(TWO));
  await symlink(first, link);
  const { tokens } = await watch(link);
  expect(await accepts(tokens, ONE)).toBe(true);
  await symlink(second, `${link}.next`);
  await rename(`${link}.next`, link);
  await expect.poll(() => accepts(tokens, TWO)).toBe(true);
  expect(await accepts(tokens, ONE)).toBe(false);
});

it("keeps its tokens while the file is truncated, until it is whole again", async () => {
  const path = join(tempFolder(), "tokens.json");
  await writeFile(path, await textOf(ONE));
  const { tokens, errors } = await watch(path);
  await truncate(path);
  await expect.poll(() => errors.length).toBe(1);
  expect(await accepts(tokens, ONE)).toBe(true);
  await writeFile(path, await textOf(TWO));
  await expect.poll(() => accepts(tokens, TWO)).toBe(true);
  expect(await accepts(tokens, ONE)).toBe(false);
});

it("reports once that the file can't be read, and again after it could", async () => {
  const path = join(tempFolder(), "tokens.json");
  await writeFile(path, await textOf(ONE));
  const { tokens, errors } = await watch(path);
  for (const token of [TWO, ONE]) {
    await rm(path);
    await mkdir(path);
    const before = errors.length;
    await expect.poll(() => errors.length).toBe(before + 1);
    // Some more looks at the file.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(errors.length).toBe(before + 1);
    expect(errors.at(-1)).toMatchObject({ code: "MISCONFIGURED" });
    await rm(path, { recursive: true });
    await writeFile(path, await textOf(token));
    await expect.poll(() => accepts(tokens, token)).toBe(true);
  }
});
