"""Trees of files that are too many or too regular to be listed in a suite."""

from pathlib import Path


def python_modules(root: str, count: int) -> None:
    """Packages of five modules; each module but the first ones uses its like in the next package."""
    packages = int(count) // 5
    for number in range(int(count)):
        package, module = divmod(number, 5)
        uses = f"from p{(package + 1) % packages:02} import m{module:02}\n" if package else ""
        _write(root, f"p{package:02}/m{module:02}.py", uses + f"def f{number}():\n    pass\n")


def scattered_modules(root: str, count: int) -> None:
    """As many modules, ten to a folder, each of which uses one far away."""
    for number in range(int(count)):
        far = number * 7919 % int(count)
        _write(root, f"d{number // 500:03}/e{number // 10:04}/f{number:05}.py", f"import f{far:05}\n")


def _write(root: str, path: str, text: str) -> None:
    target = Path(root, path)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text)
