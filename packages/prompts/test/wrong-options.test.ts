import {
  ContextThread,
  fillPrompt,
  placeContext,
  renderChangesSince,
  renderContext,
} from "@syntha/prompts";
import { describe, expect, it } from "vitest";
import { freshMesh } from "./support/mesh.ts";

const worker = () => freshMesh().mesh.agent("Worker");

const refused = (path: string) =>
  expect.objectContaining({
    code: "INVALID_ARGUMENTS",
    details: expect.objectContaining({ path }),
  });

describe("options that would be ignored are refused", () => {
  it.each(["order", 1, null, [], [1], { type: "order" }])("events: %j", (events) => {
    expect(() => new ContextThread(worker(), { events: events as never })).toThrow(
      refused("events"),
    );
  });

  it.each([
    ["two conditions", [{ author: "B", topic: "t" }]],
    ["a condition and something else", [{ key: "a", weight: 2 }]],
    ["no condition", [{}]],
    ["null", [null]],
    ["a number as the author", [{ author: 1 }]],
    ["text", "author"],
  ])("a priority of %s", async (_, priority) => {
    const options = { priority: priority as never };
    await expect(renderContext(worker(), options)).rejects.toThrow(refused("priority"));
    expect(() => new ContextThread(worker(), options)).toThrow(refused("priority"));
  });

  it("a share of a budget that is not shared", async () => {
    const agent = worker();
    const { cursor } = await agent.changes();
    const options = { budget: { share: 0.5 } as object };
    await expect(renderChangesSince(agent, cursor, options)).rejects.toThrow(
      refused("budget.share"),
    );
    await expect(fillPrompt(agent, "{{a}}", options)).rejects.toThrow(refused("budget.share"));
  });
});

it("refuses prompts that are not text", async () => {
  for (const wrong of [undefined, null, 1, {}] as never[]) {
    await expect(fillPrompt(worker(), wrong)).rejects.toThrow(refused("template"));
    expect(() => placeContext(wrong, "text", "append")).toThrow(refused("prompt"));
    expect(() => placeContext("{{context}}", wrong)).toThrow(refused("text"));
    const place = { placeholder: wrong };
    expect(() => placeContext("prompt", "text", place)).toThrow(refused("place.placeholder"));
  }
});
