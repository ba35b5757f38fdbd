"""plan.lock: written, and read again."""

from autonomy import sticky
from autonomy.decompose import Node
from autonomy.model import Plan
from features.drivers import planning


def plan_with(leaves: int, name: str) -> Plan:
    graph = planning.graph_of([f"d{number}/{name}" for number in range(leaves)])
    tree = Node(tuple(range(leaves)), tuple(Node((file,)) for file in range(leaves)), "test")
    return planning.plan_of(graph, tree)


def write(plan: Plan) -> str:
    return sticky.lock(plan)


def read(text: str) -> dict[str, str]:
    return dict(sticky.read_lock(text))
