"""How well accounts of one incident are found and told apart, and how fast.

Pairs are built from the corpus: each summary of VCDB against the same incident told anew in other words
(`incidex.evaluate.retelling`), among hard negatives: the same victim at another date, names nearly alike, one
campaign with other victims.

    python bench/linking.py                    # the figures, on victims held back
    python bench/linking.py --learn            # learn weights.toml and common.txt anew, on the train part
    python bench/linking.py --scale 100000     # candidates and time for that many synthetic incidents
    python bench/linking.py --peer .venv-bench/bin/python   # beside splink, on the same pairs in one run
"""

import argparse
import gzip
import json
import re
import subprocess
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

from incidex.coding import code
from incidex.evaluate.retelling import Happening, published, tell
from incidex.evaluate.split import part_of
from incidex.linking import (
    Account,
    Measures,
    candidate_pairs,
    facts,
    fold_name,
    frequencies,
    get_table,
    initials,
    likeness,
    make_account,
    measures,
    mentions,
    same_incident,
    short_names,
)
from incidex.model import Document

Known = tuple[Happening, str, str]  # facts, the corpus's own text, an id

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"

#: Incidents of the train part that weights are learned from: four tellings each are plenty.
LEARNED_FROM = 800

#: Stands for the score of a pair that was not scored.
UNSCORED = float("-inf")

_WORD = re.compile(r"[^\W_]+")

TEXTS = ("vcdb-text.jsonl.gz", "hhs-text.jsonl.gz", "hibp-text.jsonl.gz")

#: One victim has 787 of 3,881 rows; more than this of any would make the figure one about that victim.
MOST_OF_ONE_VICTIM = 6


@dataclass(frozen=True)
class Told:
    """One account, and the incident that it is of."""

    incident: str
    account: Account
    kind: str = "told"
    text: str = ""
    published: str = ""
    victim_is_told: bool = True  # whether the text has the victim's name, in any form that is its own


