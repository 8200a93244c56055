import { expect, it } from "vitest";
import { staticTokens, type TokenEntry } from "../../src/index.ts";
import { hashToken, newToken } from "@syntha/http";

const TOKEN = "laptop-secret-token-0001";

function requestWith(authorization: string): Request {
  return new Request("http://localhost/mcp", { headers: { authorization } });
}

it("knows a token by its text or its hash", async () => {
  const other = newToken();
  const authenticate = await staticTokens({
    laptop: { token: TOKEN, agent: "Claude", tenantId: "acme", role: "admin" },
    other: { sha256: (await hashToken(other)).toUpperCase(), agent: "Bot" },
  });
  const laptop = await authenticate(requestWith(`Bearer ${TOKEN}`));
  expect(laptop).toMatchObject({ tenantId: "acme", agent: "Claude", role: "admin" });
  const bot = await authenticate(requestWith(`bearer  ${other}`));
  expect(bot).toMatchObject({ tenantId: "default", agent: "Bot" });
  for (const wrong of [
    "",
    "Bearer",
    `Bearer ${TOKEN}x`,
    `Bearer ${TOKEN}, Bearer x`,
    `Basic ${TOKEN}`,
  ])
    expect(await authenticate(requestWith(wrong))).toBeUndefined();
  expect(await authenticate(requestWith(`Bearer ${await hashToken(other)}`))).toBeUndefined();
});

it("makes tokens that are never the same", () => {
  const tokens = Array.from({ length: 1_000 }, newToken);
  expect(new Set(tokens).size).toBe(1_000);
  expect(tokens.every((token) => /^syntha_[\w-]{43}$/.test(token))).toBe(true);
});

it("refuses two entries of one token, which would be either agent", async () => {
  const entries = {
    laptop: { token: TOKEN, agent: "Claude" },
    copy: { sha256: (await hashToken(TOKEN)).toUpperCase(), agent: "Bot" },
  };
  await expect(staticTokens(entries)).rejects.toMatchObject({
    code: "INVALID_ARGUMENTS",
    message: '"laptop" and "copy" are the same token.',
  });
});

it.each<[string, Partial<TokenEntry>]>([
  ["laptop", { token: undefined }],
  ["laptop", { sha256: "a".repeat(64) }],
  ["laptop.token", { token: "too-short" }],
  ["laptop.sha256", { token: undefined, sha256: "abc" }],
  ["laptop.tenantId", { tenantId: "" }],
  ["laptop.role", { role: "root" as "admin" }],
  ["laptop.toolsets", { toolsets: ["all" as "context"] }],
  ["laptop.scopes", { scopes: ["read" as "syntha:read"] }],
  ["laptop.expiresAt", { expiresAt: "soon" }],
  ["laptop.expiresAt", { expiresAt: "90" }],
  ["laptop.expiresAt", { expiresAt: "2027-02-31" }],
  ["laptop.agents", { agents: "Claude" } as Partial<TokenEntry>],
])("refuses an entry with a wrong %s, and does not repeat the token", async (path, wrong) => {
  const entry = { token: TOKEN, agent: "Claude", ...wrong } as TokenEntry;
  const error = await staticTokens({ laptop: entry }).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: "INVALID_ARGUMENTS", details: { path } });
  expect(JSON.stringify(error)).not.toMatch(/secret|too-short/);
});
