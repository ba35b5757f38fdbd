"""The plan file itself, and all that a report tells."""

from typing import TYPE_CHECKING

from autonomy.model import Plan

if TYPE_CHECKING:
    from autonomy.report.story import Story


class Json:
    name = "json"

    def render(self, plan: Plan) -> str:
        """The bytes that `plan` writes to its plan file."""
        from autonomy.planfile import dumps

        return dumps(plan)

    def tell(self, story: "Story") -> str:
        """The data of the page, `autonomy.report/v1`."""
        import json

        from autonomy.report.page import page_of

        return json.dumps(page_of(story), sort_keys=True) + "\n"


JSON = Json()
