import { ContextMesh, MemoryStorage } from "@syntha/core";
import { ToolHandler, TOOLSETS } from "@syntha/tools";
import type { ImpreciseCall } from "./imprecise-call.ts";

/** The mesh of an imprecise call: items of other agents and of the caller, tasks and an event. */
export interface Fixture {
  readonly mesh: ContextMesh;
  readonly handler: ToolHandler;
  /** The token of `task:held`, which the caller has claimed. */
  readonly token: string;
}

/** With a fixed clock, so that equal calls get equal answers. */
export async function createFixture(): Promise<Fixture> {
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
  await worker.push("failed", "count", { global: true });
  const failing = await worker.claim({ key: "failed" });
  await failing?.release({ maxAttempts: 1 });
  const handler = new ToolHandler(worker, { role: "admin", toolsets: TOOLSETS });
  return { mesh, handler, token: lease.token };
}

export function argumentsOf(args: ImpreciseCall["args"], { token }: Fixture): unknown {
  return typeof args === "function" ? (args as (token: string) => object)(token) : args;
}

/** The answer to the intended call, in a new fixture. */
export async function intendedAnswer({ tool, means = {} }: ImpreciseCall): Promise<unknown> {
  const right = await createFixture();
  const answer = await right.handler.handleToolCall(tool as string, argumentsOf(means, right));
  await right.mesh.close();
  return withoutRandomIds(answer);
}

/** Tokens, cursors and event ids contain random parts. */
export function withoutRandomIds(answer: object): unknown {
  const random = new Set(["token", "cursor", "id"]);
  return JSON.parse(
    JSON.stringify(answer, (name, value: unknown) => (random.has(name) ? "random" : value)),
  );
}
