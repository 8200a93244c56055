import { ContextMesh, MemoryStorage } from "@syntha/core";
import { ToolHandler, TOOLSETS } from "@syntha/tools";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Conversation } from "../conversation.ts";
import type { ModelServer } from "../model-server.ts";
import type { Turn } from "../play.ts";
import { playModel } from "../vitest.ts";
import { type Scenario, type Told, toCall } from "./scenario.ts";
import { SCENARIOS } from "./scenarios.ts";

/** What an adapter is given to let a model act. */
export interface Stage {
  readonly handler: ToolHandler;
  /** What the user asks the model. */
  readonly prompt: string;
  /** Base URLs of the server that plays the model; any key will do. */
  readonly server: ModelServer;
}

/** A tool of the user's own, to be offered beside the mesh's in the framework's own manner. */
export const PRICE_OF = {
  name: "price_of",
  description: "The price of an item in euros.",
  parameters: {
    type: "object",
    properties: { item: { type: "string" } },
    required: ["item"],
    additionalProperties: false,
  },
  run: ({ item }: { item: string }) => ({ item, price: 42 }),
} as const;

export interface AdapterContractOptions {
  /**
   * Scenarios that the framework itself does not let through as they are: what the model's last words or the error
   * must match instead. Each is a limit of the framework's that the adapter's README tells.
   */
  readonly otherwise?: Readonly<Record<string, RegExp>>;
}

/**
 * Registers a test for each row of the table of calls: a model makes the calls through the adapter, and must be told
 * exactly what the handler itself answers.
 *
 * @param perform lets the model act until it is done, and gives its last words
 */
export function adapterContract(
  name: string,
  perform: (stage: Stage) => Promise<string>,
  { otherwise = {} }: AdapterContractOptions = {},
): void {
  describe(`the table of calls through ${name}`, () => {
    const asStage = async (scenario: Scenario): Promise<Stage> => ({
      server: await playModel((conversation) => playScenario(scenario, conversation)),
      handler: handlerOn(await stageFor(scenario)),
      prompt: scenario.it,
    });

    it.for(SCENARIOS.filter((scenario) => !(scenario.it in otherwise)))("$it", async (scenario) => {
      const told = JSON.parse(await perform(await asStage(scenario))) as Told[];
      expect(told).toMatchObject(scenario.answers);
      expect(withoutChance(told)).toEqual(withoutChance(await answersOf(scenario)));
    });

    it.for(SCENARIOS.filter((scenario) => scenario.it in otherwise))(
      "$it, as the framework itself does",
      async (scenario) => {
        const end = await perform(await asStage(scenario)).catch(String);
        expect(end).toMatch(otherwise[scenario.it] as RegExp);
      },
    );
  });
}

/** The scenario's next calls, made from the results in the request; in the end all results, as one JSON text. */
function playScenario(scenario: Scenario, conversation: Conversation): Turn {
  if (!conversation.asked.includes(scenario.it))
    throw new Error(`The model was not asked, but told: ${conversation.asked}`);
  const told = conversation.results.map(read);
  const turn = scenario.turns[conversation.turns.length];
  if (turn === undefined) return { text: JSON.stringify(told) };
  return { calls: turn.map((step) => toCall(step, told)) };
}

/** A framework's own words may be no JSON: they are told as they are. */
function read(result: string): Told {
  try {
    return JSON.parse(result);
  } catch {
    return result;
  }
}

/** What the handler answers without any framework, in a mesh of its own. */
async function answersOf(scenario: Scenario): Promise<Told[]> {
  const handler = handlerOn(await stageFor(scenario));
  const told: Told[] = [];
  for (const turn of scenario.turns) {
    const calls = turn.map((step) => toCall(step, told));
    for (const { name, arguments: args } of calls) {
      const isOwn = name === PRICE_OF.name;
      told.push(
        isOwn ? PRICE_OF.run(args as { item: string }) : await handler.handleToolCall(name, args),
      );
    }
  }
  return told;
}

/** Time stands still there, so that the same calls are answered alike. */
async function stageFor({ prepare }: Scenario): Promise<ContextMesh> {
  const clock = () => Date.UTC(2026, 0, 1);
  const mesh = new ContextMesh({ storage: new MemoryStorage({ clock }) });
  onTestFinished(() => mesh.close());
  await prepare?.(mesh);
  return mesh;
}

function handlerOn(mesh: ContextMesh): ToolHandler {
  return new ToolHandler(mesh.agent("Worker"), { role: "admin", toolsets: TOOLSETS });
}

/** Tokens, cursors and ids of events hold random marks. */
function withoutChance(told: readonly Told[]): unknown {
  const random = new Set(["token", "cursor", "id"]);
  return JSON.parse(
    JSON.stringify(told, (key, value) => (random.has(key) && value !== null ? "random" : value)),
  );
}
