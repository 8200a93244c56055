import { VERSION } from "../agent/version.ts";
import type { Topic } from "./options.ts";

/** At most 80 columns. */
const HELP = `Syntha ${VERSION}: one shared context for your agents, as an MCP server.

  npx @syntha/mcp --storage sqlite:mesh.db --agent Claude
  npx @syntha/mcp --storage sqlite:mesh.db --http 127.0.0.1:3111 --agent Claude
  npx @syntha/mcp --storage sqlite:mesh.db --http 0.0.0.0:3111 \\
                  --tokens tokens.json --allow-host mesh.acme.com
  npx @syntha/mcp token --tokens tokens.json --agent Claude
  npx @syntha/mcp hook --storage sqlite:mesh.db --agent Claude

Any number of servers can share one storage: agents of different clients see
what they push to each other, and no agent sees what it may not.

Where the context is
  --storage URL         sqlite:mesh.db      a file that processes can share
                        postgres://…        a PostgreSQL database
                        memory:             this process, until it ends
  --no-compact          leave it to your programs to remove what is old
                        (default: 7 days of changes, 30 days of events stay)

Who the client is
  --agent NAME          the agent that it acts as, such as Claude
  --tenant ID           the team whose context it shares  (default: default)
  --role ROLE           readonly, contributor, moderator, admin
                        (default: contributor)
  --toolsets LIST       context,tasks,events,live,admin  (default: context)
  --approval allow|deny what a call that deletes does if the client can't ask
                        its user  (default: allow)

How clients connect
  (nothing)             over standard input and output, started by the client
  --http [HOST:]PORT    at http://HOST:PORT/mcp  (default host: 127.0.0.1)
  --tokens FILE         clients need a token, which names their agent; changes
                        of the file apply within a second. Required for every
                        address but loopback
  --allow-host NAME     a host name by which clients reach the server; may be
                        repeated  (default: loopback, and --http's own host)
  --allow-origin NAME   the host name of a web page that may call the server;
                        may be repeated  (default: loopback)

  --help, --version     "token --help" explains tokens; "hook --help", how a
                        coding agent receives at each turn what changed

Exit codes: 0 ended by the client, Ctrl-C or SIGTERM; 1 failed while running;
2 invalid command line; 3 can't start (storage, tokens or address).
Messages go to standard error.
`;

const TOKEN_HELP = `Creates a token for clients of "npx @syntha/mcp --http … --tokens FILE".

  npx @syntha/mcp token --tokens tokens.json --agent Claude --tenant acme
  npx @syntha/mcp token --tokens tokens.json --agent Bot --scopes read \\
                        --expires 90d

Prints the token, once: the file holds only its SHA-256. Clients send it as
"Authorization: Bearer TOKEN". Remove its entry from the file to revoke it; a
server that runs ends its calls and streams within a second.

  --tokens FILE         the file; created if it is missing
  --agent NAME          the agent that clients with the token act as; they may
                        also act as agents below it, such as Claude/reviewer
  --name NAME           what the entry is called  (default: the agent's name)
  --tenant ID           (default: default)
  --role ROLE           readonly, contributor, moderator, admin
                        (default: the server's)
  --toolsets LIST       context,tasks,events,live,admin  (default: the server's)
  --scopes LIST         read,write,destroy  (default: all)
  --expires WHEN        2027-01-31, or a time from now: 90d, 12h
                        (default: never)

An entry of the file, by its name:

  "Claude": {
    "sha256": "9f86d081884c7d659a2feaa0c55ad015…",
    "agent": "Claude", "tenantId": "acme", "role": "contributor",
    "toolsets": ["context"], "scopes": ["syntha:read"],
    "expiresAt": "2027-01-31T00:00:00.000Z"
  }
`;

const HOOK_HELP = `Prints what other agents changed since it ran last, for a model: a hook that
coding agents run at the start of each turn. Prints nothing if nothing changed.

  npx @syntha/mcp hook --storage sqlite:/home/you/mesh.db --agent Claude

  --storage URL         the storage of the servers
  --agent NAME          whose turn it is
  --tenant ID           (default: default)
  --budget TOKENS       of what is printed; the rest comes next time
                        (default: 2000)
  --state FILE          keeps where it continues
                        (default: a file in ~/.local/state/syntha)

The first time, it prints what the agent sees. Values are fenced as data.

Exit codes: 0 done; 1 invalid command line, or failed; 3 the storage or the
state can't be used. Never 2, which would keep some clients from the turn.
`;

/** By topic. */
export const HELPS: Readonly<Record<Topic, string>> = {
  serve: HELP,
  token: TOKEN_HELP,
  hook: HOOK_HELP,
};
