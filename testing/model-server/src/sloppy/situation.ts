import { ContextMesh, MemoryStorage } from "@syntha/core";
import { ToolHandler, TOOLSETS } from "@syntha/tools";
import type { SloppyCall } from "./sloppy-call.ts";

/** What a sloppy call meets: other agents' items, one of its own, tasks, an event. */
export interface Situation {
  readonly mesh: ContextMesh;
  readonly handler: ToolHandler;
  /** Of `task:held`, which the caller has claimed. */
  readonly token: string;
}

/** Time stands still there, so that the same calls are answered alike. */
export async function situation(): Promise<Situation> {
  const clock = () => Date.UTC(2026, 0, 1);
  const mesh = new ContextMesh({ storage: new MemoryStorage({ clock }) });
  const [worker, intake] = [mesh.agent("Worker"), mesh.agent("Intake")];
  await worker.subscribe(["support", "work"]);
  await intake.push("inquiry", { customer: "BigCo" }, { global: true });
  await intake.push("ticket:1", "help", { topics: ["support"] });
  await intake.push("task:held", "count", { global: true });
  await intake.push("task:1", "count", { topics: ["work"] });
  await worker.push("own", "1", { subscribers: ["Boss"] });
  await intake.publish("order_created", { order: 7 }, { topics: ["support"] });
  const lease = await worker.claim({ key: "task:held" });
  if (lease === undefined) throw new Error("There is nothing to claim.");
  const handler = new ToolHandler(worker, { role: "admin", toolsets: TOOLSETS });
  return { mesh, handler, token: lease.token };
}

export function argumentsOf(args: SloppyCall["args"], { token }: Situation): unknown {
  return typeof args === "function" ? (args as (token: string) => object)(token) : args;
}

/** What the call's right form is answered, in a situation of its own. */
export async function answerTo({ tool, means = {} }: SloppyCall): Promise<unknown> {
  const right = await situation();
  const answer = await right.handler.handleToolCall(tool as string, argumentsOf(means, right));
  await right.mesh.close();
  return withoutChance(answer);
}

/** Tokens, cursors and ids of events hold random marks. */
export function withoutChance(answer: object): unknown {
  const random = new Set(["token", "cursor", "id"]);
  return JSON.parse(
    JSON.stringify(answer, (name, value: unknown) => (random.has(name) ? "random" : value)),
  );
}
