"""Fail on remarks of the SARIF validator.

Those listed here with a reason are allowed.
"""

import json
import sys
from pathlib import Path

ALLOWED = {
    "SARIF2005",  # the tool has no home page yet
}

results = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8-sig"))["runs"][0]["results"]
for result in results:
    print(result["ruleId"], result.get("level", "warning"), result["message"].get("arguments"))
problems = [result for result in results if result["ruleId"] not in ALLOWED]
print(f"{len(results)} remarks of the validator, {len(problems)} of them count")
sys.exit(bool(problems))
