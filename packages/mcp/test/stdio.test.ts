import { ContextMesh } from "@syntha/core";
import { expect, it } from "vitest";
import { connect } from "./support/connect.ts";
import { ERAS } from "./support/eras.ts";

it.each(ERAS)("serves the tools of an agent to a %s client", async (era) => {
  const mesh = new ContextMesh();
  const { client } = await connect(mesh.agent("Claude"), era);
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name)).toContain("push_context");
  const pushed = await client.callTool({
    name: "push_context",
    arguments: { key: "plan", value: "Ship it.", global: true },
  });
  expect(pushed).toMatchObject({
    structuredContent: { success: true, key: "plan", revision: 1 },
  });
  expect(await mesh.system.get("plan")).toBe("Ship it.");
});
