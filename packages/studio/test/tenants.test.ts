import { expect, it } from "vitest";
import { openTenants } from "./support/mesh.ts";
import { openStudio, post, refusalOf } from "./support/studio.ts";
import { tempFile } from "./support/temp-file.ts";

it("shows many tenants, each on its own", async () => {
  const tenants = openTenants();
  for (const tenantId of ["acme", "globex", "initech"])
    await tenants.mesh(tenantId).system.push(`note-of-${tenantId}`, 1, { global: true });
  const { read, live, refusal } = await openStudio({ tenants });
  const session = await read("api/session");
  expect(session.tenantIds).toEqual(["acme", "globex", "initech"]);
  expect(session).toMatchObject({ storage: "sqlite", durability: "power" });
  const first = await read("api/tenants", { limit: "2" });
  expect(first.tenants.map(({ tenantId, stats }) => [tenantId, stats.items])).toEqual([
    ["acme", 1],
    ["globex", 1],
  ]);
  const second = await read("api/tenants", { limit: "2", page: first.nextPage ?? "" });
  expect([second.tenants.length, second.total, second.nextPage]).toEqual([1, 3, undefined]);
  const { items } = await read("api/items", { tenant: "globex" });
  expect(items.map(({ key }) => key)).toEqual(["note-of-globex"]);
  const client = await live({ tenant: "globex" });
  await client.first(({ type }) => type === "ready");
  await tenants.mesh("acme").system.push("other", 1, { global: true });
  await tenants.mesh("globex").system.push("own", 1, { global: true });
  await client.put("own");
  expect(client.keys).toEqual(["own"]);
  expect(await refusal("api/items")).toMatchObject({ status: 400, code: "INVALID_ARGUMENTS" });
  expect(await refusal("api/items", { tenant: "none" })).toMatchObject({ code: "NOT_FOUND" });
});

it("shows what tenants hold against their limits", async () => {
  const tenants = openTenants(tempFile(), {
    limits: { tenant: { items: 10 } },
    optionsFor: (tenantId) =>
      tenantId === "acme" ? { limits: { tenant: { bytes: 1_000 } } } : undefined,
  });
  for (const tenantId of ["acme", "globex"])
    await tenants.mesh(tenantId).system.push("note", 1, { global: true });
  const { read } = await openStudio({ tenants });
  const shown = (await read("api/tenants")).tenants;
  expect(shown.map(({ stats, limits }) => [stats.items, limits])).toEqual([
    [1, { items: 10, bytes: 1_000 }],
    [1, { items: 10 }],
  ]);
  const { limits } = await read("api/overview", { tenant: "acme" });
  expect(limits).toEqual({ items: 10, bytes: 1_000 });
});

it("answers for a tenant that a person may not see as for one that does not exist", async () => {
  const tenants = openTenants();
  for (const tenantId of ["acme", "globex"])
    await tenants.mesh(tenantId).system.push("secret", 1, { global: true });
  const studio = await openStudio({
    tenants,
    write: true,
    authorize: () => ({ person: "Ada", tenantIds: ["globex"] }),
  });
  expect((await studio.read("api/session")).tenantIds).toEqual(["globex"]);
  const { tenants: shown, total } = await studio.read("api/tenants");
  expect([shown.map(({ tenantId }) => tenantId), total]).toEqual([["globex"], 1]);
  const answers = async (tenant: string): Promise<readonly unknown[]> => {
    const body = { tenant, key: "secret" };
    return Promise.all([
      studio.refusal("api/items", { tenant }),
      studio.refusal("api/item", { tenant, key: "secret" }),
      studio.refusal("api/live", { tenant }),
      refusalOf(await post(studio.request, "api/delete", body)),
    ]);
  };
  const hidden = JSON.stringify(await answers("acme")).replaceAll("acme", "nowhere");
  expect(hidden).toBe(JSON.stringify(await answers("nowhere")));
  expect(await tenants.mesh("acme").system.get("secret")).toBe(1);
});

it("ends a stream once its person may no longer look", async () => {
  const tenants = openTenants();
  await tenants.mesh("acme").system.push("note", 1, { global: true });
  let tenantIds = ["acme"];
  const { live } = await openStudio({
    tenants,
    authorize: () => ({ tenantIds }),
    reauthorizeEvery: "1s",
  });
  const client = await live({ tenant: "acme" });
  await client.first(({ type }) => type === "ready");
  tenantIds = [];
  await client.ended;
  expect(client.messages.map(({ type }) => type)).toEqual(["ready"]);
});

it("takes no page token, cursor or position of one tenant for another", async () => {
  const tenants = openTenants();
  const keys = Array.from({ length: 5 }, (_, n) => `secret:${n}`);
  const writes = keys.map((key) => ({ key, value: 1, global: true }));
  await tenants.mesh("acme").system.pushMany(writes);
  await tenants.mesh("acme").system.push("later", 1, { global: true });
  await tenants.mesh("globex").system.push("own", 1, { global: true });
  const admin = await openStudio({ tenants });
  const { nextPage: page = "" } = await admin.read("api/items", { tenant: "acme", limit: "2" });
  const { cursor: since } = await admin.read("api/prompt", { tenant: "acme", as: "Ann" });
  const studio = await openStudio({ tenants, authorize: () => ({ tenantIds: ["globex"] }) });
  const tenant = "globex";
  const { read, refusal } = studio;
  // A page token is a key to go on after: it selects among this tenant's own items.
  expect((await read("api/items", { tenant, page })).items).toEqual([]);
  expect((await refusal("api/events", { tenant, since, order: "oldest" })).status).toBe(400);
  expect((await refusal("api/prompt", { tenant, as: "Ann", since })).status).toBe(400);
  expect((await refusal("api/items", { tenant, at: "2" })).status).toBe(400);
  expect((await read("api/items", { tenant, at: "1" })).items.map(({ key }) => key)).toEqual([
    "own",
  ]);
  expect((await read("api/tenants", { page: "acme" })).tenants).toEqual([]);
  const stream = await studio.live({ tenant, since });
  await stream.first(({ type }) => type === "ready");
  expect(stream.messages.map(({ type }) => type)).toEqual(["reset", "ready"]);
  expect(JSON.stringify(stream.messages)).not.toMatch(/secret|acme/);
});

it("shows nothing earlier of a tenant that another process has dropped", async () => {
  const path = tempFile();
  const tenants = openTenants(path);
  const others = openTenants(path);
  await tenants.mesh("acme").system.push("secret", 1, { global: true });
  const { read, refusal } = await openStudio({ tenants });
  const past = { tenant: "acme", at: "1" };
  expect((await read("api/items", past)).items).toHaveLength(1);
  await others.drop("acme");
  expect((await refusal("api/items", past)).status).toBe(400);
  await others.mesh("acme").system.push("new", 1, { global: true });
  expect((await read("api/items", past)).items.map(({ key }) => key)).toEqual(["new"]);
});
