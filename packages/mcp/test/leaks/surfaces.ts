import type { Random } from "@syntha/testing-random";
import type { Reader } from "./reader.ts";

/** What the reads choose from: names of both tenants, most of which the reader may not know. */
export interface Targets {
  readonly keys: readonly string[];
  readonly topics: readonly string[];
  readonly agents: readonly string[];
  /** Delegated tasks. */
  readonly tasks: readonly string[];
  /** Cursors, page tokens and tokens of claims from answers to any agent. */
  readonly opaque: readonly string[];
}

/** A way in which a client receives what others wrote. */
export interface Surface {
  readonly name: string;
  /** Whether the server offers it to this client. */
  isServed(reader: Reader): boolean;
  read(reader: Reader, targets: Targets, random: Random): Promise<unknown>;
}

const tool = (
  name: string,
  args: (targets: Targets, random: Random) => Record<string, unknown>,
  isFeed = false,
): Surface => ({
  name,
  isServed: () => true,
  read: (reader, targets, random) => {
    if (isFeed) reader.readsFeed();
    return reader.callTool(name, args(targets, random));
  },
});

const sometimes = <T>(random: Random, value: () => T): T | null =>
  random.chance(0.5) ? value() : null;
const opaqueOf = ({ opaque }: Targets, random: Random): string | null =>
  opaque.length > 0 && random.chance(0.3) ? random.pick(opaque) : null;
/** The start of a name, as a user types it. */
const startOf = (name: string, random: Random): string => name.slice(0, random.below(name.length));

const tools: readonly Surface[] = [
  tool("list_context", (targets, random) => ({
    topic: sometimes(random, () => random.pick(targets.topics)),
    prefix: sometimes(random, () => startOf(random.pick(targets.keys), random)),
    by_topic: random.chance(0.3),
    page: opaqueOf(targets, random),
  })),
  tool("get_context", (targets, random) =>
    random.chance(0.6)
      ? { keys: Array.from({ length: 4 }, () => random.pick(targets.keys)) }
      : {
          prefix: sometimes(random, () => startOf(random.pick(targets.keys), random)),
          page: opaqueOf(targets, random),
        },
  ),
  // Misspelt keys, for which the nearest visible ones are offered.
  tool("get_context", ({ keys }, random) => ({ keys: [`${random.pick(keys).slice(0, -1)}_`] })),
  tool("discover_topics", (targets, random) => ({
    prefix: sometimes(random, () => startOf(random.pick(targets.topics), random)),
    include_subscriber_names: random.chance(0.5),
    page: opaqueOf(targets, random),
  })),
  tool("discover_agents", (targets, random) => ({
    prefix: sometimes(random, () => startOf(random.pick(targets.agents), random)),
    page: opaqueOf(targets, random),
  })),
  tool("read_events", (targets, random) => ({
    since: opaqueOf(targets, random),
    limit: random.between(1, 100),
  })),
  tool(
    "wait_for_changes",
    (targets, random) => ({
      since: opaqueOf(targets, random),
      topics: sometimes(random, () => [random.pick(targets.topics)]),
      keys: random.chance(0.2) ? [random.pick(targets.keys)] : null,
      timeout_seconds: 0.001,
    }),
    true,
  ),
];

const isServed = (reader: Reader): boolean =>
  reader.client.getServerCapabilities()?.resources !== undefined;

export const itemUri = (key: string): string => `syntha://item/${encodeURIComponent(key)}`;
export const topicUri = (topic: string): string => `syntha://topic/${encodeURIComponent(topic)}`;

/** Reads a resource, and what it refers to. */
const resource = (
  name: string,
  uri: (targets: Targets, random: Random) => string,
  isFeed = false,
): Surface => ({
  name,
  isServed,
  read: (reader, targets, random) => {
    if (isFeed) reader.readsFeed();
    return reader.request("resources/read", { uri: uri(targets, random) });
  },
});

const resources: readonly Surface[] = [
  {
    name: "resources/list",
    isServed,
    read: async (reader, targets, random) => {
      let cursor: unknown = opaqueOf(targets, random) ?? undefined;
      for (let pages = 0; pages < 3; pages++) {
        const listed = await reader.request(
          "resources/list",
          cursor === undefined ? {} : { cursor },
        );
        cursor = listed?.["nextCursor"];
        if (cursor === undefined) return;
      }
    },
  },
  {
    name: "resources/templates/list",
    isServed,
    read: (reader) => reader.request("resources/templates/list"),
  },
  resource("syntha://item/{key}", ({ keys }, random) => itemUri(random.pick(keys))),
  resource("syntha://topic/{topic}", ({ topics }, random) => topicUri(random.pick(topics))),
  resource("syntha://agents", () => "syntha://agents"),
  resource(
    "syntha://changes{?since}",
    (targets, random) => {
      const since = opaqueOf(targets, random);
      return since === null
        ? "syntha://changes"
        : `syntha://changes?since=${encodeURIComponent(since)}`;
    },
    true,
  ),
  ...(["key", "topic"] as const).map((name): Surface => ({
    name: `completion of ${name}`,
    isServed: (reader) => reader.client.getServerCapabilities()?.completions !== undefined,
    read: (reader, { keys, topics }, random) => {
      const kind = name === "key" ? "item" : "topic";
      const value = startOf(random.pick(name === "key" ? keys : topics), random);
      return reader.request("completion/complete", {
        ref: { type: "ref/resource", uri: `syntha://${kind}/{${name}}` },
        argument: { name, value },
      });
    },
  })),
];

interface ListedPrompt {
  readonly name: string;
  readonly arguments?: readonly { readonly name: string }[];
}

const prompts: readonly Surface[] = [
  {
    name: "prompts",
    isServed: (reader) => reader.client.getServerCapabilities()?.prompts !== undefined,
    read: async (reader, targets, random) => {
      const listed = await reader.request("prompts/list");
      const names = (listed?.["prompts"] ?? []) as readonly ListedPrompt[];
      if (names.length === 0) return;
      reader.readsFeed();
      const { name, arguments: parameters = [] } = random.pick(names);
      const args = parameters.flatMap((parameter) => {
        const value = argumentOf(parameter.name, targets, random);
        return value === null ? [] : [[parameter.name, value]];
      });
      await reader.request("prompts/get", { name, arguments: Object.fromEntries(args) });
      const { name: argument } = parameters[0] ?? {};
      if (argument !== undefined && reader.client.getServerCapabilities()?.completions)
        await reader.request("completion/complete", {
          ref: { type: "ref/prompt", name },
          argument: { name: argument, value: startOf(random.pick(targets.keys), random) },
        });
    },
  },
];

function argumentOf(name: string, targets: Targets, random: Random): string | null {
  if (/since|cursor/u.test(name)) return opaqueOf(targets, random);
  if (/topic/u.test(name)) return sometimes(random, () => random.pick(targets.topics));
  if (/agent|to|recipient/u.test(name)) return random.pick(targets.agents);
  return random.pick(targets.keys);
}

const tasks: Surface = {
  name: "tasks/get",
  isServed: (reader) => reader.delegates,
  read: async (reader, { tasks: delegated, keys }, random) => {
    // Of the agent's own tasks, it may learn what became of them.
    reader.readsFeed();
    const ids = [...delegated, ...keys.filter((key) => key.startsWith("task:"))];
    const taskId = random.pick(ids.length > 0 ? ids : keys);
    await reader.dispatch("tasks/get", { taskId });
  },
};

/** All of them. */
export const SURFACES: readonly Surface[] = [...tools, ...resources, ...prompts, tasks];