def read_rows(name: str) -> list[dict[str, Any]]:
    with gzip.open(CORPUS / name, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def happenings(part: str) -> list[Known]:
    """Return the incidents of one part whose victim is named: facts, the corpus text, and an id."""
    timelines = {
        row["incident_id"]: row.get("timeline", {}).get("incident", {})
        for row in read_rows("vcdb-veris.jsonl.gz")
    }
    seen: Counter[str] = Counter()
    found = []
    for row in read_rows("vcdb-text.jsonl.gz"):
        gold = row["gold"]
        victim = gold.get("victim.name") or ""
        if part_of(row) != part or not victim or victim.casefold() == "unknown":
            continue
        seen[fold_name(victim)] += 1
        if seen[fold_name(victim)] > MOST_OF_ONE_VICTIM:
            continue
        when = timelines.get(row["id"].removeprefix("vcdb:"), {})
        happening = Happening(
            victim=victim,
            year=when.get("year") or gold["incident.year"],
            month=when.get("month") or 0,
            day=when.get("day") or 0,
            country=next(iter(gold["victim.country"]), ""),
            actions=tuple(gold["action"]),
            actor=next(iter(gold["actor.role"]), ""),
            data=tuple(gold.get("data.variety", ())),
            records=gold.get("data.records"),
            sector=(gold.get("victim.industry") or "")[:2],
        )
        found.append((happening, row["text"], row["id"]))
    return found


def read_account(text: str, when: str) -> Account:
    """Return what coding makes of a text, as the pipeline would see it."""
    coded = code(Document(report="rep-bench", text=text, published=when))
    claims = [claim for each in coded for claim in each.claims]
    return make_account(facts(claims, when), text)


def import_account(happening: Happening, text: str) -> Account:
    """Return the record as the database that it comes from has it: victim, date and codes beside the text."""
    parts = (f"{happening.year:04d}", *(f"{each:02d}" for each in (happening.month, happening.day) if each))
    held = {
        "victim.name": {happening.victim},
        "victim.country": {happening.country} - {""},
        "victim.industry": {happening.sector} - {""},
        "action": set(happening.actions),
        "actor.role": {happening.actor} - {""},
        "data.variety": set(happening.data),
        "data.records": {str(happening.records)} if happening.records is not None else set(),
        "date.occurred": {"-".join(parts)},
    }
    return make_account({name: frozenset(values) for name, values in held.items() if values}, text)


def build(part: str, first: str, most: int | None = None) -> list[Told]:
    """Return the accounts of one part: every incident twice, and two hard negatives of each.

    `first` says what the first account is: "record", as imported with its codes, or "text", as coded.
    """
    known = happenings(part)[:most]
    pool = []
    for happening, text, name in known:
        when = published(happening, Random(f"first {name}"))
        account = import_account(happening, text) if first == "record" else read_account(text, when)
        pool.append(Told(name, account, "first", text, when, is_told(happening.victim, text)))
        pool.append(_tell(happening, name, "again"))
    chance = Random(f"hard {part}")
    for happening, _, name in known:
        pool.append(_tell(_at_another_date(happening, known, chance), f"{name} other date", "other date"))
        kind = chance.choice(("alike", "campaign"))
        other = _most_alike(happening, known) if kind == "alike" else chance.choice(known)[0]
        pool.append(_tell(replace(happening, victim=other.victim), f"{name} {kind}", kind))
    return pool


def _at_another_date(happening: Happening, known: Sequence[Known], chance: Random) -> Happening:
    """Return another incident of the same victim, one to three years off."""
    return replace(
        happening,
        year=happening.year + chance.choice((-3, -2, -1, 1, 2, 3)),
        month=chance.randint(1, 12) if happening.month else 0,
        records=happening.records and max(1, int(happening.records * chance.choice((0.3, 0.6, 1.7, 4.0)))),
        actions=chance.choice(known)[0].actions,
    )


def _most_alike(happening: Happening, known: Sequence[Known]) -> Happening:
    mine = fold_name(happening.victim)
    others = [each for each, _, _ in known if fold_name(each.victim) != mine]
    return max(others, key=lambda each: likeness(*sorted((fold_name(each.victim), mine))))


def _tell(happening: Happening, name: str, kind: str) -> Told:
    telling = tell(happening, f"{name} {kind}")
    return Told(name, read_account(telling.text, telling.published), kind, telling.text, telling.published)


def is_told(victim: str, text: str) -> bool:
    """Say whether a text has a victim's name: whole, its first words, or its initials."""
    name = fold_name(victim)
    words = f" {' '.join(_WORD.findall(text.casefold()))} "
    forms = [short for short in short_names(victim) if " " in short or len(short) > 4]
    return any(f" {form} " in words for form in {name, *forms, initials(name)} - {""})


def truths(pool: Sequence[Told]) -> set[tuple[int, int]]:
    places: dict[str, list[int]] = defaultdict(list)
    for place, told in enumerate(pool):
        places[told.incident].append(place)
    return {(one, two) for held in places.values() for at, one in enumerate(held) for two in held[at + 1 :]}


def figures(found: Iterable[tuple[int, int]], true: set[tuple[int, int]]) -> tuple[float, float]:
    linked = set(found)
    right = len(linked & true)
    return right / max(1, len(linked)), right / max(1, len(true))


def score(pool: Sequence[Told]) -> dict[tuple[int, int], float]:
    accounts = [told.account for told in pool]
    sharing = frequencies(accounts)
    return {
        (one, two): same_incident(accounts[one], accounts[two], sharing).total
        for one, two in candidate_pairs(accounts)
    }


def built_places(pool: Sequence[Told]) -> list[tuple[int, int]]:
    """Return the pairs that were built: each first account, and what was made of it."""
    firsts = {told.incident: place for place, told in enumerate(pool) if told.kind == "first"}
    paired = ((firsts[told.incident.removesuffix(f" {told.kind}")], place) for place, told in enumerate(pool))
    return [(first, place) for first, place in paired if first != place]


def built_pairs(pool: Sequence[Told]) -> tuple[list[float], list[bool]]:
    """Return the scores of the pairs that were built, and which are of one incident."""
    accounts = [told.account for told in pool]
    sharing = frequencies(accounts)
    places = built_places(pool)
    totals = [same_incident(accounts[one], accounts[two], sharing).total for one, two in places]
    return totals, [pool[two].kind == "again" for _, two in places]


def print_built(pool: Sequence[Told]) -> None:
    totals, same = built_pairs(pool)
    print(f"  built pairs: {sum(same)} of {len(same)} are of one incident")
    for name, line in (("likely", get_table().likely), ("sure", get_table().sure)):  # chosen on dev
        above = [is_same for total, is_same in zip(totals, same, strict=True) if total >= line]
        precision, recall = sum(above) / max(1, len(above)), sum(above) / sum(same)
        print(f"  built pairs, {name} (>= {line:+.1f}): precision {precision:.3f}, recall {recall:.3f}")
    print(f"  built pairs, {say_best(totals, same)}")


def say_best(totals: Sequence[float], same: Sequence[bool]) -> str:
    """Say the best recall that any line gives at some precisions."""
    ranked = sorted(zip(totals, same, strict=True), reverse=True)
    right = 0
    reached: dict[float, float] = {}
    for count, (total, is_same) in enumerate(ranked, start=1):
        right += is_same
        if total == UNSCORED:
            break
        for least in (0.9, 0.95, 0.98):
            if right / count >= least:
                reached[least] = right / sum(same)
    return "best recall by precision " + ", ".join(
        f"{held:.3f} at {at}" for at, held in sorted(reached.items())
    )


def print_beside(part: str, python: str) -> None:
    """Score the same built pairs with splink, from what coding or the import made of the same accounts."""
    for first in ("record", "text"):
        pool = build(part, first)
        started = time.process_time()
        totals, same = built_pairs(pool)
        taken = time.process_time() - started
        done = subprocess.run(
            [python, str(Path(__file__).with_name("linking_splink.py"))],
            input=json.dumps([_to_row(place, told.account) for place, told in enumerate(pool)]),
            capture_output=True,
            text=True,
            check=True,
        )
        weights = {(int(one), int(two)): float(weight) for one, two, weight in json.loads(done.stdout)}
        theirs = [
            max(weights.get(pair, UNSCORED), weights.get(pair[::-1], UNSCORED)) for pair in built_places(pool)
        ]
        print(f"{first} against text, {part}: {sum(same)} of {len(same)} built pairs are of one incident")
        print(f"  incidex: {say_best(totals, same)} ({taken:.1f} s for the pairs)")
        print(f"  splink:  {say_best(theirs, same)}")


def _to_row(place: int, account: Account) -> dict[str, Any]:
    days = sorted(account.event_days) or sorted(account.published)
    when = days[0] if days else None
    sets = {name: min(values) for name, values in account.sets.items()}
    return {
        "id": place,
        "name": min(account.names, default=None),
        "day": when[0].isoformat() if when and when[0] == when[1] else None,
        "year": str(when[0].year) if when else None,
        "action": sets.get("action"),
        "actor": sets.get("actor_role"),
        "country": sets.get("country"),
        "industry": min(account.industries, default=None),
        "records": str(min(account.counts)) if account.counts else None,
    }


def print_figures(part: str) -> None:
    table = get_table()
    for first in ("record", "text"):
        pool = build(part, first)
        print_built(pool)
        true = truths(pool)
        totals = score(pool)
        reached = len(true & set(totals)) / len(true)
        print(f"{first} against text, {part}: {len(pool):,} accounts, {len(true):,} pairs of one incident")
        print(f"  candidates: {len(totals) / len(pool):.1f} an account, with {reached:.3f} of the pairs")
        for name, line in (("sure", table.sure), ("likely", table.likely)):
            linked = [pair for pair, total in totals.items() if total >= line]
            precision, recall = figures(linked, true)
            print(f"  {name:7} (>= {line:+.1f}): precision {precision:.3f}, recall {recall:.3f}")
        named = {pair for pair in true if pool[pair[0]].victim_is_told}
        linked = [pair for pair, total in totals.items() if total >= table.likely]
        print(
            f"  likely, where the text says who ({len(named)} pairs): recall {figures(linked, named)[1]:.3f}"
        )
        wrong = Counter(
            " / ".join(sorted((pool[one].kind, pool[two].kind)))
            for (one, two), total in totals.items()
            if total >= table.likely and (one, two) not in true
        )
        print(f"  taken for one wrongly: {dict(wrong) or 'none'}")


def synthetic(count: int) -> Iterator[Account]:
    """Yield accounts of incidents that never were: names of three words, of which some are common."""
    chance = Random("synthetic")
    syllables = [a + b for a in "bdfgklmnprst" for b in ("ar", "el", "in", "or", "um", "ay", "ek")]
    kinds = ("Hospital", "University", "Bank", "Council", "School District", "Systems", "Insurance", "Foods")
    for place in range(count):
        name = "".join(chance.choices(syllables, k=2)).capitalize()
        other = "".join(chance.choices(syllables, k=2)).capitalize()
        victim = f"{name} {chance.choice((other, 'City', 'County'))} {chance.choice(kinds)}"
        year, month, day = 2005 + place % 20, chance.randint(1, 12), chance.randint(1, 28)
        told = {
            "victim.name": frozenset({victim}),
            "date.occurred": frozenset({f"{year}-{month:02d}-{day:02d}"}),
            "action": frozenset({chance.choice(("hacking", "malware", "error", "misuse"))}),
            "data.records": frozenset({str(chance.randint(1, 10**6))}),
        }
        yield make_account(told, f"{victim} said so. {other} Partners of {name} Town answered.")


def print_scale(count: int) -> None:
    started = time.process_time()
    accounts = list(synthetic(count))
    made = time.process_time()
    sharing = frequencies(accounts)
    pairs = linked = 0
    for one, other in candidate_pairs(accounts):
        pairs += 1
        linked += same_incident(accounts[one], accounts[other], sharing).is_same
    taken = time.process_time() - made
    print(f"{count:,} incidents: read in {made - started:.0f} s, linked in {taken:.0f} s of processor time")
    print(f"{pairs / count:.1f} candidate pairs an incident, {linked:,} pairs sure; one process")


def learn() -> None:
    """Print the weights that logistic regression finds on the train part, and how they do on dev."""
    from sklearn.linear_model import LogisticRegression

    measured: list[Measures] = []
    same: list[bool] = []
    for first in ("record", "text"):
        pool = build("train", first, LEARNED_FROM)
        true = truths(pool)
        accounts = [told.account for told in pool]
        sharing = frequencies(accounts)
        for one, two in candidate_pairs(accounts):
            measured.append(measures(accounts[one], accounts[two], sharing))
            same.append((one, two) in true)
    print(f"# {len(measured):,} candidate pairs, {sum(same):,} of one incident")
    names = sorted({name for found in measured for name in found})
    rows = [[found.get(name, 0.0) for name in names] for found in measured]
    while (
        True
    ):  # what agrees may not speak against, nor what disagrees for: that is the corpus, not the world
        model = LogisticRegression(C=1.0, max_iter=2000).fit(rows, same)
        wrong = {name for name, weight in zip(names, model.coef_[0], strict=True) if weight * _sign(name) < 0}
        if not wrong:
            break
        rows = [[value for name, value in zip(names, row, strict=True) if name not in wrong] for row in rows]
        names = [name for name in names if name not in wrong]
    print(f"start = {model.intercept_[0]:.2f}")
    for at, (name, weight) in enumerate(zip(names, model.coef_[0], strict=True)):
        print(f"{name} = {weight:.2f}  # in {sum(1 for row in rows if row[at]):,} pairs")


def _sign(name: str) -> int:
    if "_at_" in name:
        return 0
    if name.startswith("other_") or name.endswith("_other_time"):
        return -1
    return 0 if name.endswith(("_far", "_near")) else 1


def learn_common() -> None:
    """Print the names that more than one text in 250 of the train part mentions."""
    texts = [row["text"] for name in TEXTS for row in read_rows(name) if part_of(row) == "train"]
    often = Counter(name for text in texts for name in set(mentions(text)))
    for name in sorted(name for name, count in often.items() if count > len(texts) / 250):
        print(name)


def print_lines(part: str = "dev") -> None:
    """Print precision and recall at many lines, to choose from."""
    for first in ("record", "text"):
        pool = build(part, first)
        print_built(pool)
        true = truths(pool)
        totals = score(pool)
        built, same = built_pairs(pool)
        for line in (tenths / 10 for tenths in range(-30, 61, 5)):
            precision, recall = figures((pair for pair, total in totals.items() if total >= line), true)
            above = [is_same for total, is_same in zip(built, same, strict=True) if total >= line]
            print(
                f"{first:6} >= {line:+.1f}: precision {precision:.3f}, recall {recall:.3f}; built: "
                f"{sum(above) / max(1, len(above)):.3f}, {sum(above) / sum(same):.3f}"
            )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--part", default="test", choices=("train", "dev", "test"))
    parser.add_argument("--learn", action="store_true", help="print weights learned on train")
    parser.add_argument("--common", action="store_true", help="print names that are mentioned too often")
    parser.add_argument("--lines", action="store_true", help="print precision and recall on dev by line")
    parser.add_argument("--scale", type=int, metavar="N", help="link N synthetic incidents")
    parser.add_argument("--peer", metavar="PYTHON", help="compare with splink, in that environment")
    arguments = parser.parse_args()
    if arguments.scale:
        print_scale(arguments.scale)
    elif arguments.peer:
        print_beside(arguments.part, arguments.peer)
    elif arguments.learn:
        learn()
    elif arguments.common:
        learn_common()
    elif arguments.lines:
        print_lines()
    else:
        print_figures(arguments.part)


if __name__ == "__main__":
    main()
