import { callsOf, read, refused, type ImpreciseCall } from "./imprecise-call.ts";

const held = (token: string) => ({ key: "task:held", token });

/** Imprecise calls of the tools for tasks, events and administration. */
export const WORK_CALLS: readonly ImpreciseCall[] = [
  ...callsOf("claim_task", {}, [
    read({ topics: ["work"], inbox: [], key: "" }, { topics: ["work"] }),
    read({ topic: "work", inbox: "false", key: null }, { topics: ["work"] }),
    read({ topics: "work" }, { topics: ["work"] }),
    read({ inbox: "true" }, { inbox: true }),
    read({ keys: ["task:1"], topics: [] }, { key: "task:1" }),
    read({ topics: ["work"], lease_minutes: "10" }, { topics: ["work"], lease_minutes: 10 }),
    read({ topics: ["work"], lease_minutes: "1h" }, { topics: ["work"], lease_minutes: 60 }),
    read({ topics: ["work"], lease_minutes: "null" }, { topics: ["work"] }),
    refused(
      { topics: ["work"], lease_minutes: 0 },
      "Write a number of minutes for `lease_minutes`, or null for 5, not 0.",
    ),
    refused(
      { topics: ["work"], key: "task:1" },
      'Pass key "task:1" alone for that task, or topics ["work"] without a key for the next one.',
    ),
    refused(
      {},
      "Add `topics` for the next task of topics, `inbox` true for those that name you, or `key` for one task.",
    ),
    read({ task_id: "task:1" }, { key: "task:1" }),
    refused(
      { topics: ["work"], timeout: 10 },
      "Did you mean `lease_minutes`? claim_task has: topics, inbox, key, lease_minutes.",
    ),
    refused({ topics: ["work"], agent: "Boss" }, "Leave out `agent`: every call acts as Worker."),
  ]),
  ...callsOf("extend_task", held, [
    read({ lease_minutes: "" }, {}),
    read({ leaseMinutes: "15" }, { lease_minutes: 15 }),
  ]),
  ...callsOf("complete_task", held, [
    read({ result: "done", topics: "support" }, { result: "done", topics: ["support"] }),
    read({ result: "done", topics: [], subscribers: [] }, { result: "done" }),
    read({ result: { found: [] } }, { result: '{"found":[]}' }),
    read({ result: [] }, { result: "[]" }),
    read({ result: "", topics: "" }, {}),
    refused(
      { topics: ["support"] },
      "Add a result, or set topics and subscribers to null to remove the task.",
    ),
    read({ output: "done" }, { result: "done" }),
  ]),
  ...callsOf("complete_task", {}, [
    refused({ key: "task:held", result: "done" }, "Add `token`: text."),
  ]),
  ...callsOf("release_task", held, [
    read({ retry_in_minutes: "5" }, { retry_in_minutes: 5 }),
    read({ retry_in_minutes: "30 min" }, { retry_in_minutes: 30 }),
    read({ retry_in_minutes: null, reason: "Too hard." }, { error: "Too hard." }),
    refused(
      { delay: 5 },
      "Did you mean `retry_in_minutes`? release_task has: key, token, error, retry_in_minutes.",
    ),
  ]),
  ...callsOf("hand_off_task", held, [
    read(
      { content: { text: "v2" }, topics: "support" },
      { value: '{"text":"v2"}', topics: ["support"] },
    ),
    refused({ topics: ["support"] }, "Add `value`: text or JSON."),
  ]),
  ...callsOf("retry_task", {}, [read({ task: "failed" }, { key: "failed" })]),
  ...callsOf("publish_event", {}, [
    read(
      { type: "done", data: { order: 7 }, topics: "support" },
      { type: "done", data: '{"order":7}', topics: ["support"] },
    ),
    refused(
      { type: "done", data: "x", topic: "support" },
      'Use `topics`: ["support"]. publish_event has: type, data, topics, subscribers, global.',
    ),
    read(
      { event: "done", payload: "x", topics: ["support"] },
      { type: "done", data: "x", topics: ["support"] },
    ),
    refused(
      { type: "done", data: "x", topics: [] },
      "Name its audience by topics, subscribers, or global true. discover_topics lists the topics.",
      "ROUTE_REQUIRED",
    ),
  ]),
  ...callsOf("read_events", {}, [
    read({ types: "order_created" }, { types: ["order_created"] }),
    read({ type: "order_created" }, { types: ["order_created"] }),
    read({ types: [], since: "", limit: "5" }, { limit: 5 }),
    read({ types: null, since: "None", limit: 5 }, { limit: 5 }),
    refused({ limit: "all" }, 'Write a whole number for `limit`, or null, not "all".'),
    refused({ limit: 500 }, "Write at most 100 for `limit`, or null."),
    refused({ limit: 0 }, "Write a whole number for `limit`, or null, not 0."),
  ]),
  ...callsOf("wait_for_changes", {}, [
    read(
      { since: "null", topic: "support", timeout_seconds: "0.01s" },
      { topics: ["support"], timeout_seconds: 0.01 },
    ),
    refused(
      { timeout: 30 },
      "Did you mean `timeout_seconds`? wait_for_changes has: since, topics, keys, timeout_seconds.",
    ),
  ]),
  ...callsOf("ask_agent", {}, [
    refused(
      { to: "Boss", message: "Why?" },
      "Did you mean `agent`? ask_agent has: agent, message, timeout_seconds.",
    ),
    refused({ agent: "Worker", question: "Why?" }, "Name another agent."),
  ]),
  ...callsOf("manage_subscriptions", {}, [
    read({ agent: "Boss", add: "support", remove: [] }, { agent: "Boss", add: ["support"] }),
    read({ agents: ["Boss"], add: '["support"]', remove: "" }, { agent: "Boss", add: ["support"] }),
    refused(
      { agent: "Boss", add: "support; work" },
      'Write `add` as ["support","work"], or as ["support; work"] if that is one name.',
    ),
    refused({ agent: "Boss" }, "Add `add`, `remove` or both, each a list of topics of Boss."),
    refused(
      { agent: "Boss", add: ["support"], remove: ["support"] },
      'Leave "support" out of `add` or of `remove`.',
    ),
    refused(
      { agent_name: "Boss", add: ["support"] },
      "Did you mean `agent`? manage_subscriptions has: agent, add, remove.",
    ),
  ]),
  ...callsOf("delete_topic", {}, [
    read({ topic: ["support"] }, { topic: "support" }),
    read({ topics: "support" }, { topic: "support" }),
  ]),
];
