import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { ContextMesh, isSynthaError } from "@syntha/core";
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from "jose";
import { describe, expect, it, onTestFinished } from "vitest";
import { type JwtClaims, type JwtOptions, jwtTokens, SCOPES } from "../../src/index.ts";
import { listenable } from "../support/listenable.ts";
import { connect, post, serve } from "../support/serve.ts";

const ISSUER = "https://login.acme.com/";
const AUDIENCE = "https://mesh.acme.com/mcp";
const PAYLOAD = { sub: "Claude", tenant_id: "acme", scope: "openid syntha:read syntha:write" };

const { publicKey, privateKey } = await generateKeyPair("ES256", { extractable: true });
const jwk = { ...(await exportJWK(publicKey)), kid: "one", alg: "ES256" };
const keys = { keys: [jwk] };

interface Signing {
  readonly issuer?: string;
  readonly audience?: string;
  readonly expires?: number | string;
  readonly key?: typeof privateKey | Uint8Array;
  readonly alg?: string;
}

function sign(payload: JWTPayload, signing: Signing = {}): Promise<string> {
  const { issuer = ISSUER, audience = AUDIENCE, expires = "1h", key = privateKey } = signing;
  return new SignJWT(payload)
    .setProtectedHeader({ alg: signing.alg ?? "ES256", kid: "one" })
    .setIssuer(issuer)
    .setAudience(audience)
    .setExpirationTime(expires)
    .sign(key);
}

function requestWith(token: string): Request {
  return new Request("http://localhost/mcp", { headers: { authorization: `Bearer ${token}` } });
}

async function identityOf(token: string, options: Partial<JwtOptions> = {}) {
  const authenticate = jwtTokens({ keys, issuer: ISSUER, audience: AUDIENCE, ...options });
  return authenticate(requestWith(token));
}

it("makes an identity of a token's claims", async () => {
  const expires = Math.floor(Date.now() / 1_000) + 600;
  const claims = { syntha_role: "readonly", syntha_toolsets: "context tasks" };
  const identity = await identityOf(await sign({ ...PAYLOAD, ...claims }, { expires }));
  expect(identity).toMatchObject({
    tenantId: "acme",
    agent: "Claude",
    role: "readonly",
    toolsets: ["context", "tasks"],
    scopes: ["syntha:read", "syntha:write"],
    expiresAt: new Date((expires + 5) * 1_000),
  });
});

it("accepts a token that is valid beyond all dates", async () => {
  const identity = await identityOf(await sign(PAYLOAD, { expires: 1e15 }));
  expect(identity?.expiresAt?.getTime()).toBe(8.64e15);
});

it("reads the claims that its options name", async () => {
  const token = await sign({ org: "acme", client_id: "Bot", scp: ["syntha:destroy"] });
  const claims: JwtClaims = { tenantId: "org", agent: "client_id", scopes: "scp" };
  expect(await identityOf(token, { claims })).toMatchObject({
    tenantId: "acme",
    agent: "Bot",
    scopes: ["syntha:destroy"],
  });
  const fixed = await identityOf(await sign({ sub: "Bot" }), {
    tenantId: "globex",
    claims: { scopes: false },
  });
  expect(fixed).toMatchObject({ tenantId: "globex", agent: "Bot", scopes: SCOPES });
});

it("gives no scope to a token that names none", async () => {
  const { scope: _, ...payload } = PAYLOAD;
  expect((await identityOf(await sign(payload)))?.scopes).toEqual([]);
});

