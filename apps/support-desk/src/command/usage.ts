export const usage = `A support desk of agents that share one mesh: they take in customers'
messages, decide what each is about, answer it, and escalate what a manager
should see.

Usage: demo [options]

  --tickets FILE        messages to answer, .csv or .jsonl; default: our own 42
  --storage STORAGE     where the mesh is: sqlite:FILE, memory, or
                        postgres://USER@HOST/DATABASE?schema=NAME.
                        A run that ended early resumes when the same is named.
                        Default: a temporary SQLite file, removed at the end
  --durability LEVEL    what an acknowledged write survives: power (default) or
                        process
  --workers N           processes that share the work, 1 to 32; from 2 on they
                        are besides the one that takes messages in. One that
                        dies is replaced. Default 1: all in this process
  --specialists N       specialists in the end, 1 to 32; half of them join while
                        work goes on. Default 4
  --lease SECONDS       how long work stays with an agent that was killed.
                        Default 10
  --think MS            how long each decision takes, as if a model made it.
                        Default 50 with our own tickets, else 0

  --model PROVIDER:NAME who decides: openai:NAME or anthropic:NAME, with
                        OPENAI_API_KEY or ANTHROPIC_API_KEY in the environment.
                        Default: rules, which need no key
  --through WAY         what carries the calls: sdk (the vendor's own, default),
                        responses, run-tools, agents, langchain or ai-sdk
  --base-url URL        another server that speaks the vendor's protocol; also
                        OPENAI_BASE_URL or ANTHROPIC_BASE_URL
  --context WAY         how the model gets what it decides on: tools (it reads
                        the item itself, default) or prompt (the item is in its
                        prompt: half the requests)
  --stream              the model answers piece by piece
  --parallel N          decisions that a process asks for at the same time, 1 to
                        256. Default 8
  --fallback rules      rules decide where the model comes to no decision.
                        Default: that ends the desk
  --transcript FILE     also write what the model was asked and answered: .jsonl
                        or .md

  --full                print every table of the report, not only its summary
  --report FILE         also write the report: .html (a page with charts), .json
                        or .txt; may be repeated
  --explain AGENT,KEY   also explain why an agent sees an item, or not, in
                        --full and in reports; may be repeated
  --help                this text

Examples:
  demo --report report.html
  demo --tickets messages.csv --storage sqlite:desk.db --report report.html
  demo --storage postgres://me@localhost/desk --workers 3
  demo --model openai:gpt-5-mini --through agents --transcript transcript.md
  demo --model openai:llama3.3 --base-url http://127.0.0.1:11434/v1
  demo --storage sqlite:desk.db --full --explain "Specialist-1,ticket:0000006"
`;
