import type { ContextMesh } from "@syntha/core";
import { expect } from "vitest";
import {
  type ToolAnswer,
  type ToolCaller,
  type ToolFailure,
  ToolHandler,
  type ToolHandlerOptions,
  type ToolName,
  TOOLSETS,
} from "../src/index.ts";
import { defectOf } from "./answer-check.ts";

/** A handler with every tool. */
export function fullHandler<const P extends string = "">(
  mesh: Pick<ContextMesh, "agent">,
  name: string,
  options: ToolHandlerOptions<P> = {},
): ToolHandler<P> {
  return new ToolHandler(mesh.agent(name), { role: "admin", toolsets: TOOLSETS, ...options });
}

type Result<N extends ToolName> = Exclude<ToolAnswer<N>, ToolFailure>;

/** Calls a tool with any arguments. Fails the test if the call fails, or if its result is not as its output schema says. */
export async function resultOf<const N extends string>(
  handler: ToolCaller,
  tool: N,
  args?: unknown,
): Promise<Result<N extends ToolName ? N : ToolName>> {
  const answer = await handler.handleToolCall(tool as string, args);
  if (!answer.success) throw new Error(JSON.stringify(answer));
  const defect = defectOf(handler.outputSchema(tool), answer);
  if (defect !== undefined) throw new Error(`${tool}: ${defect}: ${JSON.stringify(answer)}`);
  return answer as never;
}

/** Calls a tool with any name and arguments. Fails the test if the call succeeds. */
export async function failureOf(
  handler: ToolCaller,
  tool: unknown,
  args?: unknown,
): Promise<ToolFailure> {
  const answer = await handler.handleToolCall(tool as string, args);
  if (answer.success) throw new Error(`The call succeeded: ${JSON.stringify(answer)}`);
  return answer;
}

export function bytesOf(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).length;
}

/** The code of a call that fails. */
export async function codeOf(handler: ToolCaller, tool: unknown, args?: unknown): Promise<string> {
  return (await failureOf(handler, tool, args)).code;
}

/** Every page of a tool's results, each within a size. */
export async function pagesOf<const N extends ToolName>(
  handler: ToolCaller,
  tool: N,
  args: object,
  maxBytes: number,
): Promise<Result<N>[]> {
  const pages: Result<N>[] = [];
  for (let page: unknown = null; page !== null || pages.length === 0;) {
    const result = await resultOf(handler, tool, { ...args, page });
    expect(bytesOf(result)).toBeLessThanOrEqual(maxBytes);
    pages.push(result as never);
    page = (result as { next_page: unknown }).next_page;
  }
  return pages;
}
