from typing import Any

class Printer:
    printmethod: str
    def _print(self, expr: Any, **options: Any) -> str: ...
