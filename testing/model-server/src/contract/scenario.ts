import type { ContextMesh } from "@syntha/core";
import type { ToolName } from "@syntha/tools";
import type { PlayedCall } from "../play.ts";

/** What came back for a call: whatever JSON it was. */
// oxlint-disable-next-line typescript/no-explicit-any -- a model reads what it finds
export type Told = any;

/** One call of the model: a tool's name and its arguments, made from what the calls before it were told. */
export interface Step {
  name: ToolName | (string & {});
  arguments: object | string | ((told: readonly Told[]) => object);
}

/** Turns of a model, each with one call or several in one message, and what must come back. */
export interface Scenario {
  it: string;
  /** What others have done before. */
  prepare?: (mesh: ContextMesh) => Promise<unknown>;
  turns: readonly (readonly Step[])[];
  /** Parts of the answers, in the order of the calls. */
  answers: readonly object[];
}

export const call = (name: Step["name"], args: Step["arguments"] = {}): Step => ({
  name,
  arguments: args,
});

/** The call that a step stands for, once what came before it is known. */
export function toCall(step: Step, told: readonly Told[]): PlayedCall {
  const { name, arguments: args } = step;
  return { name, arguments: typeof args === "function" ? args(told) : args };
}