describe("refuses", () => {
  const signed = (payload: JWTPayload, signing?: Signing) => () => sign(payload, signing);
  it.each([
    ["no signature (alg none)", () => unsecured()],
    ["another issuer", signed(PAYLOAD, { issuer: "https://evil.example/" })],
    ["another audience", signed(PAYLOAD, { audience: "https://other.acme.com/mcp" })],
    ["an expired token", signed(PAYLOAD, { expires: Math.floor(Date.now() / 1_000) - 60 })],
    [
      "the key of a stranger",
      async () => sign(PAYLOAD, { key: (await generateKeyPair("ES256")).privateKey }),
    ],
    ["the public key as a shared secret", () => hmac()],
    ["a changed payload", async () => tamper(await sign(PAYLOAD))],
    ["no tenant", signed({ sub: "Claude" })],
    ["no agent", signed({ tenant_id: "acme" })],
    ["an agent that is no text", signed({ ...PAYLOAD, sub: 7 as unknown as string })],
    ["the name of the system", signed({ ...PAYLOAD, sub: "system" })],
    ["an unknown role", signed({ ...PAYLOAD, syntha_role: "root" })],
    ["unknown toolsets", signed({ ...PAYLOAD, syntha_toolsets: ["all"] })],
    ["no expiry", () => withoutExpiry()],
    ["what is no token", async () => "not.a.jwt-at-all"],
  ])("%s", async (_, token) => {
    expect(await identityOf(await token())).toBeUndefined();
  });

  const unsecured = async () =>
    new UnsecuredJWT(PAYLOAD)
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setExpirationTime("1h")
      .encode();
  const hmac = () =>
    sign(PAYLOAD, { alg: "HS256", key: new TextEncoder().encode(JSON.stringify(jwk)) });
  const withoutExpiry = () =>
    new SignJWT(PAYLOAD)
      .setProtectedHeader({ alg: "ES256", kid: "one" })
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .sign(privateKey);
  const tamper = (token: string) => {
    const [header, , signature] = token.split(".");
    const body = btoa(
      JSON.stringify({
        ...PAYLOAD,
        tenant_id: "globex",
        iss: ISSUER,
        aud: AUDIENCE,
        exp: 9_999_999_999,
      }),
    );
    return [header, body.replaceAll("=", ""), signature].join(".");
  };
});

it("needs an issuer, an audience and keys", () => {
  const valid: JwtOptions = { keys, issuer: ISSUER, audience: AUDIENCE };
  for (const wrong of [
    { issuer: undefined },
    { issuer: "" },
    { audience: [] },
    { keys: undefined },
    { jwksUrl: "https://login.acme.com/jwks" },
    { keys: undefined, jwksUrl: "http://login.acme.com/jwks" },
    { keys: undefined, jwksUrl: "login.acme.com" },
    { audiences: AUDIENCE },
    { claims: { tenant: "x" } },
  ])
    expect(() => jwtTokens({ ...valid, ...(wrong as object) })).toThrow(
      /`(issuer|audience|jwksUrl|claims.tenant)/,
    );
});

it("accepts a token that does not name its key, while the issuer has an old and a new one", async () => {
  const old = await generateKeyPair("ES256", { extractable: true });
  const stranger = await generateKeyPair("ES256");
  const exported = await Promise.all([old.publicKey, publicKey].map((key) => exportJWK(key)));
  const both = { keys: exported };
  const signed = (key: typeof privateKey, expires = "1h") =>
    new SignJWT(PAYLOAD)
      .setProtectedHeader({ alg: "ES256" })
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setExpirationTime(expires)
      .sign(key);
  for (const key of [old.privateKey, privateKey])
    expect(await identityOf(await signed(key), { keys: both })).toMatchObject({ agent: "Claude" });
  for (const token of [await signed(stranger.privateKey), await signed(privateKey, "1h ago")])
    expect(await identityOf(token, { keys: both })).toBeUndefined();
});

it("reads the issuer's keys, and says when it can't", async () => {
  let status = 200;
  const issuer = createServer((_, response) => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(keys));
  });
  await new Promise<void>((resolve) => issuer.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void issuer.close());
  const jwksUrl = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}/jwks`;
  const options = { jwksUrl, keys: undefined };
  expect(await identityOf(await sign(PAYLOAD), options)).toMatchObject({ agent: "Claude" });
  status = 500;
  const failed = await identityOf(await sign(PAYLOAD), options).catch((error: unknown) => error);
  expect(isSynthaError(failed, "UNAVAILABLE")).toBe(true);
  const authenticate = jwtTokens({ jwksUrl, issuer: ISSUER, audience: AUDIENCE });
  const mesh = new ContextMesh({ tenantId: "acme" });
  const url = await serve({ mesh: () => mesh, authenticate });
  const headers = { authorization: `Bearer ${await sign(PAYLOAD)}` };
  expect((await post(url, "tools/list", { headers })).status).toBe(503);
});

it("ends the streams of a token when it expires", async () => {
  listenable();
  const mesh = new ContextMesh({ tenantId: "acme" });
  const authenticate = jwtTokens({ keys, issuer: ISSUER, audience: AUDIENCE, clockTolerance: 0 });
  const url = await serve({ mesh: () => mesh, authenticate });
  const expires = Math.floor(Date.now() / 1_000) + 3;
  const client = await connect(url, { token: await sign(PAYLOAD, { expires }) });
  const stream = await client.listen({ toolsListChanged: true });
  expect(await stream.closed).toBe("remote");
  expect(Date.now()).toBeGreaterThanOrEqual(expires * 1_000);
});
