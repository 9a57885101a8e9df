#!/usr/bin/env python3
"""What seating costs from 100 to 10,000 people, drawn.

    python3 curves.py PATH_OF_CONVIVIO OUT.svg [--seed 31000]

Three rounds at tables of five. Three panels: seconds and memory with the default aim (fairness first) and the default number
of moves, and what a seat is worth with `--plain` after so many seconds. Prints the figures as a table, too. Needs nothing beyond Python; takes about three minutes.
"""
import argparse, json, math, os, subprocess, sys, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import gen

PEOPLE = (100, 200, 500, 1000, 2000, 5000, 10000)
SECONDS = (1, 3, 10)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("convivio")
    arguments.add_argument("out")
    arguments.add_argument("--seed", type=int, default=31000)
    chosen = arguments.parse_args()
    rows = []
    print("| people | s, one thread | s, two threads | MiB | exchanges, millions | worth a seat by chance | worth a seat | "
          + " | ".join(f"`--plain`, {s} s" for s in SECONDS) + " |\n|" + " ---: |" * (7 + len(SECONDS)))
    with tempfile.TemporaryDirectory() as folder:
        for people in PEOPLE:
            row = measured(chosen, folder, people)
            rows.append(row)
            print(f"| {people:,} | {row['seconds']:.2f} | {row['two']:.2f} | {row['mib']:.0f} | {row['moves'] / 1e6:.0f} | {row['random']:.3f} | "
                  f"{row['worth']:.3f} | " + " | ".join(f"{worth:.3f}" for worth in row["after"]) + " |", flush=True)
    with open(chosen.out, "w") as file:
        file.write(drawing(rows))


def measured(chosen, folder, people):
    path = os.path.join(folder, f"{people}.json")
    with open(path, "w") as file:
        json.dump(gen.passions(f"curve_{people}", people, 5, 3, seed=chosen.seed), file)
    seats = 3 * people
    plan, seconds, mib = seat(chosen.convivio, path)
    _, two, _ = seat(chosen.convivio, path, "--threads", "2")
    after = [seat(chosen.convivio, path, "--plain", "--time-limit", f"{limit}s")[0]["objective"] / seats for limit in SECONDS]
    return {"people": people, "seconds": seconds, "two": two, "mib": mib, "moves": plan["moves"], "random": plan["random"] / seats,
            "worth": plan["objective"] / seats, "after": after}


def seat(convivio, path, *options):
    out = path + ".plan"
    begun = time.monotonic()
    process = subprocess.Popen([convivio, "seat", path, "--out", out, *options], stderr=subprocess.DEVNULL)
    # Nothing large is held here that the count of the child could begin with.
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.monotonic() - begun
    if status:
        raise SystemExit(f"convivio seat {path} {' '.join(options)} ended with {os.waitstatus_to_exitcode(status)}")
    with open(out) as file:
        return json.load(file), seconds, used.ru_maxrss / 1024


WIDE, HIGH, LEFT, BELOW = 300, 220, 52, 40


def drawing(rows):
    people = [row["people"] for row in rows]
    panels = [
        panel("seconds, default moves", people, [("one thread", [row["seconds"] for row in rows]), ("two threads", [row["two"] for row in rows])], True),
        panel("memory, MiB", people, [("at most", [row["mib"] for row in rows])], True),
        panel("worth of a seat", people, [("chance", [row["random"] for row in rows])]
              + [(f"{limit} s", [row["after"][k] for row in rows]) for k, limit in enumerate(SECONDS)], False),
    ]
    body = "".join(f'<g transform="translate({k * (WIDE + 20)},0)">{inside}</g>' for k, inside in enumerate(panels))
    width = len(panels) * (WIDE + 20)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {HIGH + BELOW + 30}" font-family="sans-serif" font-size="11">'
            f'<title>What seating costs from 100 to 10,000 people</title><rect width="100%" height="100%" fill="#fff"/>{body}</svg>\n')


COLOURS = ("#1b6ca8", "#d1495b", "#3c8d40", "#8d5a97", "#c77d1e")


def panel(title, people, lines, logarithmic):
    values = [value for _, line in lines for value in line]
    scale = math.log10 if logarithmic else float
    low, high = (math.floor(scale(min(values))), math.ceil(scale(max(values)))) if logarithmic else (min(0, min(values)), 1.1 * max(values))
    high = max(high, low + 1) if logarithmic else high
    x_of = lambda n: LEFT + (math.log10(n) - 2) / 2 * (WIDE - LEFT - 10)
    y_of = lambda value: 24 + (high - scale(value)) / (high - low) * (HIGH - 24)
    parts = [f'<text x="{LEFT}" y="14" font-weight="bold">{title}</text>']
    ticks = [10 ** k for k in range(low, high + 1)] if logarithmic else [high * k / 4 for k in range(5)]
    for tick in ticks:
        parts.append(f'<line x1="{LEFT}" x2="{WIDE - 10}" y1="{y_of(tick):.1f}" y2="{y_of(tick):.1f}" stroke="#ddd"/>'
                     f'<text x="{LEFT - 6}" y="{y_of(tick) + 4:.1f}" text-anchor="end">{tick:.3g}</text>')
    for n in (100, 1000, 10000):
        parts.append(f'<text x="{x_of(n):.1f}" y="{HIGH + 16}" text-anchor="middle">{n:,}</text>')
    parts.append(f'<text x="{(LEFT + WIDE) / 2}" y="{HIGH + 32}" text-anchor="middle">people</text>')
    for k, (name, line) in enumerate(lines):
        colour = COLOURS[k % len(COLOURS)]
        points = " ".join(f"{x_of(n):.1f},{y_of(value):.1f}" for n, value in zip(people, line))
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.8"/>'
                     f'<text x="{LEFT + 8}" y="{40 + 13 * k}" fill="{colour}">{name}</text>')
    return "".join(parts)


if __name__ == "__main__":
    main()
