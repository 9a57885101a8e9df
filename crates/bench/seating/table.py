#!/usr/bin/env python3
"""How good the seating is: every line of the goals, side by side with the reference solvers.

    python3 table.py PATH_OF_CONVIVIO [--seeds 10] [--base 40000] [--only SUBSTRING] > table.md

Each of the seeds makes instances of its own (`gen.py`) and starts both searches, which run at the same time on a core
each, so that a busy machine slows both alike. Every plan is scored by `score.py`, which shares no code with either.
What counts is the ratio for one seed, ours to theirs, and the median of those ratios. Ends with 1 where a goal is missed.

Needs numpy, a C++ compiler and two processors.
"""
import argparse, json, os, statistics, subprocess, sys, tempfile, threading, time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import gen
import peers
from score import Instance, score

# Instances where the engine must say that there is no plan, and what its reason must be.
NO_PLAN = {
    "bad_60_capacity_short": "too_few_seats",
    "bad_60_minimum_too_high": "minima_too_high",
    "bad_60_group_larger_than_table": "group_too_large",
    "bad_60_apart_clique": "too_many_apart",
    "bad_60_together_and_apart": "together_and_apart",
}
# Where the ratio of one kind is below the goal after so many seconds: how many times as long both searches look for better, to say how high it could be.
LONGER = {3: 20}
# How many times as many seeds a line has that takes so many seconds: the median of ten differs from ten others by more than its goal asks for.
MORE_SEEDS = {3: 3}
GOLF = ("5-3-7", "6-3-8", "7-3-9", "8-4-8", "8-4-9", "10-4-10", "10-10-3")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("convivio")
    arguments.add_argument("--seeds", type=int, default=10)
    arguments.add_argument("--base", type=int, default=40000, help="the first seed of the generator: none the engine was tuned on")
    arguments.add_argument("--only", default="", help="lines whose name contains this")
    chosen = arguments.parse_args()
    peers.build_ref()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(chosen, folder)
        for line in LINES:
            line(bench)
    print(f"\n{os.cpu_count()} processors, load average {os.getloadavg()[0]:.2f} at the end, generator seeds from {chosen.base}")
    return 1 if bench.missed else 0


class Bench:
    def __init__(self, chosen, folder):
        self.chosen, self.folder, self.missed, self.heads = chosen, folder, False, set()
        self.built = {}

    def wants(self, name):
        return self.chosen.only in name

    def seeds(self, most=None, times=1):
        count = times * self.chosen.seeds if most is None else min(most, self.chosen.seeds)
        return [(self.chosen.base + k, k + 1) for k in range(count)]

    def instance(self, name, seed):
        """The instance and the file it is in."""
        build = gen.catalogue(seed).get(name) or EXTRA[name](seed)
        data = build()
        path = os.path.join(self.folder, f"{name}.{seed}.json")
        with open(path, "w") as file:
            json.dump(data, file, separators=(",", ":"))
        return Instance(data), path

    def ours(self, inst, path, seed, limit, *options):
        plan, run = self.seat(path, "--seed", str(seed), "--time-limit", f"{limit}s", *options)
        if run["status"] != 0:
            raise SystemExit(f"{inst.d['name']}: ended with {run['status']}: {plan}")
        run.update(checked(inst, plan), moves=plan["moves"])
        return run

    def seat(self, path, *options):
        """Runs `convivio seat`; its plan, and what the process used."""
        out = path + ".plan"
        begun = time.monotonic()
        process = subprocess.Popen([self.chosen.convivio, "seat", path, "--out", out, *options], stderr=subprocess.PIPE)
        held = Held(process.pid)
        said = process.stderr.read()
        _, status, used = os.wait4(process.pid, 0)
        wall = time.monotonic() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in (0, 3):
            raise SystemExit(f"{path}: ended with {process.returncode}: {said.decode()}")
        with open(out) as file:
            plan = json.load(file)
        os.remove(out)
        return plan, {"status": process.returncode, "wall": wall, "cpu": used.ru_utime + used.ru_stime, "mib": held.mib}

    def side_by_side(self, name, instance_seed, seed, limit, theirs_limit, *options):
        inst, path = self.instance(name, instance_seed)
        found = {}

        def reference():
            plan, _ = peers.PEERS["ref-sa"](inst, theirs_limit, seed)
            found["theirs"] = checked(inst, plan)
        beside = threading.Thread(target=reference)
        beside.start()
        found["ours"] = self.ours(inst, path, seed, limit, *options)
        beside.join()
        os.remove(path)
        note(f"{name} seed {instance_seed}: {found['ours']['objective']:.4f} against {found['theirs']['objective']:.4f}")
        return found["ours"], found["theirs"]

    def head(self, *columns):
        print("\n| " + " | ".join(columns) + " |\n|" + " --- |" * len(columns), flush=True)

    def row(self, *cells):
        print("| " + " | ".join(str(cell) for cell in cells) + " |", flush=True)

    def verdict(self, goal, reached):
        self.missed |= not reached
        return f"{goal}: {'reached' if reached else 'MISSED'}"


