import { ContextMesh } from "@syntha/core";
import { expect, it } from "vitest";
import { Spellings } from "../src/changes/spellings.ts";
import { connect, serve } from "./support/serve.ts";

it("holds spellings while a listen uses them", () => {
  const spellings = new Spellings();
  const plan = "syntha://item/a%2Fb";
  const removals = [
    spellings.add(["syntha://item/a/b", plan, "file:///a", "syntha://item/a%2fb"]),
    spellings.add(["syntha://item/a/b"]),
  ];
  expect(spellings.of(plan)).toEqual([plan, "syntha://item/a/b", "syntha://item/a%2fb"]);
  removals[0]?.();
  removals[0]?.();
  expect(spellings.of(plan)).toEqual([plan, "syntha://item/a/b"]);
  removals[1]?.();
  expect(spellings.of(plan)).toEqual([plan]);
  expect(spellings.of("syntha://item/other")).toEqual(["syntha://item/other"]);
});

it("announces an item over HTTP as each client writes it", async () => {
  const mesh = new ContextMesh();
  const authenticate = () => ({ tenantId: "default", agent: "Claude" });
  const url = await serve({ mesh: () => mesh, authenticate });
  const seen: string[] = [];
  const uris = ["syntha://item/a%2fb", "syntha://item/a/b", "syntha://item/a%2Fb"];
  for (const uri of uris) {
    const client = await connect(url);
    client.setNotificationHandler("notifications/resources/updated", ({ params }) => {
      seen.push(params.uri);
    });
    await client.listen({ resourceSubscriptions: [uri] });
  }
  await mesh.system.push("a/b", 1, { global: true });
  await expect.poll(() => seen.toSorted()).toEqual(uris.toSorted());
});
