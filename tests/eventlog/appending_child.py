"""Append to the log named first until killed; print each append's first and last number once done.

The second argument marks the bodies, so that no two children ever log the same one.
"""

import random
import sys
from pathlib import Path

from tocsin.eventlog.sqlite import open_log

log = open_log(Path(sys.argv[1]))
mark = sys.argv[2]
draw = random.Random(mark)  # noqa: S311  not for secrets
count = 0
while True:
    bodies = [f"{mark}-{count + n} ".encode().ljust(300, b".") for n in range(draw.randint(1, 30))]
    count += len(bodies)
    added = log.append([(count, "plot.1", body) for body in bodies])
    sys.stdout.write(f"{added[0].number} {added[-1].number} {count}\n")
    sys.stdout.flush()
