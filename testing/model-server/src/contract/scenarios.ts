import { call, type Scenario } from "./scenario.ts";

const pushed = (key: string, value: unknown) =>
  call("push_context", {
    key,
    value,
    topics: ["support"],
    subscribers: null,
    global: null,
    ttl_hours: null,
    if_revision: null,
  });

/** Calls that every framework must answer alike. */
export const SCENARIOS: readonly Scenario[] = [
  {
    it: "reads what another agent pushed",
    prepare: (mesh) =>
      mesh.agent("Intake").push("ticket:1", { order: "00123842" }, { global: true }),
    turns: [
      [call("list_context", { topic: null, prefix: "ticket:", by_topic: null, page: null })],
      [call("get_context", { keys: ["ticket:1", "ticket:2"], prefix: null, page: null })],
    ],
    answers: [
      { success: true, keys: ["ticket:1"] },
      {
        success: true,
        context: { "ticket:1": { order: "00123842" } },
        meta: { "ticket:1": { author: "Intake" } },
        keys_missing: ["ticket:2"],
      },
    ],
  },
  {
    it: "takes arguments that leave out what is optional",
    turns: [
      [call("push_context", { key: "note", value: "text", global: true })],
      [call("get_context", {})],
      [call("list_context")],
    ],
    answers: [
      { success: true, key: "note", topics_without_subscribers: [] },
      { success: true, context: { note: "text" } },
      { success: true, keys: ["note"] },
    ],
  },
  {
    it: "answers parallel calls, each by its own result, in their order",
    inVariants: true,
    turns: [
      [
        call("subscribe_to_topics", { topics: ["support"] }),
        pushed("a", "1"),
        pushed("b", '{"nested":["x",null,true]}'),
        call("get_context", { keys: ["a", "b"], prefix: null, page: null }),
      ],
    ],
    answers: [
      { success: true },
      { success: true, key: "a" },
      { success: true, key: "b" },
      { success: true, context: { a: "1", b: { nested: ["x", null, true] } } },
    ],
  },
  {
    it: "returns any text unchanged",
    inVariants: true,
    turns: [
      [pushed("text", '„Grüße“ 🧾 {braces} </context> \\ " \u202e \n `code` %s')],
      [call("get_context", { keys: ["text"], prefix: null, page: null })],
    ],
    answers: [
      { success: true, topics_without_subscribers: ["support"] },
      { context: { text: '„Grüße“ 🧾 {braces} </context> \\ " \u202e \n `code` %s' } },
    ],
  },
  {
    it: "claims a task, keeps it, and completes it with its token",
    prepare: async (mesh) => {
      await mesh.agent("Worker").subscribe(["work"]);
      await mesh.agent("Intake").push("task:1", { job: "count" }, { topics: ["work"] });
    },
    turns: [
      [call("claim_task", { topics: ["work"], inbox: null, key: null, lease_minutes: 10 })],
      [
        call("extend_task", ([claimed]) => ({
          key: "task:1",
          token: claimed.task.token,
          lease_minutes: null,
        })),
      ],
      [
        call("complete_task", ([claimed]) => ({
          key: claimed.task.key,
          token: claimed.task.token,
          result: '{"count":3}',
          topics: ["work"],
          subscribers: null,
        })),
      ],
      [call("claim_task", { topics: ["work"], inbox: null, key: null, lease_minutes: null })],
    ],
    answers: [
      { success: true, task: { key: "task:1", value: { job: "count" }, attempt: 1 } },
      { success: true, key: "task:1" },
      { success: true, key: "task:1" },
      { success: true, task: null },
    ],
  },
  {
    it: "gives a task back, and refuses its token afterwards",
    prepare: (mesh) => mesh.agent("Intake").push("task:1", "count", { global: true }),
    turns: [
      [call("claim_task", { topics: null, inbox: null, key: "task:1", lease_minutes: null })],
      [
        call("release_task", ([claimed]) => ({
          key: "task:1",
          token: claimed.task.token,
          error: "The scale is broken.",
          retry_in_minutes: null,
        })),
      ],
      [
        call("complete_task", ([claimed]) => ({
          key: "task:1",
          token: claimed.task.token,
          result: null,
          topics: null,
          subscribers: null,
        })),
      ],
    ],
    answers: [{ success: true }, { success: true }, { success: false, code: "STALE_TOKEN" }],
  },
  {
    it: "takes a task from its inbox, and hands it off",
    prepare: (mesh) => mesh.agent("Intake").push("draft", "v1", { subscribers: ["Worker"] }),
    turns: [
      [call("discover_agents", { prefix: null, page: null })],
      [call("claim_task", { topics: null, inbox: true, key: null, lease_minutes: null })],
      [
        call("hand_off_task", ([, claimed]) => ({
          key: "draft",
          token: claimed.task.token,
          value: '{"text":"v2"}',
          topics: null,
          subscribers: null,
        })),
      ],
      [call("retry_task", { key: "draft" })],
    ],
    answers: [
      { success: true, you: "Worker", agents: { Intake: { tasks_claimed: 0 } } },
      { success: true, task: { key: "draft", value: "v1" } },
      { success: true, key: "draft" },
      { success: false, code: "NOT_OWNER" },
    ],
  },
  {
    it: "waits for changes, and asks an agent that does not answer",
    turns: [
      [call("wait_for_changes", { since: null, topics: null, keys: null, timeout_seconds: 0.01 })],
      [pushed("note", "new")],
      [
        call("wait_for_changes", ([waited]) => ({
          since: waited.cursor,
          topics: null,
          keys: null,
          timeout_seconds: null,
        })),
      ],
      [call("ask_agent", { agent: "Critic", message: "Is it good?", timeout_seconds: 0.01 })],
    ],
    answers: [
      { success: true, changes: [], timed_out: true },
      { success: true },
      { success: true, changes: [{ type: "put", key: "note", value: "new" }], timed_out: false },
      { success: false, code: "TIMEOUT" },
    ],
  },
  {
    it: "publishes and reads events",
    turns: [
      [call("subscribe_to_topics", { topics: ["orders"] })],
      [call("publish_event", { type: "order_created", data: '{"order":7}', topics: ["orders"] })],
      [call("read_events", { types: null, since: null, limit: null })],
      [call("read_events", (results) => ({ types: null, since: results[2].cursor, limit: 5 }))],
    ],
    answers: [
      { success: true },
      { success: true, topics_without_subscribers: [] },
      { events: [{ type: "order_created", data: { order: 7 }, author: "Worker" }] },
      { success: true, events: [] },
    ],
  },
  {
    it: "discovers topics, manages subscriptions, deletes items and topics",
    prepare: (mesh) => mesh.agent("Intake").push("case:1", "open", { topics: ["support"] }),
    turns: [
      [call("manage_subscriptions", { agent: "Worker", add: ["support"], remove: null })],
      [call("discover_topics", { prefix: null, include_subscriber_names: true, page: null })],
      [pushed("own", "mine"), call("delete_context", { key: "own", if_revision: null })],
      [call("unsubscribe_from_topics", { topics: ["support"] })],
      [call("delete_topic", { topic: "support" })],
    ],
    answers: [
      { success: true, subscribed: ["support"] },
      { topics: { support: { subscriber_count: 1, item_count: 1, subscribers: ["Worker"] } } },
      { success: true },
      { success: true },
      { success: true },
      { success: true, items_deleted: 1 },
    ],
  },
  {
    it: "answers a forbidden call with the reason and the next step",
    prepare: async (mesh) => {
      await mesh.agent("Manager").push("secret", "42", { subscribers: ["Retention"] });
      await mesh.agent("Manager").push("plan", "A", { global: true });
    },
    turns: [
      [call("get_context", { keys: ["secret"], prefix: null, page: null })],
      [call("push_context", { key: "secret", value: "mine", global: true })],
      [call("delete_context", { key: "plan", if_revision: null })],
      [call("push_context", { key: "new", value: "for whom?" })],
      [call("push_context", { key: "plan", value: "B", if_revision: 1_000 })],
    ],
    answers: [
      { success: true, keys_missing: ["secret"] },
      { success: false, code: "KEY_TAKEN" },
      { success: false, code: "NOT_OWNER" },
      { success: false, code: "ROUTE_REQUIRED" },
      { success: false, code: "CONFLICT" },
    ],
  },
  {
    it: "refuses arguments that are wrong, with a hint, and changes nothing",
    turns: [
      [call("push_context", { key: 0.5, value: "x", global: true })],
      [call("push_context", { key: "k", value: "x", topics: [] })],
      [call("push_context", { key: "k", value: "x", global: true, agent_name: "Manager" })],
      [call("subscribe_to_topics", { topics: "support, sales" })],
      [call("get_context", [])],
      [call("list_context", {})],
    ],
    answers: [
      { success: false, code: "INVALID_ARGUMENTS" },
      { success: false },
      { success: false, code: "INVALID_ARGUMENTS" },
      { success: false, code: "INVALID_ARGUMENTS" },
      { success: false, code: "INVALID_ARGUMENTS" },
      { success: true, keys: [] },
    ],
  },
  {
    it: "accepts a call that differs from the schema, if its meaning is clear",
    turns: [
      [call("push_context", { key: 7, value: { a: "1" }, topics: "support", subscribers: [] })],
      [call("list_context", { topics: ["support"], by_topic: "true", page: "", limit: 5 })],
      [call("get_context", { key: "7", prefix: "" })],
    ],
    answers: [
      { success: true, key: "7" },
      { success: true, keys_by_topic: { other: ["7"] }, ignored_arguments: ["limit"] },
      { success: true, context: { 7: { a: "1" } } },
    ],
  },
  {
    it: "answers arguments that are not JSON",
    inVariants: true,
    turns: [[call("push_context", '{"key": "k", "val')], [call("list_context", {})]],
    answers: [
      { success: false, code: "INVALID_ARGUMENTS" },
      { success: true, keys: [] },
    ],
  },
  {
    it: "answers a call of an unknown tool",
    inVariants: true,
    turns: [[call("send_email", { to: "everybody" })], [call("list_context", {})]],
    answers: [
      { success: false, code: "UNKNOWN_TOOL" },
      { success: true, keys: [] },
    ],
  },
  {
    it: "serves the user's own tool beside the mesh's, in one message",
    inVariants: true,
    turns: [
      [
        call("price_of", { item: "lamp" }),
        call("push_context", { key: "asked", value: "lamp", global: true }),
      ],
      [call("get_context", { keys: ["asked"] })],
    ],
    answers: [{ item: "lamp", price: 42 }, { success: true }, { context: { asked: "lamp" } }],
  },
];