class Held:
    """The most memory a process held. What `wait4` tells would count ours, too, as it was when the process was made."""

    def __init__(self, pid):
        self.mib, self.pid = 0, pid
        threading.Thread(target=self.watch, daemon=True).start()

    def watch(self):
        while True:
            try:
                with open(f"/proc/{self.pid}/status") as status:
                    peak = [int(line.split()[1]) for line in status if line.startswith("VmHWM")]
            except OSError:
                return
            if not peak:
                return
            self.mib = max(self.mib, peak[0] / 1024)
            time.sleep(0.02)


def checked(inst, plan):
    result = score(inst, plan, with_bound=False)
    if not result["valid"]:
        raise SystemExit(f"{inst.d['name']}: not a valid plan: {result}")
    return result


def note(text):
    print(text, file=sys.stderr, flush=True)


def spread(values):
    return f"**{statistics.median(values):.4f}** [{min(values):.4f}–{max(values):.4f}]"


def objectives(bench):
    """The sum alone, at equal processor time."""
    lines = [("passions, 60 people", "pas_60_t6_r3", 10, 10, 1.005), ("passions, 120 people", "pas_120_t8_r3", 10, 10, 1.005),
             ("passions, 60 people, 1 s to 10 s", "pas_60_t6_r3", 1, 10, 1.0),
             ("passions, 120 people, 1 s to 10 s", "pas_120_t8_r3", 1, 10, 1.0),
             ("passions, 1,000 people", "pas_1000_t8_r3", 10, 10, 1.02), ("passions, 5,000 people", "pas_5000_t8_r3", 10, 10, 1.10)]
    lines = [(name, {"": instance}, *rest) for name, instance, *rest in lines]
    for n, limit, must in ((120, 3, 1.0065), (240, 10, 1.0035), (480, 20, 1.0125)):
        # The published recipe has both, and the goal is one for a size.
        kinds = {"equal groups": f"mdgp_RanReal_{n}_ss", "groups of an interval": f"mdgp_RanReal_{n}_ds"}
        lines.append((f"one matrix (MDGP), RanReal {n}", kinds, limit, limit, must))
    lines = [line for line in lines if bench.wants(line[0])]
    if lines:
        bench.head("objective, `--plain`", "ours, s", "ref-sa, s", "ours", "ref-sa", "ratio [spread]", "our processor time, s", "goal")
    for name, kinds, limit, theirs_limit, must in lines:
        times = MORE_SEEDS.get(limit, 1)
        runs = {kind: [bench.side_by_side(instance, *seeds, limit, theirs_limit, "--plain") for seeds in bench.seeds(times=times)]
                for kind, instance in kinds.items()}
        together = [run for of_kind in runs.values() for run in of_kind]
        row = lambda what, some, goal: bench.row(what, limit, theirs_limit, *compared(some), goal)
        row(name, together, bench.verdict(f"≥ {must}", ratio(together) >= must))
        for kind, some in runs.items() if len(kinds) > 1 else ():
            longer = ""
            if ratio(some) < must and limit in LONGER:
                highest = ceiling(bench, kinds[kind], some, LONGER[limit] * limit)
                longer = f"of the best sums found in {LONGER[limit]} times as long: {highest:.4f}"
            row(f"– {kind}", some, longer)


def ratio(runs):
    return statistics.median(ours["objective"] / theirs["objective"] for ours, theirs in runs)


def compared(runs):
    """The cells that say what both found."""
    median = [statistics.median(run[side]["objective"] for run in runs) for side in (0, 1)]
    ratios = [ours["objective"] / theirs["objective"] for ours, theirs in runs]
    return f"{median[0]:,.1f}", f"{median[1]:,.1f}", spread(ratios), f"≤ {max(ours['cpu'] for ours, _ in runs):.1f}"


def ceiling(bench, instance, runs, limit):
    """The same median, of the first ten, for the best sums anybody found: ours, and both searches again with other seeds, for `limit`
    seconds. No ratio can be higher than the best sum allows."""
    ratios = []
    for (instance_seed, seed), (ours, theirs) in zip(bench.seeds(), runs, strict=False):
        again = bench.side_by_side(instance, instance_seed, 1000 + seed, limit, limit, "--plain")
        ratios.append(max(run["objective"] for run in (ours, *again)) / theirs["objective"])
    return statistics.median(ratios)


