"""A claim as a careful script would do it: fcntl.flock, plain strings, a durable rename. No lease, no history."""
import fcntl, os, sys

with open(".smbatcher/REGISTRY.lock", "w") as lock:
    fcntl.flock(lock, fcntl.LOCK_EX)
    with open(".smbatcher/REGISTRY.md") as file:
        lines = file.read().split("\n")
    batch = None
    for number, line in enumerate(lines):
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) > 4 and cells[-2] == "O" and batch in (None, cells[-3]):
            batch = cells[-3]
            lines[number] = line[: line.rindex("O")] + "i" + line[line.rindex("O") + 1 :]
    if batch is None:
        sys.exit(1)
    with open(".smbatcher/.REGISTRY.md.part", "w") as file:
        file.write("\n".join(lines))
        file.flush()
        os.fsync(file.fileno())
    os.rename(".smbatcher/.REGISTRY.md.part", ".smbatcher/REGISTRY.md")
    folder = os.open(".smbatcher", os.O_RDONLY)
    os.fsync(folder)
print(batch)
