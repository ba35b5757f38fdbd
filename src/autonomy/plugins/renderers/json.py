"""The plan file itself."""

from autonomy.model import Plan


class Json:
    name = "json"

    def render(self, plan: Plan) -> str:
        """The bytes that `plan` writes to its plan file."""
        from autonomy.planfile import dumps

        return dumps(plan)


JSON = Json()
