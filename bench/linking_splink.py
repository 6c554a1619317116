"""Score pairs of records with splink, for `bench/linking.py --peer`: JSON records in, JSON pairs out.

Runs in the environment of bench/requirements.txt, which has no Incidex. The model is splink's own advice for
persons and firms, trained on the records themselves without labels.
"""

import json
import sys

import pandas as pd
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on


def main() -> None:
    records = pd.DataFrame(json.load(sys.stdin))
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="id",
        comparisons=[
            cl.JaroWinklerAtThresholds("name", [0.95, 0.88, 0.7]),
            cl.LevenshteinAtThresholds("day", [1, 3]),
            cl.ExactMatch("year"),
            cl.ExactMatch("action"),
            cl.ExactMatch("actor"),
            cl.ExactMatch("country"),
            cl.ExactMatch("industry"),
            cl.ExactMatch("records"),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("name"),
            block_on("substr(name, 1, 5)"),
            block_on("records"),
            block_on("day"),
            block_on("year", "action"),
        ],
    )
    linker = Linker(records, settings, db_api=DuckDBAPI())
    linker.training.estimate_probability_two_random_records_match([block_on("name", "year")], recall=0.5)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("name"))
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("year", "action"))
    found = linker.inference.predict(threshold_match_probability=0.0).as_pandas_dataframe()
    pairs = found[["id_l", "id_r", "match_weight"]].to_numpy().tolist()
    json.dump(pairs, sys.stdout)


if __name__ == "__main__":
    main()
