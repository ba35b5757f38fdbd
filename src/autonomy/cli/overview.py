"""What `autonomy --help` says, as plain text: importing click to lay it out costs twice as much as all the rest."""

COMMANDS = {
    "plan": ("plan", "cut a repository into subplans and analyse each of them"),
    "run": ("run", "run a command for each subplan, isolated, bounded, resumable"),
    "resume": ("resume", "go on with a run that was stopped or killed"),
    "status": ("status", "show how a run stands, also while it goes on"),
    "logs": ("logs", "print what a subplan's command wrote"),
    "collect": ("collect", "join the runs of shards into one run"),
    "report": ("report", "show a plan or a run as one page, or for other programs"),
    "merge": ("merge", "bring the accepted changes of a run onto a fresh branch"),
    "show": ("show", "show the plan, or the brief of one subplan"),
    "explain": ("explain", "say why a file or a subplan is where it is"),
    "check": ("check", "hold the plan against the tree: a gate for CI"),
    "diff": ("diff", "show what moved between two plans"),
    "simulate": ("simulate", "show what more workers would bring"),
    "bench": ("bench", "say whether one commit is faster than another"),
    "export": ("export", "print the plan as dot, mermaid, graphml or for GitHub Actions"),
    "clean": ("clean", "list, then remove what runs have left"),
    "doctor": ("doctor", "probe what this machine gives"),
    "config": ("config", "show each value with its origin"),
    "schema": ("schema", "print a JSON Schema"),
    "completion": ("completion", "print the completion script of a shell"),
}
"""Command -> (the module of this package whose `command` it is, what it does in one line)."""

_FRAME = """\
Cut a repository into disjoint subplans and run them in parallel.

  autonomy plan ./repo --max-parallel 10
  autonomy show
  autonomy explain src/app.py

Usage: autonomy COMMAND [OPTIONS] [ARGUMENTS]

Commands:
{commands}

Options:
  --version   Show the version and exit.
  -h, --help  Show this message and exit; also after a command.
"""


def overview() -> str:
    width = max(map(len, COMMANDS))
    return _FRAME.format(commands="\n".join(f"  {name:{width}}  {line}" for name, (_, line) in COMMANDS.items()))
