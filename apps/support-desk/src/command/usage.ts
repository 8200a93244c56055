export const usage = `A support desk of agents that share one mesh: they take in customers' messages, decide what
each is about, answer it, and escalate what a manager should see.

Usage: demo [options]

  --tickets FILE        messages to answer, .csv or .jsonl; default: a few dozen of our own
  --storage STORAGE     where the mesh is; a run that ended early goes on when the same is named:
                        sqlite:FILE, postgres://USER@HOST/DATABASE?schema=NAME, or memory.
                        Default: SQLite in a new file in the system's directory for such
  --durability LEVEL    what an acknowledged write survives: power (default) or process
  --workers N           processes that share the work, 1 to 32; from 2 on beside the one that takes
                        messages in. One that dies is replaced. Default 1: all in this process
  --specialists N       specialists in the end, 1 to 32; half of them join while work goes on. Default 4
  --lease SECONDS       how long work stays with an agent that was killed. Default 10
  --think MS            how long each decision takes, as if a model made it. Default 50 with our own
                        tickets, so that the agents can be seen sharing them, else 0
  --explain AGENT,KEY   also tell why an agent sees an item, or not; may be repeated
  --report FILE         also write the report: .json, .md or .html
  --help                this text

Examples:
  demo --tickets messages.csv --storage sqlite:desk.db --report report.html
  demo --storage postgres://me@localhost/desk --workers 3
  demo --storage sqlite:desk.db --explain "Specialist-1,escalation:0000006"
`;
