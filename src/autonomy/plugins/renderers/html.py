"""One page for a person: the plan or the run to look at, in a file that is complete in itself."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autonomy.report.story import Story


class Html:
    name = "html"

    def tell(self, story: "Story") -> str:
        """The file that `autonomy report` writes."""
        from autonomy.report.html import render

        return render(story)


HTML = Html()
