type Rule = readonly [pattern: RegExp, words: string];

const URL_FORMS =
  "The storage is sqlite:mesh.db, or postgres://user@host:5432/database, with ?schema=NAME for other tables. Special characters in a password are percent-encoded.";
const ROUTES = "--topic TOPIC, --to AGENT, or --global for everyone";

/** What errors say in the words of a program, in those of the command line. Each rule applies to the result of the one before. */
const RULES: readonly Rule[] = [
  // Whole hints
  [
    /^Write (?:new (?:Postgres|Sqlite)Storage\b|`postgres:\/\/\$|"postgres:\/\/user:).*$/s,
    URL_FORMS,
  ],
  [/^Start again with (?:watch|events)\(.*$/, "Start again without --since."],
  [/^Pass a `cursor` of .*$/, "Pass a cursor unchanged, as --json printed it."],
  [/^Pass milliseconds as a number, or text such as (.*)$/, "Write a time such as $1"],
  [/^Pass a valid Date, or a delay .*$/, "Write a date, or a delay such as 10m."],
  [/^system\.leases\(\) returns .*$/, "syntha tasks shows the tasks that agents hold."],
  [/^Name who it is for: .*$/, `Set a route: ${ROUTES}.`],
  [/^Add topics: .*$/, `Set a route: ${ROUTES}.`],
  [/^Subscribe an agent: .*$/, "Name an agent with --as AGENT."],
  [/^Read what is there now, with get, .*$/, "syntha verify names all entries that are damaged."],
  [/^The system sees everything: .*$/, "syntha why system KEY explains the system's own view."],
  [
    /^Open the storage once with `migrate: true`.*$/,
    "`syntha push KEY VALUE --global` creates the tables.",
  ],
  [
    /^Open its meshes with `compactEvery: false`.*$/,
    "Let its programs keep the log for longer, until the copy is done.",
  ],
  // Parts of hints
  [/`list\(\)` of a TenantRegistry .*$/, "syntha doctor names the tenants of a storage."],
  [/^list\(\{ state: "failed" \}\) returns/, "syntha tasks --state failed lists"],
  [/: it works on its inbox with work\(.*?\)\./, "."],
  [/\bin agents\(\)\./, "in the list of syntha agents."],
  [/\b(agents|topics)\(\) lists/, "syntha $1 lists"],
  [
    /To allow more, call mesh\.setPermissions with all that it may do, old and new:/,
    "To allow more, set all that it may do, old and new, with syntha permissions:",
  ],
  [/\bwith mesh\.setPermissions\b/, "with syntha permissions"],
  [/: mesh\.agent\(.*\)\.unsubscribe\(.*$/, ": syntha unsubscribe TOPIC… --as AGENT."],
  [/the system itself acts by mesh\.system\b/, "--as system acts as the system itself"],
  [/, or earlier in the same pushMany\b/, ""],
  [/or store it as one text: JSON\.stringify\(value\)/, "or push it as one text with --text"],
  [
    /Call (?:compareTenants|copyTenant|verifyTenant|at\(position\)) again\b/,
    "Run the command again",
  ],
  [/; leave `tenantId` out\b/, "; leave --tenant out"],
  [/, or pass a pool: new pg\.Pool\(.*\)/, ""],
  [/ To use a database that has your own tables, open it yourself: .*$/, ""],
  [/,? or raise `(?:busyTimeout|statementTimeout)`/, ""],
  [/^Raise `connections` .*; check/, "Check"],
  [/^Lower `connections`, raise/, "Raise"],
  [/, or as `ssl: \{ ca \}` to your pool,/, ""],
  [/, with encodeURIComponent for special characters/, ", with special characters percent-encoded"],
  [/in the password need encodeURIComponent/, "in the password are percent-encoded"],
  [/; `cause` has .*$/, "."],
  [/`ssl`/, "SSL"],
  [/`path`/, "the path"],
  // Names of options
  [/`connectionString`/g, "the storage's URL"],
  [/`schema`/g, "`?schema=` in the storage's URL"],
  [/\bifRevision: (\d+)/g, "--if-revision $1"],
  [/`ifRevision`/g, "--if-revision"],
  [/\bdependsOn\b/g, "--depends-on"],
  [/`notBefore`/g, "--not-before"],
  [/`retryIn`/g, "--retry-in"],
  [/^`(log|history|events|ttl|timeout|priority|limit)` must be/, "--$1 must be"],
  [/Leave `agent` out/, "Leave --agent out"],
];

/** A message or hint in the words of the command line. */
export function toCommandWords(text: string): string {
  let words = text;
  for (const [pattern, replacement] of RULES) words = words.replace(pattern, replacement);
  return words;
}

/** A hint in the words of the command line, without the sentences that have code of a program: undefined if all have. */
export function toCommandHint(hint: string, command?: string): string | undefined {
  // An import and a copy name their target by different options.
  const option = command === "import" ? "--tenant" : "--to-tenant";
  const words = hint.replace(
    /^Choose another id with `targetTenantId` .*$/,
    `Choose another id with ${option}.`,
  );
  const sentences = toCommandWords(words).split(/(?<=[.?]) (?=[A-Z-])/);
  const left = sentences.filter((sentence) => !hasCode(sentence)).join(" ");
  return left === "" ? undefined : left;
}

/** A call, an object, a class, an option in backticks. Names of the mesh that are not in quotes may look like other code. */
const CODE =
  /\w\(|\bmesh\.|\bdetails\.|\{|\bdeleteTopic\b|\bnew [A-Z]|\b\w+Storage\b|`(?!syntha |npm |\?schema=)/;

function hasCode(sentence: string): boolean {
  const isOurs = /\bsyntha /.test(sentence);
  return !isOurs && CODE.test(sentence.replace(/"[^"]*"|`npm [^`]*`/g, ""));
}
