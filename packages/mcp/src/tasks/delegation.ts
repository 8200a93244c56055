import { type AgentContext, type JsonValue, SynthaError } from "@syntha/core";
import { describe, nearest } from "@syntha/core/storage";

/** The arguments of `delegate_task`, after their checks. */
export interface Delegation {
  readonly agent: string | undefined;
  readonly topics: readonly string[] | undefined;
  readonly message: JsonValue;
  readonly priority: number | undefined;
}

type Arguments = Readonly<Record<string, unknown>>;

const NAMES = ["agent", "topics", "message", "priority"];
/** May separate topics that a model wrote as one text. */
const SEPARATOR = /[,;\n]/;
const WHOLE_NUMBER = /^\s*[+-]?\d{1,3}\s*$/;

/**
 * Reads what the model meant where that is unambiguous, as all tools do: `null`, `""` and `[]` for what is not given, `"3"`
 * for a number, `"work"` or `'["work"]'` for a list.
 * @throws INVALID_ARGUMENTS
 */
export function readDelegation(self: AgentContext, args: Arguments): Delegation {
  for (const name of Object.keys(args)) if (!NAMES.includes(name)) throw unknownArgument(name);
  const message = given(args["message"]);
  const agent = readAgent(self, given(args["agent"]));
  const topics = readTopics(given(args["topics"]));
  const priority = readPriority(given(args["priority"]));
  if (message === undefined)
    throw invalid("message", "`message` is missing.", "Say what to do, with all that is needed.");
  if (agent === undefined && topics === undefined)
    throw invalid(
      "agent",
      "`agent` and `topics` are missing.",
      "Pass `agent` with a name, or `topics` from which any agent may claim it.",
    );
  return { agent, topics, message: message as JsonValue, priority };
}

function given(argument: unknown): unknown {
  const isEmpty =
    argument === null || argument === "" || (Array.isArray(argument) && argument.length === 0);
  return isEmpty ? undefined : argument;
}

function readAgent(self: AgentContext, argument: unknown): string | undefined {
  const agent = Array.isArray(argument) && argument.length === 1 ? argument[0] : argument;
  if (agent === undefined) return undefined;
  if (typeof agent !== "string")
    throw invalid("agent", `\`agent\` is ${describe(agent)}.`, "Pass the name of one agent.");
  if (agent !== self.name) return agent;
  throw invalid(
    "agent",
    "An agent can't delegate to itself.",
    `You are ${JSON.stringify(agent)}: name another agent, or topics.`,
  );
}

function readTopics(argument: unknown): readonly string[] | undefined {
  if (argument === undefined) return undefined;
  const topics = typeof argument === "string" ? toList(argument) : argument;
  if (Array.isArray(topics) && topics.every((topic) => typeof topic === "string"))
    return topics as readonly string[];
  const hint = "Pass a list of names, each as text.";
  throw invalid("topics", `\`topics\` is ${describe(argument)}.`, hint);
}

function toList(text: string): unknown {
  if (text.trimStart().startsWith("["))
    try {
      return JSON.parse(text) as unknown;
    } catch {
      return text;
    }
  if (!SEPARATOR.test(text)) return [text];
  const names = text.split(SEPARATOR).map((name) => name.trim());
  const hint = `Pass ${JSON.stringify(names)} if these are several, else ${JSON.stringify([text])}.`;
  throw invalid("topics", "`topics` is one text that may name several.", hint);
}

/** The mesh checks its bounds. */
function readPriority(argument: unknown): number | undefined {
  if (argument === undefined) return undefined;
  const priority =
    typeof argument === "string" && WHOLE_NUMBER.test(argument) ? Number(argument) : argument;
  if (typeof priority === "number") return priority;
  const hint = "Pass a whole number from -10 to 10, or leave it out.";
  throw invalid("priority", `\`priority\` is ${describe(argument)}.`, hint);
}

function unknownArgument(name: string): SynthaError {
  const [near] = nearest(name, NAMES, 1);
  const hint = near === undefined ? `Its arguments are ${NAMES.join(", ")}.` : `Use \`${near}\`.`;
  return invalid(name, `delegate_task has no argument ${JSON.stringify(name.slice(0, 60))}.`, hint);
}

function invalid(path: string, message: string, hint: string): SynthaError {
  return new SynthaError("INVALID_ARGUMENTS", message, { hint, details: { path } });
}
