import { ContextMesh, MemoryStorage } from "@syntha/core";
import { ToolHandler, TOOLSETS } from "@syntha/tools";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { ModelServer } from "../model-server.ts";
import type { Play } from "../play.ts";
import { type Scenario, type Answer, toCall } from "./scenario.ts";
import { SCENARIOS } from "./scenarios.ts";

/** What an adapter needs to run a model. */
export interface AdapterRun {
  readonly handler: ToolHandler;
  /** The user message. */
  readonly prompt: string;
  /** Base URLs of the model server, which accepts any API key. */
  readonly server: ModelServer;
}

/** A custom tool, to be offered in the framework's format together with those of the mesh. */
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
   * Scenarios that the framework itself prevents: what the model's final text or the error must match instead. The adapter's
   * README documents each of these limits.
   */
  readonly otherwise?: Readonly<Record<string, RegExp>>;
  /**
   * Whether another contract has the same tools and differs only in how it runs the model. The short run performs the
   * scenarios in which that matters.
   */
  readonly isVariant?: boolean;
}

const isFull = process.env["SYNTHA_TESTS"] === "full";

/**
 * Registers a test for each scenario: a model makes the calls through the adapter, and must receive exactly the answers of
 * the handler.
 *
 * @param perform runs the model to its end and returns its final text
 */
export function adapterContract(
  name: string,
  perform: (stage: AdapterRun) => Promise<string>,
  { otherwise = {}, isVariant = false }: AdapterContractOptions = {},
): void {
  describe(`scenarios through ${name}`, () => {
    let server: ModelServer;
    beforeAll(async () => {
      server = await ModelServer.start(playScenario);
    });
    afterAll(() => server.close());

    const asStage = async (scenario: Scenario): Promise<AdapterRun> => ({
      server,
      handler: handlerOn(await stageFor(scenario)),
      prompt: scenario.it,
    });
    const scenarios = SCENARIOS.filter((scenario) => isFull || !isVariant || scenario.inVariants);

    it.for(scenarios.filter((scenario) => !(scenario.it in otherwise)))("$it", async (scenario) => {
      const answers = JSON.parse(await perform(await asStage(scenario))) as Answer[];
      expect(answers).toMatchObject(scenario.answers);
      expect(withoutRandomIds(answers)).toEqual(withoutRandomIds(await answersOf(scenario)));
    });

    it.for(scenarios.filter((scenario) => scenario.it in otherwise))(
      "$it, as the framework itself does",
      async (scenario) => {
        const end = await perform(await asStage(scenario)).catch(String);
        expect(end).toMatch(otherwise[scenario.it] as RegExp);
      },
    );
  });
}

/** The next calls of the scenario that the user asks for, derived from the results in the request; at the end all results as JSON. */
const playScenario: Play = ({ asked, results, turns }) => {
  const scenario = SCENARIOS.find((each) => asked.includes(each.it));
  if (scenario === undefined) throw new Error(`The user message is missing; received: ${asked}`);
  const answers = results.map(read);
  const turn = scenario.turns[turns.length];
  if (turn === undefined) return { text: JSON.stringify(answers) };
  return { calls: turn.map((step) => toCall(step, answers)) };
};

/** A framework's own message may not be JSON: it is returned unchanged. */
function read(result: string): Answer {
  try {
    return JSON.parse(result);
  } catch {
    return result;
  }
}

/** The answers of the handler without a framework, in a separate mesh. */
async function answersOf(scenario: Scenario): Promise<Answer[]> {
  const handler = handlerOn(await stageFor(scenario));
  const answers: Answer[] = [];
  for (const turn of scenario.turns) {
    const calls = turn.map((step) => toCall(step, answers));
    for (const { name, arguments: args } of calls) {
      const isOwn = name === PRICE_OF.name;
      answers.push(
        isOwn ? PRICE_OF.run(args as { item: string }) : await handler.handleToolCall(name, args),
      );
    }
  }
  return answers;
}

/** With a fixed clock, so that equal calls get equal answers. */
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

/** Tokens, cursors and event ids contain random parts. */
function withoutRandomIds(answers: readonly Answer[]): unknown {
  const random = new Set(["token", "cursor", "id"]);
  return JSON.parse(
    JSON.stringify(answers, (key, value) => (random.has(key) && value !== null ? "random" : value)),
  );
}