def large(bench):
    if not bench.wants("10,000 people"):
        return
    bench.head("10,000 people, 3 rounds at tables of 5, `--plain`", "ours", "ref-sa", "ratio [spread]", "MiB at most", "goal")
    runs = [bench.side_by_side("pas_10000_t5_r3", *seeds, 10, 60, "--plain") for seeds in bench.seeds()]
    ratios = [ours["objective"] / theirs["objective"] for ours, theirs in runs]
    median = [statistics.median(run[side]["objective"] for run in runs) for side in (0, 1)]
    held = max(ours["mib"] for ours, _ in runs)
    bench.row("ours after 10 s, ref-sa after 60 s", f"{median[0]:,.1f}", f"{median[1]:,.1f}", spread(ratios), f"{held:.0f}",
              bench.verdict("> 1, < 300 MiB", statistics.median(ratios) > 1 and held < 300))


def golf(bench):
    if not bench.wants("golf"):
        return
    bench.head("rounds without repeats (tables-seats-rounds)", "repeats", "s at most", "goal")
    for shape, limit in [(shape, 1) for shape in GOLF] + [("8-4-10", 10)]:
        runs = []
        for _, seed in bench.seeds():
            inst, path = bench.instance(f"golf_{shape}", 0)
            runs.append(bench.ours(inst, path, seed, limit))
        repeats, slowest = max(run["repeats"] for run in runs), max(run["wall"] for run in runs)
        bench.row(shape, repeats, f"{slowest:.2f}", bench.verdict(f"0 within {limit} s", repeats == 0 and slowest <= limit + 0.1))


def infeasible(bench):
    if not bench.wants("infeasible"):
        return
    bench.head("no plan exists", "code", "ms at most", "goal")
    for name, code in NO_PLAN.items():
        codes, slowest = set(), 0
        for instance_seed, seed in bench.seeds():
            _, path = bench.instance(name, instance_seed)
            plan, run = bench.seat(path, "--seed", str(seed))
            codes.add(plan.get("code", "a plan"))
            slowest = max(slowest, 1000 * run["wall"])
        bench.row(name, ", ".join(sorted(codes)), f"{slowest:.0f}", bench.verdict(f"{code} within 50 ms", codes == {code} and slowest <= 50))
    invented = 0
    names = [name for name in gen.catalogue(0) if not name.startswith("bad_")]
    for instance_seed, seed in bench.seeds(3):
        for name in names:
            inst, path = bench.instance(name, instance_seed)
            plan, run = bench.seat(path, "--seed", str(seed), "--moves", "100000")
            invented += run["status"] != 0
            if run["status"] == 0:
                checked(inst, plan)
            os.remove(path)
    bench.row(f"a plan exists ({len(names)} instances, 3 seeds)", f"{invented} refused", "", bench.verdict("0 refused", invented == 0))


def isolated(bench):
    if not bench.wants("isolated"):
        return
    bench.head("isolated seats, default tiers, 3 s", "ours", "ref-sa", "goal")
    names = [name for name in gen.catalogue(0) if name.startswith(("pas_", "hard_")) and "5000" not in name]
    for name in names:
        runs = [bench.side_by_side(name, *seeds, 3, 3) for seeds in bench.seeds(3)]
        never_more = all(ours["isolated_seats"] <= theirs["isolated_seats"] for ours, theirs in runs)
        bench.row(name, *(", ".join(str(run[side]["isolated_seats"]) for run in runs) for side in (0, 1)),
                  bench.verdict("never more", never_more))


def threads(bench):
    if not bench.wants("two threads"):
        return
    bench.head("two threads", "moves of one", "moves of two", "ratio [spread]", "goal")
    for name in ("pas_1000_t8_r3", "pas_10000_t5_r3"):
        moves = {1: [], 2: []}
        for instance_seed, seed in bench.seeds(5):
            inst, path = bench.instance(name, instance_seed)
            for count in moves:
                moves[count].append(bench.ours(inst, path, seed, 10, "--plain", "--threads", str(count))["moves"])
        ratios = [two / one for one, two in zip(moves[1], moves[2])]
        bench.row(f"{name}, 10 s", *(f"{statistics.median(moves[count]):,.0f}" for count in moves), spread(ratios),
                  bench.verdict("≥ 1.5", statistics.median(ratios) >= 1.5))


EXTRA = {"pas_10000_t5_r3": lambda seed: lambda: gen.passions("pas_10000_t5_r3", 10_000, 5, 3, seed=seed)}
LINES = (objectives, large, golf, infeasible, isolated, threads)

if __name__ == "__main__":
    sys.exit(main())
