import { ERAS } from "./support/eras.ts";
import { ContextMesh } from "@syntha/core";
import {
  type CallOptions,
  type ToolAnswer,
  type ToolCaller,
  ToolHandlerWrapper,
} from "@syntha/tools";
import { expect, it, vi } from "vitest";
import { connect } from "./support/connect.ts";

class RecordedHandler extends ToolHandlerWrapper {
  readonly #answers: ToolAnswer[];

  constructor(handler: ToolCaller, answers: ToolAnswer[]) {
    super(handler);
    this.#answers = answers;
  }

  protected override async answer(
    name: string,
    args: unknown,
    options?: CallOptions,
  ): Promise<ToolAnswer> {
    const answer = await this.handler.handleToolCall(name, args, options);
    this.#answers.push(answer);
    return answer;
  }
}

/** A legacy client is also notified that the list of resources has changed. */
const progressIn = (received: readonly object[]): number =>
  received.filter((message) => "method" in message && message.method === "notifications/progress")
    .length;

const OPTIONS = { toolsets: ["live"], progressEvery: 20 } as const;

it.each(ERAS)("reports progress to a %s client while it waits for changes", async (era) => {
  const mesh = new ContextMesh();
  const { client, received } = await connect(mesh.agent("Claude"), era, OPTIONS);
  const seen: number[] = [];
  const answer = await client.callTool(
    { name: "wait_for_changes", arguments: { timeout_seconds: 60 } },
    {
      onprogress: ({ progress }) => {
        seen.push(progress);
        if (seen.length === 3) void mesh.system.push("news", "It is done.", { global: true });
      },
    },
  );
  expect(answer).toMatchObject({
    structuredContent: { timed_out: false, changes: [{ key: "news", value: "It is done." }] },
  });
  expect(seen.length).toBeGreaterThanOrEqual(3);
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  const before = progressIn(received);
  await mesh.system.push("more", 1, { global: true });
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(progressIn(received)).toBe(before);
});

it.each(ERAS)("reports no progress to a %s client that does not ask for it", async (era) => {
  const mesh = new ContextMesh();
  const { client, received } = await connect(mesh.agent("Claude"), era, OPTIONS);
  await client.callTool({ name: "wait_for_changes", arguments: { timeout_seconds: 1 } });
  expect(progressIn(received)).toBe(0);
});

it.each(ERAS)("withdraws the question of a %s client that cancels", async (era) => {
  const mesh = new ContextMesh();
  const { client, received } = await connect(mesh.agent("Claude"), era, OPTIONS);
  const cancel = new AbortController();
  const onprogress = async () => {
    if ((await mesh.system.keys()).length === 1) cancel.abort();
  };
  const asked = client.callTool(
    { name: "ask_agent", arguments: { agent: "Critic", message: '"Well?"', timeout_seconds: 60 } },
    { signal: cancel.signal, onprogress: () => void onprogress() },
  );
  await expect(asked).rejects.toThrow("aborted");
  await vi.waitFor(async () => expect(await mesh.system.keys()).toEqual([]));
  const before = progressIn(received);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(progressIn(received)).toBe(before);
});

it.each(ERAS)("ends a %s client's waiting when it cancels", async (era) => {
  const mesh = new ContextMesh();
  const answers: ToolAnswer[] = [];
  const wrapTools = (handler: ToolCaller) => new RecordedHandler(handler, answers);
  const { client } = await connect(mesh.agent("Claude"), era, { ...OPTIONS, wrapTools });
  const cancel = new AbortController();
  const waiting = client.callTool(
    { name: "wait_for_changes", arguments: { timeout_seconds: 60 } },
    { signal: cancel.signal, onprogress: () => cancel.abort() },
  );
  await expect(waiting).rejects.toThrow("aborted");
  await vi.waitFor(() => expect(answers).toMatchObject([{ code: "ABORTED" }]));
});
