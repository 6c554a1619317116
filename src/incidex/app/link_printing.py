"""Print which incidents may be one, in groups: a chain of clinics has hundreds of pairs. Likeliest first."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from incidex.app.finding import get_incident
from incidex.app.judging import MACHINE, Batch, Suggestion, suggestions
from incidex.app.suggesting import suggest
from incidex.app.terminal import headline, make_safe
from incidex.linking import Group, Pair, group_pairs
from incidex.model import Judgement, Tier, fold_record
from incidex.store import Log

#: Records and pairs of one group that are printed.
_MOST_RECORDS, _MOST_PAIRS = 8, 3

#: Bounds by which the pairs are counted for a person.
_BOUNDS = (90, 50)


class Wish(NamedTuple):
    """How much is to be seen."""

    first: int = 20  # groups; 0 for all
    least_percent: int = 0
    as_json: bool = False


def print_waiting(log: Log, wish: Wish) -> None:
    """Print the pairs that wait for a person, with the reasons."""
    found = list(suggestions(log))
    if wish.as_json:
        _print_json(found, wish.least_percent)
        return
    groups = _group(found, wish)
    _print_groups(log, groups, wish)
    if not groups:
        print("No pair waits for a person.")
        return
    print("They wait for a person: `incidex link decide ONE OTHER same --why …`")


def print_suggested(log: Log, name: str, wish: Wish, *, save: bool) -> None:
    """Compare incidents, print which may be one or have one cause, and queue those printed when asked to."""
    wanted = get_incident(log, name, tier=Tier.RED).id if name else ""
    found = [each for each in suggest(log) if not wanted or wanted in (each.one, each.other)]
    groups = _group(found, wish)
    if wish.as_json:
        _print_json(found, wish.least_percent)
    else:
        _print_groups(log, groups, wish)
    shown = groups if wish.as_json else _first(groups, wish)
    batch = Batch(log)
    pairs = [pair for group in shown for pair in group.pairs]
    if save and pairs:
        for pair in pairs:
            batch.judge(pair.one, pair.other, Judgement.UNSURE, why=pair.why, by=MACHINE)
        batch.append()
    if not wish.as_json:
        print(f"{len(pairs):,} pairs are now in the queue of `incidex link`." if save else _ADVICE)


_ADVICE = "`--save` puts what is shown into the queue of `incidex link`."


def _group(found: Sequence[Suggestion], wish: Wish) -> list[Group]:
    return group_pairs((Pair(each.one, each.other, each.why) for each in found), wish.least_percent)


def _first(groups: Sequence[Group], wish: Wish) -> Sequence[Group]:
    return groups[: wish.first] if wish.first else groups


def _print_json(found: Sequence[Suggestion], least_percent: int) -> None:
    for each in found:
        if (percent := Pair(each.one, each.other, each.why).percent) >= least_percent:
            print(msgspec.json.encode({**msgspec.to_builtins(each), "percent": percent}).decode())


def _print_groups(log: Log, groups: Sequence[Group], wish: Wish) -> None:
    shown = _first(groups, wish)
    for group in shown:
        _print_group(log, group)
    pairs = [pair for group in groups for pair in group.pairs]
    bounds = [bound for bound in _BOUNDS if bound > wish.least_percent]
    told = [f", {sum(each.percent >= bound for each in pairs):,} at {bound}% or more" for bound in bounds]
    print(f"{_count(len(pairs), 'pair')} in {_count(len(groups), 'group')}{''.join(told)}.")
    if len(shown) < len(groups):
        print(
            f"The {len(shown):,} groups with the likeliest pairs are shown; `--all` shows all, `--least 50` "
            "only likelier pairs, and a record's id those of it."
        )


def _print_group(log: Log, group: Group) -> None:
    count = f"{_count(len(group.incidents), 'record')}, {_count(len(group.pairs), 'pair')}"
    print(f"{count}, the likeliest {group.pairs[0].percent}%" if group.pairs[0].percent else count)
    for name in group.incidents[:_MOST_RECORDS]:
        incident = fold_record(log.history, name, tier=Tier.RED)
        when = incident.best("date.occurred") if incident else ""
        title = headline(incident) if incident else ""
        print(make_safe(f"  {name}  {when:10}  {title}".rstrip()[:160]))
    if (left := len(group.incidents) - _MOST_RECORDS) > 0:
        print(f"  and {_count(left, 'record')} more")
    for pair in group.pairs[:_MOST_PAIRS]:
        print(make_safe(f"    {pair.one[:12]} and {pair.other[:12]}: {pair.why}"))
    if (left := len(group.pairs) - _MOST_PAIRS) > 0:
        print(f"    and {_count(left, 'pair')} more: `incidex link suggest {group.incidents[0]}`")
    print()


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
