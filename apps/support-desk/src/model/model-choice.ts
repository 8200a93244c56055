import { UsageError } from "../command/usage-error.ts";

const providers = ["openai", "anthropic"] as const;
export type Provider = (typeof providers)[number];

/** What carries the calls: the vendor's own SDK, or a framework over it. */
const carriers = ["sdk", "responses", "run-tools", "agents", "langchain", "ai-sdk"] as const;
export type Carrier = (typeof carriers)[number];

/** How a model comes to know the item that it decides on: it reads it by a tool, or finds it in its prompt. */
const contextWays = ["tools", "prompt"] as const;
export type ContextWay = (typeof contextWays)[number];

/** Which model decides, and how it is asked. Plain data: workers get it from the desk. Keys are not in it. */
export type ModelChoice = {
  provider: Provider;
  /** As the vendor calls it. */
  name: string;
  through: Carrier;
  /** Undefined: the vendor's own. */
  baseUrl: string | undefined;
  context: ContextWay;
  /** Answers come piece by piece. */
  stream: boolean;
  /** Decisions that one process asks for at the same time. */
  parallel: number;
  /** Who decides where the model comes to no decision; undefined: nobody. */
  fallback: "rules" | undefined;
  /** A file in which all that is asked and told is taken down. */
  transcript: string | undefined;
};

const onlyOpenai: readonly Carrier[] = ["responses", "agents", "langchain"];

/** @throws UsageError for a name without a provider that we know */
export function parseModel(given: string): Pick<ModelChoice, "provider" | "name"> {
  const colon = given.indexOf(":");
  const provider = providers.find((known) => known === given.slice(0, colon));
  const name = given.slice(colon + 1);
  if (provider !== undefined && name.trim() !== "") return { provider, name };
  throw new UsageError(
    `--model names a provider and its model, such as openai:gpt-5-mini or anthropic:claude-sonnet-4-5, not "${given}". Any server that speaks OpenAI's protocol is openai:NAME with --base-url`,
  );
}

/** @throws UsageError for words that we don't know, and where a framework does not carry a vendor's models here */
export function parseCarrier(given: string, provider: Provider): Carrier {
  const carrier = carriers.find((known) => known === given);
  if (carrier === undefined)
    throw new UsageError(`--through is ${carriers.join(", ")}, not "${given}"`);
  if (provider === "openai" || !onlyOpenai.includes(carrier)) return carrier;
  const others = carriers.filter((each) => !onlyOpenai.includes(each));
  throw new UsageError(
    `--through ${carrier} carries models of openai here; for anthropic choose ${others.join(", ")}`,
  );
}

/** @throws UsageError */
export function parseContext(given: string): ContextWay {
  const way = contextWays.find((known) => known === given);
  if (way !== undefined) return way;
  throw new UsageError(`--context is ${contextWays.join(" or ")}, not "${given}"`);
}

/** For people. */
export function spellModel({ provider, name, through, stream }: ModelChoice): string {
  return `${provider}:${name} through ${carrierName(provider, through)}${stream ? ", streamed" : ""}`;
}

function carrierName(provider: Provider, through: Carrier): string {
  const ofAnthropic = provider === "anthropic";
  const names: Record<Carrier, string> = {
    sdk: ofAnthropic ? "Anthropic's Messages" : "OpenAI's Chat Completions",
    responses: "OpenAI's Responses",
    "run-tools": ofAnthropic ? "Anthropic's tool runner" : "OpenAI's runTools",
    agents: "OpenAI Agents",
    langchain: "LangChain",
    "ai-sdk": "the AI SDK",
  };
  return names[through];
}
