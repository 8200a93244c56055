import type { ToolHandler } from "@syntha/tools";

type DecisionSchema = {
  type: "object";
  properties: Record<string, object>;
  required: string[];
  additionalProperties: false;
  [keyword: string]: unknown;
};

/** The tool by which a model hands in what it decided: one of the desk's own, beside the mesh's. */
export type DecisionTool = {
  name: string;
  description: string;
  /** JSON Schema of its arguments, as strict modes want it. */
  parameters: DecisionSchema;
  /** Takes the arguments as the model wrote them, and gives what to tell it. Never throws. */
  take: (args: unknown) => object;
};

/** What a model is given for one decision. */
type ModelTask = {
  system: string;
  prompt: string;
  /** The mesh as the model's agent sees it. */
  handler: ToolHandler;
  tool: DecisionTool;
  /** There is nothing more to ask: it has decided, or was wrong too often. */
  isOver: () => boolean;
  /** Messages that the model may answer. */
  mostTurns: number;
  signal: AbortSignal;
  /** For the SDK's requests. */
  fetch: typeof globalThis.fetch;
};

/** Lets a model work until it has decided or says that it is done. Gives the last that it said. */
export type ModelRun = (task: ModelTask) => Promise<string>;
