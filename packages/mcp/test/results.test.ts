import { ERAS } from "./support/eras.ts";
import { ContextMesh } from "@syntha/core";
import { expect, it } from "vitest";
import { connect } from "./support/connect.ts";

it.each(ERAS)("links values that are too large for a %s client's result", async (era) => {
  const mesh = new ContextMesh();
  const claude = mesh.agent("Claude");
  await mesh.system.push("the plan/1", "x".repeat(20_000), { global: true });
  await mesh.system.push("note", "short", { global: true });
  const { client } = await connect(claude, era, { toolsets: ["context", "live"] });
  const link = {
    type: "resource_link",
    uri: "syntha://item/the%20plan%2F1",
    name: "the plan/1",
    mimeType: "application/json",
  };
  const all = await client.callTool({ name: "get_context", arguments: {} });
  expect(all.content).toMatchObject([{ type: "text" }, link]);
  expect(all.content).toHaveLength(2);
  const { cursor: since } = await claude.changes();
  await mesh.system.push("the plan/1", "y".repeat(20_000));
  const waited = await client.callTool({ name: "wait_for_changes", arguments: { since } });
  expect(waited.content.slice(1)).toEqual([link]);
  const text = (waited.content[0] as { text: string }).text;
  expect(JSON.parse(text)).toEqual(waited.structuredContent);
});

it.each(ERAS)("returns a failure to a %s client as a result with code and hint", async (era) => {
  const { client } = await connect(new ContextMesh().agent("Claude"), era);
  const failed = await client.callTool({ name: "push_context", arguments: { key: "a", value: 1 } });
  expect(failed.isError).toBe(true);
  expect(failed.structuredContent).toBeUndefined();
  expect(JSON.parse((failed.content[0] as { text: string }).text)).toMatchObject({
    success: false,
    code: "ROUTE_REQUIRED",
    hint: expect.stringContaining("name its audience"),
    retry: "corrected_call",
  });
});
