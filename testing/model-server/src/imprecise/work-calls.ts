import { read, refused, type ImpreciseCall } from "./imprecise-call.ts";

const held = (more: object) => (token: string) => ({ key: "task:held", token, ...more });

/** Imprecise calls of the tools for tasks, events and administration. */
export const WORK_CALLS: readonly ImpreciseCall[] = [
  read("claim_task", { topic: "work", key: "" }, { topic: "work" }),
  read("claim_task", { topics: ["work"], key: null }, { topic: "work" }),
  read("claim_task", { topics: "work" }, { topic: "work" }),
  read("claim_task", { keys: ["task:1"], topic: [] }, { key: "task:1" }),
  read("claim_task", { topic: "work", lease_minutes: "10" }, { topic: "work", lease_minutes: 10 }),
  read("claim_task", { topic: "work", lease_minutes: "1h" }, { topic: "work", lease_minutes: 60 }),
  read("claim_task", { topic: "work", lease_minutes: "null" }, { topic: "work" }),
  refused(
    "claim_task",
    { topic: "work", lease_minutes: 0 },
    "Write a number of minutes for `lease_minutes`, or null for 5, not 0.",
  ),
  refused(
    "claim_task",
    { topic: "work", key: "task:1" },
    'Pass key "task:1" alone for that task, or topic "work" alone for the oldest of that topic.',
  ),
  refused("claim_task", {}, "Add `topic` for the oldest task of a topic, or `key` for one task."),
  read("claim_task", { task_id: "task:1" }, { key: "task:1" }),
  refused(
    "claim_task",
    { topic: "work", timeout: 10 },
    "Did you mean `lease_minutes`? claim_task has: topic, key, lease_minutes.",
  ),
  refused(
    "claim_task",
    { topic: "work", agent: "Boss" },
    "Leave out `agent`: every call acts as Worker.",
  ),

  read("extend_task", held({ lease_minutes: "" }), held({})),
  read("extend_task", held({ leaseMinutes: "15" }), held({ lease_minutes: 15 })),
  read(
    "complete_task",
    held({ result: "done", topics: "support" }),
    held({ result: "done", topics: ["support"] }),
  ),
  read(
    "complete_task",
    held({ result: "done", topics: [], subscribers: [] }),
    held({ result: "done" }),
  ),
  read("complete_task", held({ result: { found: [] } }), held({ result: '{"found":[]}' })),
  read("complete_task", held({ result: [] }), held({ result: "[]" })),
  read("complete_task", held({ result: "", topics: "" }), held({})),
  refused(
    "complete_task",
    held({ topics: ["support"] }),
    "Add a result, or set topics and subscribers to null to remove the task.",
  ),
  read("complete_task", held({ output: "done" }), held({ result: "done" })),
  refused("complete_task", { key: "task:held", result: "done" }, "Add `token`: text."),
  read("release_task", held({ retry_in_minutes: "5" }), held({ retry_in_minutes: 5 })),
  read("release_task", held({ retry_in_minutes: "30 min" }), held({ retry_in_minutes: 30 })),
  read("release_task", held({ retry_in_minutes: null, reason: "Too hard." }), held({}), ["reason"]),
  refused(
    "release_task",
    held({ delay: 5 }),
    "Did you mean `retry_in_minutes`? release_task has: key, token, retry_in_minutes.",
  ),

  read(
    "publish_event",
    { type: "done", data: { order: 7 }, topics: "support" },
    { type: "done", data: '{"order":7}', topics: ["support"] },
  ),
  refused(
    "publish_event",
    { type: "done", data: "x", topic: "support" },
    'Use `topics`: ["support"]. publish_event has: type, data, topics.',
  ),
  read(
    "publish_event",
    { event: "done", payload: "x", topics: ["support"] },
    { type: "done", data: "x", topics: ["support"] },
  ),
  refused(
    "publish_event",
    { type: "done", data: "x", topics: [] },
    "Name at least one entry in `topics`.",
  ),
  read("read_events", { types: "order_created" }, { types: ["order_created"] }),
  read("read_events", { type: "order_created" }, { types: ["order_created"] }),
  read("read_events", { types: [], since: "", limit: "5" }, { limit: 5 }),
  read("read_events", { types: null, since: "None", limit: 5 }, { limit: 5 }),
  refused(
    "read_events",
    { limit: "all" },
    'Write a whole number for `limit`, or null for 100, not "all".',
  ),
  refused("read_events", { limit: 500 }, "Write at most 100 for `limit`, or null for 100."),
  refused("read_events", { limit: 0 }, "Write a whole number for `limit`, or null for 100, not 0."),

  read(
    "manage_subscriptions",
    { agent: "Boss", add: "support", remove: [] },
    { agent: "Boss", add: ["support"] },
  ),
  read(
    "manage_subscriptions",
    { agents: ["Boss"], add: '["support"]', remove: "" },
    { agent: "Boss", add: ["support"] },
  ),
  refused(
    "manage_subscriptions",
    { agent: "Boss", add: "support; work" },
    'Write `add` as ["support","work"], or as ["support; work"] if that is one name.',
  ),
  refused(
    "manage_subscriptions",
    { agent: "Boss" },
    "Add `add`, `remove` or both, each a list of topics of Boss.",
  ),
  refused(
    "manage_subscriptions",
    { agent: "Boss", add: ["support"], remove: ["support"] },
    'Leave "support" out of `add` or of `remove`.',
  ),
  refused(
    "manage_subscriptions",
    { agent_name: "Boss", add: ["support"] },
    "Did you mean `agent`? manage_subscriptions has: agent, add, remove.",
  ),
  read("delete_topic", { topic: ["support"] }, { topic: "support" }),
  read("delete_topic", { topics: "support" }, { topic: "support" }),
];
