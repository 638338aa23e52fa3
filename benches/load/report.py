"""The figures as Markdown tables."""

import os
import statistics

from workloads import WORKLOADS

# No figure of the largest size may be worse than this many times that of the smallest.
GROWTH = 1.3
# The marks around the tables in a document.
BEGIN, END = "<!-- figures -->\n", "<!-- end of figures -->\n"


def verdict(value, aim):
    """Returns whether `value` meets an aim, such as `("≤", 40)` or `("≥", 0.8)`, in words. Empty without an aim."""
    if aim is None:
        return ""
    relation, bound = aim
    is_met = value <= bound if relation == "≤" else value >= bound
    return f"{relation} {bound:g}: {'met' if is_met else 'not met'}"


def spread(rounds, key, form):
    values = [figures[key] for figures in rounds if figures.get(key) is not None]
    if not values:
        return ""
    median, least, most = (form.format(f(values)) for f in (statistics.median, min, max))
    return f"{median} ({least}–{most})" if len(values) > 1 else median


def median(rounds, key):
    return statistics.median(figures[key] for figures in rounds)


def workloads(by_size):
    """Yields a table for each size."""
    for size, results in by_size.items():
        yield f"\n{size} activities:\n"
        yield "| workload | requests/s | p50 ms | p99 ms | server CPU, µs | pgbench/s | ratio | CPU of pgbench and PostgreSQL, µs | share | aims |"
        yield "|---|---|---|---|---|---|---|---|---|---|"
        for name, rounds in results.items():
            workload = WORKLOADS[name]
            cells = [spread(rounds, key, form) for key, form in (
                ("rate", "{:,.0f}"), ("p50", "{:.2f}"), ("p99", "{:.2f}"), ("cpu", "{:.0f}"),
                ("pgbench", "{:,.0f}"), ("ratio", "{:.2f}"), ("pgbench_cpu", "{:.0f}"), ("share", "{:.2f}"))]
            aims = [("ratio", "≥", workload.ratio, "ratio"), ("cpu", "≤", workload.cpu, "CPU"), ("share", "≤", workload.share, "share")]
            said = [f"{title} {verdict(median(rounds, key), (relation, bound))}"
                    for key, relation, bound, title in aims if bound is not None]
            yield f"| {workload.title} | {' | '.join(cells)} | {'; '.join(said)} |"


def growth(by_size):
    """Yields how much worse the figures of the largest size are than those of the smallest: the median over the rounds, in which
    both sizes are measured within seconds."""
    if len(by_size) < 2:
        return
    (least, smallest), *_, (most, largest) = by_size.items()
    yield f"\nWorse from {least} to {most} activities, times:\n"
    yield "| workload | requests/s | p50 | p99 | server CPU | aim |"
    yield "|---|---|---|---|---|---|"
    for name, rounds in largest.items():
        if not WORKLOADS[name].sql:
            continue
        pairs = list(zip(smallest[name], rounds))
        ratios = [statistics.median(small["rate"] / large["rate"] for small, large in pairs)]
        ratios += [statistics.median(large[key] / small[key] for small, large in pairs) for key in ("p50", "p99", "cpu")]
        cells = " | ".join(f"{ratio:.2f}" for ratio in ratios)
        yield f"| {WORKLOADS[name].title} | {cells} | {verdict(max(ratios), ('≤', GROWTH))} |"


def others(measured):
    """Yields a table of single figures: `(title, value, aim)`."""
    yield "\n| measurement | figure | aim |"
    yield "|---|---|---|"
    for title, value, aim in measured:
        yield f"| {title} | {value:.2f} | {verdict(value, aim)} |"


def markdown(figures):
    lines = [figures["machine"], *workloads(figures["workloads"]), *growth(figures["workloads"]), *others(figures["others"])]
    return "\n".join(lines) + "\n"


def put(path, tables):
    """Writes the tables to a file, between its marks if it has them."""
    text = BEGIN + END
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            text = file.read()
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"{before}{BEGIN}{tables}{END}{after}")
