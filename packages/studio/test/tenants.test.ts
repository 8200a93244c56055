import { expect, it } from "vitest";
import { openTenants } from "./support/mesh.ts";
import { openStudio, post, refusalOf } from "./support/studio.ts";

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
