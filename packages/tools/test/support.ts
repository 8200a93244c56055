import type { ContextMesh } from "@syntha/core";
import { type ToolFailure, ToolHandler, type ToolHandlerOptions, TOOLSETS } from "../src/index.ts";

type Mesh = Pick<ContextMesh, "agent">;

/** A handler with every tool. */
export function fullHandler<const P extends string = "">(
  mesh: Mesh,
  name: string,
  options: ToolHandlerOptions<P> = {},
): ToolHandler<P> {
  return new ToolHandler(mesh.agent(name), { role: "admin", toolsets: TOOLSETS, ...options });
}

/** The answer as a success, or the test fails with what the answer says. */
export async function must<A extends { success: boolean }>(
  answer: Promise<A>,
): Promise<Exclude<A, ToolFailure>> {
  const settled = await answer;
  if (!settled.success) throw new Error(JSON.stringify(settled));
  return settled as Exclude<A, ToolFailure>;
}

/** The answer as a failure, or the test fails. */
export async function failed(answer: Promise<{ success: boolean }>): Promise<ToolFailure> {
  const settled = await answer;
  if (settled.success) throw new Error(`It succeeded: ${JSON.stringify(settled)}`);
  return settled as ToolFailure;
}

export function bytesOf(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).length;
}
