import { callsOf, read, refused, type ImpreciseCall } from "./imprecise-call.ts";

const NOTE = { key: "note", value: "text" };
const IS_NEW =
  '"note" is new: name its audience by topics, subscribers, or global true. discover_topics lists the topics.';
const HAS =
  "push_context has: key, value, topics, subscribers, global, ttl_hours, if_revision, priority, depends_on.";

/** Imprecise calls of the context tools. */
export const CONTEXT_CALLS: readonly ImpreciseCall[] = [
  ...callsOf("list_context", {}, [
    read({ topic: "", prefix: "", by_topic: "", page: "" }, {}),
    read({ topic: null, prefix: null, by_topic: null, page: null }, {}),
    read({ topic: [] }, {}),
    read({ topic: {} }, {}),
    read({ topic: ["support"] }, { topic: "support" }),
    read({ topics: ["support"] }, { topic: "support" }),
    read({ topics: "support" }, { topic: "support" }),
    read({ by_topic: "true" }, { by_topic: true }),
    read({ by_topic: "False" }, { by_topic: false }),
    read({ byTopic: true }, { by_topic: true }),
    read({ page: "null" }, {}),
    read({ page: "None", "by-topic": null }, {}),
    read({ limit: 10 }, {}, ["limit"]),
    read({ prefix: "ticket:", max_results: "5" }, { prefix: "ticket:" }, ["max_results"]),
    read({ reasoning: "I want to see what there is." }, {}, ["reasoning"]),
    read({ filter: null, sort: "", tags: [] }, {}),
    read("", {}),
    read(" \n", {}),
    read('```json\n{ "topic": "support" }\n```', { topic: "support" }),
    read({ arguments: { topic: "support" } }, { topic: "support" }),
    refused(
      { topic: ["support", "work"] },
      "Call it once for each entry of `topic`: it takes one at a time.",
    ),
    read({ by_topic: "yes" }, { by_topic: true }),
    refused({ by_topic: "maybe" }, 'Write true or false for `by_topic`, or null, not "maybe".'),
    refused({ agent_name: "Boss" }, "Leave out `agent_name`: every call acts as Worker."),
    refused({ tenant: null }, "Leave out `tenant`: every call acts as Worker."),
    refused(
      { query: "ticket" },
      "Did you mean `prefix`? list_context has: topic, prefix, by_topic, page.",
    ),
    refused(
      "null",
      "Write an object with the arguments of list_context: topic, prefix, by_topic, page.",
    ),
  ]),
  ...callsOf("get_context", {}, [
    read({ key: "inquiry" }, { keys: ["inquiry"] }),
    read({ keys: "inquiry" }, { keys: ["inquiry"] }),
    read({ keys: '["inquiry"]' }, { keys: ["inquiry"] }),
    read({ keys: '"inquiry"' }, { keys: ["inquiry"] }),
    read({ keys: ["inquiry", "", null], prefix: "" }, { keys: ["inquiry"] }),
    read({ keys: [], prefix: "ticket:" }, { prefix: "ticket:" }),
    read({ keys: [""], prefix: null }, {}),
    read({ keys: "", page: "" }, {}),
    read({ keys: 42 }, { keys: ["42"] }),
    read({ Keys: ["inquiry"], thought: "Read it." }, { keys: ["inquiry"] }, ["thought"]),
    read('"{\\"keys\\":[\\"inquiry\\"]}"', { keys: ["inquiry"] }),
    read({ input: { keys: "inquiry" } }, { keys: ["inquiry"] }),
    refused(
      { keys: "inquiry, ticket:1" },
      'Write `keys` as ["inquiry","ticket:1"], or as ["inquiry, ticket:1"] if that is one name.',
    ),
    read({ keys: [{ key: "inquiry" }] }, { keys: ["inquiry"] }),
    read({ names: ["inquiry"] }, { keys: ["inquiry"] }),
    refused(
      { keys: [{ key: "inquiry", topic: "support" }] },
      "Write each entry of `keys` as text.",
    ),
    refused(
      { keys: ["inquiry"], prefix: "ticket:" },
      'Set prefix to null to read ["inquiry"], or keys to null to read all that start with "ticket:".',
    ),
    refused(
      '{"keys": ["inquiry',
      'It ends too early, after "{\\"keys\\": [\\"inquiry": write the whole object again.',
    ),
    refused("{'keys': ['inquiry']}", "Write names and text in double quotes."),
    refused('{"keys": ["a"],}', "Remove the comma before the closing bracket."),
    refused('{"keys": None}', "Write null, true and false."),
    refused('keys=["inquiry"]', "Write the arguments as one JSON object, and nothing around it."),
    refused(
      '{"keys": ["inquiry"]} reads the inquiry',
      "Write the arguments as one JSON object, and nothing around it.",
    ),
  ]),
  ...callsOf("push_context", NOTE, [
    read({ topics: "support" }, { topics: ["support"] }),
    read({ topics: '["support"]' }, { topics: ["support"] }),
    read({ topics: ["support"], subscribers: [] }, { topics: ["support"] }),
    read({ topics: "", subscribers: "Boss", global: "" }, { subscribers: ["Boss"] }),
    read({ topics: ["support", ""], subscribers: [null] }, { topics: ["support"] }),
    read({ global: "true" }, { global: true }),
    read({ global: "True", topics: [] }, { global: true }),
    read({ topics: ["support"], global: false }, { topics: ["support"] }),
    read({ subscribers: ["Boss"], global: "false" }, { subscribers: ["Boss"] }),
    refused({ topics: [], subscribers: [] }, IS_NEW, "ROUTE_REQUIRED"),
    refused({ global: false }, IS_NEW, "ROUTE_REQUIRED"),
    refused(
      { topics: "support, work" },
      'Write `topics` as ["support","work"], or as ["support, work"] if that is one name.',
    ),
    read({ topics: [{ name: "support" }] }, { topics: ["support"] }),
    refused({ topic: "support" }, `Use \`topics\`: ["support"]. ${HAS}`),
    refused({ recipients: "Boss" }, `Use \`subscribers\`: ["Boss"]. ${HAS}`),
    refused({ global: "team" }, 'Write true or false for `global`, or null, not "team".'),
    refused({ content: "other", global: true }, `Did you mean \`value\`? ${HAS}`),
  ]),
  ...callsOf("push_context", { ...NOTE, global: true }, [
    read({ ttl_hours: "24" }, { ttl_hours: 24 }),
    read({ ttl_hours: "24h" }, { ttl_hours: 24 }),
    read({ ttl_hours: "2 days" }, { ttl_hours: 48 }),
    read({ ttl_hours: "" }, {}),
    read({ ttl_hours: "none" }, {}),
    read({ if_revision: "0" }, { if_revision: 0 }),
    read({ if_revision: "" }, {}),
    read({ ifRevision: 0, TTLHours: 1 }, { if_revision: 0, ttl_hours: 1 }),
    read({ metadata: null }, {}),
    read({ explanation: "So that all know." }, {}, ["explanation"]),
    refused(
      { topics: ["support"] },
      "To share with all agents, omit topics and subscribers; otherwise omit global.",
      "INVALID_ROUTE",
    ),
    refused({ author: "Boss" }, "Leave out `author`: every call acts as Worker."),
    refused(
      { ttl_hours: 0 },
      "Write a number of hours for `ttl_hours`, or null for no expiry, not 0.",
    ),
    refused(
      { ttl_hours: -1 },
      "Write a number of hours for `ttl_hours`, or null for no expiry, not -1.",
    ),
    refused(
      { ttl_hours: "tomorrow" },
      'Write a number of hours for `ttl_hours`, or null for no expiry, not "tomorrow".',
    ),
    refused(
      { if_revision: "latest" },
      'Write a whole number for `if_revision`, or null, not "latest".',
    ),
    refused({ ttl: 24 }, `Did you mean \`ttl_hours\`? ${HAS}`),
  ]),
  ...callsOf("push_context", {}, [
    read({ key: 42, value: "x", global: true }, { key: "42", value: "x", global: true }),
    read(
      { key: "note", value: { a: [1] }, global: true },
      { key: "note", value: '{"a":[1]}', global: true },
    ),
    read({ key: "own", value: "2", topics: [], subscribers: [] }, { key: "own", value: "2" }),
    read({ key: "own", value: "2", global: false }, { key: "own", value: "2" }),
    read({ key: "note", content: "text", global: true }, { ...NOTE, global: true }),
    read({ name: "note", text: "text", global: true }, { ...NOTE, global: true }),
    refused({ key: "note", global: true }, "Add `value`: text or JSON."),
  ]),
  ...callsOf("edit_context", { key: "own" }, [
    refused({ merge: "text" }, 'Write the fields to set: {"tier":"gold"}.'),
    refused({ merge: "", append: "" }, "Add one of them."),
    refused({ append: "x", increment: "1" }, "Call it once for each of them."),
  ]),
  ...callsOf("edit_context", { key: "inquiry" }, [
    read({ merge: { tier: "gold" } }, { merge: '{"tier":"gold"}' }),
    read({ patch: '{"tier":"gold"}', increment: null }, { merge: '{"tier":"gold"}' }),
  ]),
  ...callsOf("delete_context", {}, [
    read({ key: ["own"] }, { key: "own" }),
    read({ keys: ["own"], if_revision: "" }, { key: "own" }),
    refused(
      { keys: ["own", "inquiry"] },
      "Call it once for each entry of `key`: it takes one at a time.",
    ),
    refused({ key: "" }, 'Write text for `key`, not "".'),
  ]),
  ...callsOf("subscribe_to_topics", {}, [
    read({ topics: "sales" }, { topics: ["sales"] }),
    read({ topic: "sales" }, { topics: ["sales"] }),
    read({ topics: '["sales","news"]' }, { topics: ["sales", "news"] }),
    refused(
      { topics: "sales,news" },
      'Write `topics` as ["sales","news"], or as ["sales,news"] if that is one name.',
    ),
    refused({ topics: [] }, "Name at least one entry in `topics`."),
    refused({}, "Add `topics`: a list of names."),
  ]),
  ...callsOf("unsubscribe_from_topics", {}, [
    read({ topics: ["support", null] }, { topics: ["support"] }),
    read({ topic: ["support"] }, { topics: ["support"] }),
  ]),
  ...callsOf("discover_topics", {}, [
    read(
      { prefix: "", include_subscriber_names: "true", page: "" },
      { include_subscriber_names: true },
    ),
    read({ includeSubscriberNames: true, limit: 3 }, { include_subscriber_names: true }, ["limit"]),
    refused(
      { topic: "support" },
      "Did you mean `prefix`? discover_topics has: prefix, include_subscriber_names, page.",
    ),
  ]),
];
