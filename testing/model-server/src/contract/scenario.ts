import type { ContextMesh } from "@syntha/core";
import type { ToolName } from "@syntha/tools";
import type { ScriptedCall } from "../play.ts";

/** The JSON answer to a call. */
// oxlint-disable-next-line typescript/no-explicit-any -- answers have any shape
export type Answer = any;

/** A call of the model: a tool's name, and its arguments or a function of earlier answers. */
export interface Step {
  name: ToolName | (string & {});
  arguments: object | string | ((answers: readonly Answer[]) => object);
}

/** The turns of a model, each with one or several calls, and the expected answers. */
export interface Scenario {
  it: string;
  /** Whether its outcome depends on how a model is run, and not only on the tools that it is given. */
  inVariants?: true;
  /** The earlier writes of other agents. */
  prepare?: (mesh: ContextMesh) => Promise<unknown>;
  turns: readonly (readonly Step[])[];
  /** Parts of the expected answers, in the order of the calls. */
  answers: readonly object[];
}

export const call = (name: Step["name"], args: Step["arguments"] = {}): Step => ({
  name,
  arguments: args,
});

/** The call of a step, given the earlier answers. */
export function toCall(step: Step, answers: readonly Answer[]): ScriptedCall {
  const { name, arguments: args } = step;
  return { name, arguments: typeof args === "function" ? args(answers) : args };
}
